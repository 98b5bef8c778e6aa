/* SPDX-License-Identifier: Apache-2.0 */
/* signer/key_life.c - next → active → retiring → withdrawn: by schedule, and when asked. */
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "signer/signer_inside.h"
#include "store/keys.h"
#include "store/nodes.h"
#include "store/revoke.h"
#include "sys/clock.h"
#include "sys/config_keys.h"
#include "sys/log.h"

#include <stdio.h>

/* For answers that are on their way while a key is published, and for clocks of others that judge
 * when a token has expired. */
#define ON_THE_WAY   ((jeton_time)1000)
#define AFTER_LAST   ((jeton_time)60000)
#define LONGEST_WAIT 60000               /* milliseconds: the clock may be set meanwhile */
#define LEASE_MOST   ((jeton_time)60000) /* so long a node may not have heard of a change */
#define NEVER        INT64_MAX
#define LOST         8U    /* races against other nodes, in a row */
#define TEND_ROUNDS  1000U /* more changes at one time than there can be */

static jeton_time later(jeton_time a, jeton_time b)
{
    return a > b ? a : b;
}

static jeton_time sooner(jeton_time a, jeton_time b)
{
    return a < b ? a : b;
}

/* --- when ----------------------------------------------------------------------------------- */

/* From when on everybody who reads what is published knows a key that is published now. When our
 * own nodes do is not a matter of time: jd_ring_key_is_known(). */
static jeton_time known_from(const jd_signer *signer)
{
    const jeton_time kept = signer->now + signer->options.max_age * 1000;
    return ON_THE_WAY + later(kept, signer->promised);
}

/* When the next key takes over from the active one, if all nodes have it by then. */
static jeton_time takes_over(const jd_signer *signer, const jd_ring_key *active,
                             const jd_ring_key *next)
{
    const jeton_time planned = active->row.until != 0
                                   ? active->row.until
                                   : active->row.since + signer->options.active * 1000;
    return later(next->row.ready, planned);
}

/* When the last token of a key has expired. What an earlier run of the server has signed is not
 * known: that lives no longer than any token may. */
static jeton_time over(const jd_signer *signer, const jd_ring_key *key)
{
    jeton_time last = atomic_load(&key->last);
    if (key->row.created < signer->opened)
        last = later(last, signer->opened + JD_ACCESS_TTL_MAX * 1000);
    if (jd_store_is_shared(signer->store)) /* nor what other nodes have signed until now */
        last = later(last, signer->now + LEASE_MOST + JD_ACCESS_TTL_MAX * 1000);
    return later(last, signer->now) + signer->options.leeway * 1000 + AFTER_LAST;
}

static bool is_secret(const jd_ring_key *key)
{
    return key->row.client.len > 0;
}

/* --- changes -------------------------------------------------------------------------------- */

static jd_key_change to_active(const jd_signer *signer, const jd_ring_key *key)
{
    return (jd_key_change){.kid = key->row.kid,
                           .from = key->row.state,
                           .to = jeton_str("active"),
                           .since = signer->now};
}

/* A secret goes on verifying, for which it is needed. */
static jd_key_change to_retiring(const jd_signer *signer, const jd_ring_key *key)
{
    return (jd_key_change){.kid = key->row.kid,
                           .from = key->row.state,
                           .to = jeton_str("retiring"),
                           .since = signer->now,
                           .until = over(signer, key),
                           .destroy = !is_secret(key)};
}

static jd_key_change to_withdrawn(const jd_signer *signer, const jd_ring_key *key)
{
    return (jd_key_change){.kid = key->row.kid,
                           .from = key->row.state,
                           .to = jeton_str("withdrawn"),
                           .since = signer->now,
                           .destroy = true};
}

/* The keys named by the changes belong to the ring, which goes when it is reloaded. */
static jeton_status apply(jd_signer *signer, const jd_key_change *changes, size_t count,
                          const jd_revoking *mark, jt_revocation *entry, jeton_err *err)
{
    signer->stale = true; /* until it is reloaded */
    JT_TRY(jd_store_key_change(signer->store, changes, count, mark, entry, err));
    for (size_t i = 0; i < count; i++)
        jd_log(JD_INFO, EV_KEY_CHANGED, JD_SPAN("kid", changes[i].kid),
               JD_SPAN("from", changes[i].from), JD_SPAN("to", changes[i].to));
    return jd_signer_reload(signer, err);
}

static jeton_status apply_unmarked(jd_signer *signer, const jd_key_change *changes, size_t count,
                                   jeton_err *err)
{
    jt_revocation none;
    return apply(signer, changes, count, NULL, &none, err);
}

