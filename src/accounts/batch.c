/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/batch.c - marks wait for their commit. */
#include "accounts/batch.h"

#include "core/auto.h"
#include "store/audit.h"
#include "sys/log.h"

#include <string.h>

/* What the calling thread's batch has made so far. */
static _Thread_local struct {
    const jd_accounts *of; /* NULL: no batch */
    jt_buf marks;          /* mark after mark */
    jt_buf put_off;        /* jd_revoke_one after jd_revoke_one … */
    jt_buf wishes;         /* … and the wish of each */
} held;

typedef struct mark {
    jt_revocation entry;
    bool hurry;
} mark;

/* What whoever has put a revocation off wants of it. */
typedef struct wish {
    jt_revocation *entry; /* NULL: nothing */
    bool hurry;
} wish;

jeton_status jd_batch_begin(jd_accounts *accounts, jeton_err *err)
{
    const jeton_status status = jd_store_batch_begin(accounts->store, err);
    if (status == JETON_OK) {
        held.of = accounts;
        held.marks = jt_buf_init(NULL);
        held.put_off = jt_buf_init(NULL);
        held.wishes = jt_buf_init(NULL);
    }
    return status;
}

bool jd_batch_hold(const jd_accounts *accounts, const jt_revocation *entry)
{
    const mark made = {.entry = *entry, .hurry = jd_accounts_is_in_hurry()};
    return held.of == accounts &&
           jt_buf_add(&held.marks, jeton_bytes(&made, sizeof made), NULL) == JETON_OK;
}

static bool is_single(jt_revoked kind)
{
    return kind == JT_REVOKED_TOKEN || kind == JT_REVOKED_INDEX;
}

bool jd_batch_put_off(const jd_accounts *accounts, const jd_revoking *revoking,
                      jt_revocation *entry)
{
    const jd_revoke_one one = {.asked = *revoking, .who = jd_audit_whom()};
    const wish wanted = {.entry = entry, .hurry = jd_accounts_is_in_hurry()};
    if (held.of != accounts || !is_single(revoking->kind) ||
        jt_buf_add(&held.wishes, jeton_bytes(&wanted, sizeof wanted), NULL) != JETON_OK)
        return false;
    if (jt_buf_add(&held.put_off, jeton_bytes(&one, sizeof one), NULL) == JETON_OK)
        return true;
    held.wishes.len -= sizeof wanted; /* they belong together */
    return false;
}

/* Does what was put off, as one operation. */
static jeton_status do_rest(jd_accounts *accounts, jeton_err *err)
{
    jd_revoke_one *ones = (jd_revoke_one *)(void *)held.put_off.ptr;
    const size_t count = held.put_off.len / sizeof *ones;
    const wish *wishes = (const wish *)(const void *)held.wishes.ptr;
    JT_TRY(jd_store_revoke_many(accounts->store, ones, count, err));
    for (size_t i = 0; i < count; i++) {
        jd_accounts_hurry(wishes[i].hurry);
        jd_accounts_revoke(accounts, &ones[i].entry);
    }
    jd_accounts_hurry(false);
    return JETON_OK;
}

static void tell_rest(void)
{
    const jd_revoke_one *ones = (const jd_revoke_one *)(const void *)held.put_off.ptr;
    const wish *wishes = (const wish *)(const void *)held.wishes.ptr;
    const size_t count = held.put_off.len / sizeof *ones;
    for (size_t i = 0; i < count; i++) {
        if (wishes[i].entry != NULL)
            *wishes[i].entry = ones[i].entry;
        else
            jd_log(JD_INFO, EV_REVOKED, JD_TEXT("what", "token"),
                   JD_INT("n", (int64_t)ones[i].entry.n));
    }
}

/* Who has been told nothing yet hears of the first failure. */
static jeton_status end(jd_accounts *accounts, jeton_err *err)
{
    const jeton_status status = do_rest(accounts, err);
    if (status != JETON_OK) {
        jd_store_batch_undo(accounts->store);
        return status;
    }
    return jd_store_batch_end(accounts->store, err);
}

static void take_marks(jd_accounts *accounts)
{
    mark made;
    for (size_t at = 0; at < held.marks.len; at += sizeof made) {
        memcpy(&made, held.marks.ptr + at, sizeof made);
        jd_accounts_hurry(made.hurry);
        jd_accounts_revoke(accounts, &made.entry);
    }
    jd_accounts_hurry(false);
}

jeton_status jd_batch_end(jd_accounts *accounts, jeton_err *err)
{
    const jeton_status status = end(accounts, err);
    held.of = NULL; /* what is taken now is held no more */
    if (status == JETON_OK) {
        take_marks(accounts);
        tell_rest();
    }
    jt_buf_done(&held.marks);
    jt_buf_done(&held.put_off);
    jt_buf_done(&held.wishes);
    return status;
}

jeton_status jd_batch_run(jd_accounts *accounts, jd_joint_work *work, void *args, jeton_err *err)
{
    const jd_commit_queue *queue = &accounts->commits;
    return queue->run != NULL ? queue->run(queue->user, work, args, err) : work(args, err);
}
