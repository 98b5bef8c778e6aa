/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/key_acks.c - a ticket of the waits for each notice that tells of a new key. */
#include "accounts/key_acks.h"

#include "accounts/waits.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "store/log.h"

#include <time.h>

#define NOTICES 16U /* that are waited for at one time; others have their turn when one is over */
#define LOOK_MS 5   /* how often who waits looks */

typedef struct notice {
    uint64_t n;      /* 0: a free place */
    uint64_t ticket; /* of the waits */
} notice;

struct jd_key_acks {
    jd_accounts *accounts;
    notice at[NOTICES];
};

jeton_status jd_key_acks_open(jd_accounts *accounts, jd_key_acks **acks, jeton_err *err)
{
    *acks = jt_zalloc(NULL, sizeof **acks);
    if (*acks == NULL)
        return jt_fail(err, JETON_E_NOMEM, "keys");
    (*acks)->accounts = accounts;
    return JETON_OK;
}

void jd_key_acks_close(jd_key_acks **acks)
{
    if (acks == NULL || *acks == NULL)
        return;
    jt_release(NULL, *acks);
    *acks = NULL;
}

static notice *find(jd_key_acks *acks, uint64_t n)
{
    for (size_t i = 0; i < NOTICES; i++)
        if (acks->at[i].n == n)
            return &acks->at[i];
    return NULL;
}

/* ---- beginning ------------------------------------------------------------------------------ */

/* The entry as it stands in the log, or the next one behind it: who has applied that has read the
 * keys as well. entry->n is 0 if there is none: it has been pruned, and all leases of then are over
 * for a day. */
static jeton_status read_notice(const jd_accounts *accounts, uint64_t n, jt_revocation *entry,
                                jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_entries found;
    JT_TRY(jd_store_log_after(accounts->store, n - 1, 1, &arena, &found, err));
    *entry = found.count > 0 ? found.at[0] : (jt_revocation){.n = 0};
    return JETON_OK;
}

/* Others are told at once when it is we who have made the key: who heard of it from the log finds
 * nothing new in it. */
static void tell_others(const jd_accounts *accounts, const jt_revocation *entry)
{
    jd_follower_counts counts;
    jd_follower *follower = atomic_load(&accounts->follower);
    if (follower == NULL)
        return;
    jd_follower_count(follower, &counts);
    if (counts.applied < entry->n)
        jd_follower_committed(follower, entry, true);
}

static void wake(void *user)
{
    jd_signer_wake(user);
}

static jeton_status begin(jd_key_acks *acks, notice *to, uint64_t n, jeton_err *err)
{
    const jd_accounts *accounts = acks->accounts;
    jt_revocation entry;
    uint64_t ticket;
    JT_TRY(read_notice(accounts, n, &entry, err));
    if (entry.n == 0)
        return jd_signer_known(accounts->signer, n, err);
    JT_TRY(jd_waits_ticket(accounts->waits, &ticket, err));
    jd_waits_begin(accounts->waits, ticket, &entry);
    *to = (notice){n, ticket};
    tell_others(accounts, &entry);
    jd_waits_when(accounts->waits, ticket, wake, accounts->signer);
    return JETON_OK;
}

static jeton_status begin_all(jd_key_acks *acks, jeton_err *err)
{
    uint64_t n = 0;
    while ((n = jd_signer_awaited(acks->accounts->signer, n)) != 0) {
        notice *to = find(acks, 0);
        if (find(acks, n) != NULL)
            continue;
        if (to == NULL)
            break;
        JT_TRY(begin(acks, to, n, err));
    }
    return JETON_OK;
}

/* ---- ending --------------------------------------------------------------------------------- */

/* What is over without an answer (the store has lost the entry, and so the key; or the program
 * ends) is found again among what is awaited, or is not. */
static jeton_status collect(jd_key_acks *acks, notice *of, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_waited waited;
    jeton_err why = {0};
    jd_signer *signer = acks->accounts->signer;
    const jeton_status status =
        jd_waits_take(acks->accounts->waits, of->ticket, &arena, &waited, &why);
    if (status == JETON_E_BUSY)
        return JETON_OK;
    const uint64_t n = of->n;
    *of = (notice){0};
    return status == JETON_OK ? jd_signer_known(signer, n, err) : jd_signer_renew(signer, err);
}

jeton_status jd_key_acks_tend(jd_key_acks *acks, jeton_err *err)
{
    for (size_t i = 0; i < NOTICES; i++)
        if (acks->at[i].n != 0)
            JT_TRY(collect(acks, &acks->at[i], err));
    return begin_all(acks, err);
}

void jd_key_acks_wait(const jd_accounts *accounts, jeton_span alg, jeton_span client)
{
    for (int64_t left = (int64_t)2 * JD_LEASE_MOST_MS; left > 0; left -= LOOK_MS) {
        if (!atomic_load(&accounts->keys_tended) ||
            jd_signer_is_settled(accounts->signer, alg, client))
            return;
        (void)nanosleep(&(const struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
    }
}