static jeton_status hand_over(jd_signer *signer, const jd_ring_key *active, const jd_ring_key *next,
                              jeton_err *err)
{
    const jd_key_change changes[] = {to_retiring(signer, active), to_active(signer, next)};
    return apply_unmarked(signer, changes, JT_COUNT(changes), err);
}

static jeton_status make_next(jd_signer *signer, jeton_span alg, jeton_time ready, jeton_err *err)
{
    char kept[16];
    (void)snprintf(kept, sizeof kept, "%.*s", (int)alg.len, (const char *)alg.ptr);
    JT_TRY(jd_signer_make(signer, jeton_str(kept), "next", ready, err));
    return jd_signer_reload(signer, err);
}

/* --- the schedule --------------------------------------------------------------------------- */

static jeton_status tend_pair(jd_signer *signer, const jd_ring_key *active, bool *changed,
                              jeton_time *due, jeton_err *err)
{
    const jd_ring_key *next = jd_keyring_next(signer->ring, active->row.alg, jeton_str(""));
    *changed = next == NULL;
    if (next == NULL)
        return make_next(signer, active->row.alg, known_from(signer), err);
    if (!jd_ring_key_is_known(next))
        return JETON_OK; /* when it is, this is looked at again */
    *changed = takes_over(signer, active, next) <= signer->now;
    if (*changed)
        return hand_over(signer, active, next, err);
    *due = sooner(*due, takes_over(signer, active, next));
    return JETON_OK;
}

/* A second one that is active: somebody stopped us between adding the younger and this. */
static jeton_status tend_active(jd_signer *signer, const jd_ring_key *key, bool *changed,
                                jeton_time *due, jeton_err *err)
{
    if (!jd_ring_key_is_known(key))
        return JETON_OK; /* it does not sign yet: the one before it goes on */
    if (jd_keyring_active(signer->ring, key->row.alg, key->row.client) != key) {
        const jd_key_change change = to_retiring(signer, key);
        *changed = true;
        return apply_unmarked(signer, &change, 1, err);
    }
    return is_secret(key) ? JETON_OK : tend_pair(signer, key, changed, due, err);
}

static jeton_status tend_retiring(jd_signer *signer, const jd_ring_key *key, bool *changed,
                                  jeton_time *due, jeton_err *err)
{
    const jd_key_change change = to_withdrawn(signer, key);
    *changed = key->row.until <= signer->now;
    *due = sooner(*due, key->row.until);
    return *changed ? apply_unmarked(signer, &change, 1, err) : JETON_OK;
}

/* Does the first thing that is due. A change replaces the ring, so the caller begins anew. */
static jeton_status tend_one(jd_signer *signer, bool *changed, jeton_time *due, jeton_err *err)
{
    *changed = false;
    *due = NEVER;
    for (size_t i = 0; i < signer->ring->count && !*changed; i++) {
        const jd_ring_key *key = &signer->ring->at[i];
        if (jd_ring_key_is(key, "active"))
            JT_TRY(tend_active(signer, key, changed, due, err));
        else if (jd_ring_key_is(key, "retiring"))
            JT_TRY(tend_retiring(signer, key, changed, due, err));
    }
    return JETON_OK;
}

/* Several nodes may find the same due at the same time. One of them has its change, for the others
 * the key is not in that state any more: they go by what is there now. */
static jeton_status tend_next(jd_signer *signer, bool *changed, jeton_time *due, jeton_err *err)
{
    jeton_err lost = {0};
    const jeton_status status = tend_one(signer, changed, due, &lost);
    if (status == JETON_OK)
        return JETON_OK;
    if (status != JETON_E_NOT_FOUND)
        return jt_fail(err, status, "%s", lost.text);
    *changed = true;
    return jd_signer_reload(signer, err);
}

jeton_status jd_signer_tend_all(jd_signer *signer, jeton_time *due, jeton_err *err)
{
    bool changed = true;
    for (unsigned i = 0; changed && i < TEND_ROUNDS; i++)
        JT_TRY(tend_next(signer, &changed, due, err));
    return JETON_OK;
}

jeton_status jd_signer_tend(jd_signer *signer, jeton_time *due, jeton_err *err)
{
    *due = 0;
    jeton_status status = jd_signer_begin(signer, err);
    if (status == JETON_OK)
        status = jd_signer_tend_all(signer, due, err);
    signer->tended = signer->generation;
    (void)pthread_mutex_unlock(&signer->change);
    return status;
}

/* By a clock that nobody sets. */
static struct timespec in(int64_t ms)
{
    struct timespec at;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += ms % 1000 * 1000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

int64_t jd_signer_left(jd_signer *signer, jeton_time due)
{
    (void)pthread_mutex_lock(&signer->change);
    const int64_t left = due - signer->now - (jd_monotonic() - signer->looked);
    (void)pthread_mutex_unlock(&signer->change);
    return left > 0 ? left : 0;
}

void jd_signer_wait(jd_signer *signer, int64_t ms)
{
    const struct timespec until = in(ms < LONGEST_WAIT ? ms : LONGEST_WAIT);
    (void)pthread_mutex_lock(&signer->change);
    int waited = 0;
    while (signer->tended == signer->generation && waited == 0)
        waited = pthread_cond_timedwait(&signer->news, &signer->change, &until);
    (void)pthread_mutex_unlock(&signer->change);
}

void jd_signer_wake(jd_signer *signer)
{
    (void)pthread_mutex_lock(&signer->change);
    signer->generation++;
    (void)pthread_cond_broadcast(&signer->news);
    (void)pthread_mutex_unlock(&signer->change);
}

/* --- rotate --------------------------------------------------------------------------------- */

/* Not yet: remembered as the end of the active one, so that a restart does not forget it. */
static jeton_status plan(jd_signer *signer, const jd_ring_key *active, jeton_err *err)
{
    const jd_key_change change = {.kid = active->row.kid,
                                  .from = active->row.state,
                                  .to = active->row.state,
                                  .since = active->row.since,
                                  .until = signer->now};
    return apply_unmarked(signer, &change, 1, err);
}

static jeton_status rotate(jd_signer *signer, jeton_span alg, jd_key_news *news, jeton_err *err)
{
    const jeton_time now = signer->now;
    if (jd_keyring_active(signer->ring, alg, jeton_str("")) == NULL)
        return jt_fail(err, JETON_E_NOT_FOUND, "no key pair has that algorithm");
    if (jd_keyring_next(signer->ring, alg, jeton_str("")) == NULL)
        JT_TRY(make_next(signer, alg, known_from(signer), err));
    const jd_ring_key *active = jd_keyring_active(signer->ring, alg, jeton_str(""));
    const jd_ring_key *next = jd_keyring_next(signer->ring, alg, jeton_str(""));
    (void)snprintf(news->kid, sizeof news->kid, "%.*s", (int)next->row.kid.len,
                   (const char *)next->row.kid.ptr);
    news->signs_from = later(next->row.ready, now);
    news->signs = news->signs_from == now && jd_ring_key_is_known(next);
    return news->signs ? hand_over(signer, active, next, err) : plan(signer, active, err);
}

/* Another node was faster. If it has made the same key take over, that was what was asked for. */
static jeton_status rotate_again(jd_signer *signer, jeton_span alg, jd_key_news *news,
                                 jeton_err *err)
{
    JT_TRY(jd_signer_reload(signer, err));
    const jd_ring_key *key = jd_keyring_find(signer->ring, jeton_str(news->kid));
    if (key == NULL || !jd_ring_key_is(key, "active"))
        return rotate(signer, alg, news, err);
    news->signs = true;
    return JETON_OK;
}

jeton_status jd_signer_rotate(jd_signer *signer, jeton_span alg, jd_key_news *news, jeton_err *err)
{
    *news = (jd_key_news){.kid = ""};
    const jeton_span which = alg.len > 0 ? alg : jeton_str(signer->alg);
    jeton_err lost = {0};
    jeton_status status = jd_signer_begin(signer, &lost);
    if (status == JETON_OK)
        status = rotate(signer, which, news, &lost);
    for (unsigned i = 0; status == JETON_E_NOT_FOUND && news->kid[0] != '\0' && i < LOST; i++) {
        lost = (jeton_err){0};
        status = rotate_again(signer, which, news, &lost);
    }
    if (status != JETON_OK)
        (void)jt_fail(err, status, "%s", lost.text);
    (void)pthread_mutex_unlock(&signer->change);
    return status;
}

/* --- withdraw ------------------------------------------------------------------------------- */

/* The one that signs instead: at once if all nodes have it, as they have one that was made ahead,
 * else as soon as they do; nothing else may sign. Whether those who read what is published know it
 * yet does not matter. */
static jeton_status ensure_successor(jd_signer *signer, jeton_span alg, jeton_err *err)
{
    return jd_keyring_next(signer->ring, alg, jeton_str("")) == NULL
               ? make_next(signer, alg, 0, err)
               : JETON_OK;
}

static bool is_living(const jd_signer *signer, jeton_span kid)
{
    const jd_ring_key *key = jd_keyring_find(signer->ring, kid);
    return key != NULL && !jd_ring_key_is(key, "withdrawn");
}

static jeton_status find_living(const jd_signer *signer, jeton_span kid, const jd_ring_key **key,
                                jeton_err *err)
{
    *key = jd_keyring_find(signer->ring, kid);
    if (!is_living(signer, kid))
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such key, or it is withdrawn already");
    return JETON_OK;
}

/* Whether it signs, or is to: a ring whose key that is must not be left without one. */
static bool is_needed(const jd_signer *signer, const jd_ring_key *key)
{
    const jd_ring_key *signs = jd_keyring_active(signer->ring, key->row.alg, key->row.client);
    if (signs == NULL)
        signs = jd_keyring_awaited(signer->ring, key->row.alg, key->row.client);
    return signs == key;
}

static jeton_status withdraw(jd_signer *signer, jeton_span kid, const jd_revoking *mark,
                             jt_revocation *entry, jeton_err *err)
{
    const jd_ring_key *key;
    JT_TRY(find_living(signer, kid, &key, err));
    const bool signs = is_needed(signer, key);
    if (signs && is_secret(key))
        return jt_fail(err, JETON_E_REQUEST,
                       "the client signs with it: give it another secret first");
    if (!signs) {
        const jd_key_change change = to_withdrawn(signer, key);
        return apply(signer, &change, 1, mark, entry, err);
    }
    JT_TRY(ensure_successor(signer, key->row.alg, err));
    JT_TRY(find_living(signer, kid, &key, err)); /* the ring may be another one by now */
    const jd_ring_key *next = jd_keyring_next(signer->ring, key->row.alg, jeton_str(""));
    const jd_key_change changes[] = {to_withdrawn(signer, key), to_active(signer, next)};
    return apply(signer, changes, JT_COUNT(changes), mark, entry, err);
}

jeton_status jd_signer_withdraw(jd_signer *signer, jeton_span kid, const jd_revoking *mark,
                                jt_revocation *entry, jeton_err *err)
{
    *entry = (jt_revocation){0};
    jeton_err lost = {0};
    jeton_status status = jd_signer_begin(signer, &lost);
    if (status == JETON_OK)
        status = withdraw(signer, kid, mark, entry, &lost);
    for (unsigned i = 0; status == JETON_E_NOT_FOUND && is_living(signer, kid) && i < LOST; i++) {
        lost = (jeton_err){0}; /* another node has changed its state meanwhile */
        status = jd_signer_reload(signer, &lost);
        if (status == JETON_OK)
            status = withdraw(signer, kid, mark, entry, &lost);
    }
    if (status != JETON_OK)
        (void)jt_fail(err, status, "%s", lost.text);
    (void)pthread_mutex_unlock(&signer->change);
    return status;
}

/* --- more rings ----------------------------------------------------------------------------- */

static bool is_pair_alg(jeton_span alg)
{
    const char *const *known = jd_signer_algs();
    for (size_t i = 0; known[i] != NULL; i++)
        if (jeton_span_equal(alg, jeton_str(known[i])))
            return !jeton_span_equal(alg, jeton_str(JD_HS256));
    return false;
}

jeton_status jd_signer_ensure(jd_signer *signer, jeton_span alg, jeton_err *err)
{
    if (jd_keyring_active(signer->ring, alg, jeton_str("")) != NULL ||
        jd_keyring_awaited(signer->ring, alg, jeton_str("")) != NULL)
        return JETON_OK;
    /* It waits for our nodes only: nobody can have been told to keep a set in which keys of an
     * algorithm are missing that no token has had. */
    JT_TRY(jd_signer_make(signer, alg, "active", 0, err));
    return jd_signer_reload(signer, err);
}

jeton_status jd_signer_need(jd_signer *signer, jeton_span alg, jeton_err *err)
{
    if (!is_pair_alg(alg))
        return jt_fail(err, JETON_E_REQUEST,
                       "tokens are signed with ES256, Ed25519, EdDSA, RS256, PS256 or HS256");
    jeton_status status = jd_signer_begin(signer, err);
    if (status == JETON_OK)
        status = jd_signer_ensure(signer, alg, err);
    (void)pthread_mutex_unlock(&signer->change);
    return status;
}

/* --- listing -------------------------------------------------------------------------------- */

jeton_status jd_signer_list(jd_signer *signer, jt_arena *arena, jd_stored_keys *keys,
                            jeton_err *err)
{
    JT_TRY(jd_store_key_list(signer->store, arena, keys, err));
    jd_stored_key *rows = jt_arena_alloc(arena, (keys->count + 1) * sizeof *rows);
    if (rows == NULL)
        return jt_fail(err, JETON_E_NOMEM, "keys");
    for (size_t i = 0; i < keys->count; i++) {
        rows[i] = keys->at[i];
        rows[i].sealed = jeton_str(NULL);
    }
    keys->at = rows;
    return JETON_OK;
}
