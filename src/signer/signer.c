/* SPDX-License-Identifier: Apache-2.0 */
/* signer/signer.c - signs, and tells with what to verify. */
#include "signer/signer.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "signer/promise.h"
#include "signer/signer_inside.h"
#include "store/nodes.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <stdio.h>
#include <time.h>

/* So long somebody who signs waits for others who change the keys. */
#define CATCH_UP_TRIES 100U
#define CATCH_UP_NS    2500000L

static const char *const algs[] = {"ES256", "Ed25519", "EdDSA", "RS256", "PS256", JD_HS256, NULL};

const char *const *jd_signer_algs(void)
{
    return algs;
}

/* --- new keys ------------------------------------------------------------------------------- */

static jeton_status save(jd_signer *signer, const jeton_key *key, const jd_stored_key *like,
                         jeton_err *err)
{
    JT_AUTO(jeton_text_free) jeton_text *public = NULL;
    JT_AUTO(jeton_text_free) jeton_text *private = NULL;
    JT_AUTO(jt_buf_done) jt_buf sealed = jt_buf_init(signer->ctx);
    jd_stored_key row = *like;
    row.kid = jeton_key_id(key);
    JT_TRY(jeton_key_print(key, JETON_KEY_PUBLIC, &public, err));
    JT_TRY(jeton_key_print(key, JETON_KEY_PRIVATE, &private, err));
    JT_TRY(jd_sealer_seal(signer->sealer, jd_key_place(row.kid), jeton_text_span(private), &sealed,
                          err));
    row.public = jeton_text_span(public);
    row.sealed = jt_buf_span(&sealed);
    signer->stale = true; /* until it is reloaded */
    return jd_store_key_add_first(signer->store, &row, err);
}

jeton_status jd_signer_make(jd_signer *signer, jeton_span alg, const char *state, jeton_time ready,
                            jeton_err *err)
{
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    const jeton_time now = signer->now;
    JT_TRY(jeton_key_generate(signer->ctx, jeton_alg_find(alg), (jeton_span){0}, &key, err));
    const jd_stored_key row = {
        .alg = alg, .state = jeton_str(state), .created = now, .since = now, .ready = ready};
    jeton_err lost = {0};
    const jeton_status status = save(signer, key, &row, &lost);
    if (status == JETON_E_EXISTS) /* another node was faster: theirs is found by reloading */
        return JETON_OK;
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", lost.text);
    jd_log(JD_INFO, EV_KEY_MADE, JD_SPAN("kid", jeton_key_id(key)), JD_SPAN("alg", alg),
           JD_TEXT("state", state));
    return JETON_OK;
}

/* --- the ring ------------------------------------------------------------------------------- */

/* What the keys remember of their use goes over to those of the new ring. Signing waits. */
static void swap(jd_signer *signer, jd_keyring **fresh)
{
    (void)pthread_rwlock_wrlock(&signer->lock);
    jd_keyring *old = signer->ring;
    for (size_t i = 0; old != NULL && i < old->count; i++) {
        jd_ring_key *key = jd_keyring_find(*fresh, old->at[i].row.kid);
        if (key != NULL)
            atomic_store(&key->last, atomic_load(&old->at[i].last));
    }
    signer->ring = *fresh;
    *fresh = old;
    (void)pthread_rwlock_unlock(&signer->lock);
}

jeton_status jd_signer_reload(jd_signer *signer, jeton_err *err)
{
    JT_AUTO(jd_keyring_free) jd_keyring *ring = NULL;
    JT_TRY(jd_keyring_load(signer->ctx, signer->store, signer->sealer, &ring, err));
    if (signer->watcher != NULL) /* before anything is signed that they could not verify */
        JT_TRY(signer->watcher(signer->watching, ring->published, ring->all, err));
    swap(signer, &ring);
    signer->stale = false;
    signer->generation++;
    (void)pthread_cond_broadcast(&signer->news);
    return JETON_OK;
}

/* Whether the store has told of a change of keys that the ring does not have. */
static bool is_behind(jd_signer *signer)
{
    const uint64_t changed = jd_store_keys_changed(signer->store);
    (void)pthread_rwlock_rdlock(&signer->lock);
    const bool behind = signer->ring->changed < changed;
    (void)pthread_rwlock_unlock(&signer->lock);
    return behind;
}

jeton_status jd_signer_look(jd_signer *signer, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(signer->ctx);
    jd_nodes nodes = {.now = jt_now(signer->ctx)};
    if (jd_store_is_shared(signer->store))
        JT_TRY(jd_store_node_list(signer->store, &arena, &nodes, err));
    signer->now = nodes.now;
    signer->looked = jd_monotonic();
    return JETON_OK;
}

jeton_status jd_signer_begin(jd_signer *signer, jeton_err *err)
{
    (void)pthread_mutex_lock(&signer->change);
    JT_TRY(jd_signer_look(signer, err));
    return signer->stale || is_behind(signer) ? jd_signer_reload(signer, err) : JETON_OK;
}

jeton_status jd_signer_renew(jd_signer *signer, jeton_err *err)
{
    (void)pthread_mutex_lock(&signer->change);
    signer->stale = true; /* until it has worked */
    const jeton_status status = jd_signer_reload(signer, err);
    (void)pthread_mutex_unlock(&signer->change);
    return status;
}

/* --- open and close ------------------------------------------------------------------------- */

/* A store that has keys, but none that signs, was tampered with: a new key would hide it. */
static bool is_sound(const jd_keyring *ring)
{
    for (size_t i = 0; i < ring->count; i++)
        if (jd_ring_key_is(&ring->at[i], "active"))
            return true;
    return ring->count == 0;
}

/* There is an active key of the server's own algorithm afterwards. */
static jeton_status ensure_first(jd_signer *signer, jeton_err *err)
{
    const jeton_span alg = jeton_str(signer->alg);
    if (!is_sound(signer->ring))
        return jt_fail(err, JETON_E_KEY, "no key in the store is active");
    return jd_signer_ensure(signer, alg, err);
}

jeton_status jd_signer_check_alg(const char *alg, jeton_err *err)
{
    for (size_t i = 0; algs[i] != NULL; i++)
        if (strcmp(algs[i], alg) == 0 && strcmp(alg, JD_HS256) != 0)
            return JETON_OK;
    return jt_fail(err, JETON_E_ARGUMENT,
                   "token-alg is one of ES256, Ed25519, EdDSA, RS256, PS256: HS256 is for clients");
}

/* Those who sign must not keep a change from happening by being many. */
static void init_locks(jd_signer *signer)
{
    pthread_rwlockattr_t kind;
    (void)pthread_rwlockattr_init(&kind);
    (void)pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    (void)pthread_rwlock_init(&signer->lock, &kind);
    (void)pthread_rwlockattr_destroy(&kind);
    (void)pthread_mutex_init(&signer->change, NULL);
    pthread_condattr_t clock;
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&signer->news, &clock);
    (void)pthread_condattr_destroy(&clock);
}

jeton_status jd_signer_open(const jeton_ctx *ctx, const jd_signer_options *options, jd_store *store,
                            const jd_sealer *sealer, jd_signer **signer, jeton_err *err)
{
    *signer = NULL;
    JT_TRY(jd_signer_check_alg(options->alg, err));
    JT_AUTO(jd_signer_free) jd_signer *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "signer");
    made->ctx = ctx;
    made->options = *options;
    (void)snprintf(made->alg, sizeof made->alg, "%s", options->alg);
    made->store = store;
    made->sealer = sealer;
    init_locks(made);
    JT_TRY(jd_signer_look(made, err));
    made->opened = made->now;
    JT_TRY(jd_promise_settle(ctx, store, options->max_age, made->now, &made->promised, err));
    JT_TRY(jd_signer_reload(made, err));
    JT_TRY(ensure_first(made, err));

    *signer = made;
    made = NULL; /* the caller's from now on */
    return JETON_OK;
}

void jd_signer_free(jd_signer **signer)
{
    if (signer == NULL || *signer == NULL)
        return;
    jd_keyring_free(&(*signer)->ring);
    (void)pthread_rwlock_destroy(&(*signer)->lock);
    (void)pthread_cond_destroy(&(*signer)->news);
    (void)pthread_mutex_destroy(&(*signer)->change);
    jt_release((*signer)->ctx, *signer);
    *signer = NULL;
}

/* --- signing -------------------------------------------------------------------------------- */

static void remember(jd_ring_key *key, jeton_time expires)
{
    jeton_time last = atomic_load_explicit(&key->last, memory_order_relaxed);
    while (last < expires && !atomic_compare_exchange_weak(&key->last, &last, expires))
        continue;
}

/* Whoever has `change` may wait for the head of the log, and we may be in a batch that has it: so
 * it is tried for a while, never waited for. Mostly somebody is reading the keys just now, and the
 * next one, who waits for the head, may come before us: then the ring is what we need already. */
static bool take_change(jd_signer *signer)
{
    for (unsigned i = 0; i < CATCH_UP_TRIES && is_behind(signer); i++) {
        if (pthread_mutex_trylock(&signer->change) == 0)
            return true;
        (void)nanosleep(&(const struct timespec){.tv_nsec = CATCH_UP_NS}, NULL);
    }
    return false;
}

/* The transaction that a token is issued in has shown keys that we do not have: they have just been
 * changed, here or by another node, and the one that signs here may have been withdrawn. */
static jeton_status catch_up(jd_signer *signer, jeton_err *err)
{
    jeton_status status = JETON_OK;
    if (take_change(signer)) {
        status = jd_signer_reload(signer, err);
        (void)pthread_mutex_unlock(&signer->change);
    }
    if (status == JETON_OK && is_behind(signer))
        return jt_fail(err, JETON_E_BUSY, "the keys are being changed");
    return status;
}

/* Under the lock of the ring. */
static jeton_status sign_with_ring(jd_signer *signer, const jd_signing *how,
                                   const jeton_claims *claims, jeton_text **token, jeton_err *err)
{
    const jeton_span alg = how->alg.len > 0 ? how->alg : jeton_str(signer->alg);
    const bool secret = jeton_span_equal(alg, jeton_str(JD_HS256));
    const jeton_span client = secret ? how->client : jeton_str("");
    jd_ring_key *key = jd_keyring_active(signer->ring, alg, client);
    if (key == NULL && jd_keyring_awaited(signer->ring, alg, client) != NULL)
        return jt_fail(err, JETON_E_BUSY, "not all nodes have the new key yet");
    if (key == NULL)
        return jt_fail(err, JETON_E_KEY, "no key is active for these tokens");
    remember(key, how->expires);
    return jeton_sign(how->status_list ? key->of_lists : key->signer, claims, token, err);
}

jeton_status jd_signer_sign(jd_signer *signer, const jd_signing *how, const jeton_claims *claims,
                            jeton_text **token, jeton_err *err)
{
    *token = NULL;
    JT_TRY(catch_up(signer, err));
    (void)pthread_rwlock_rdlock(&signer->lock);
    const jeton_status status = sign_with_ring(signer, how, claims, token, err);
    (void)pthread_rwlock_unlock(&signer->lock);
    return status;
}

/* --- verifying ------------------------------------------------------------------------------ */

jeton_status jd_signer_jwks(jd_signer *signer, jt_arena *arena, jd_jwks *jwks, jeton_err *err)
{
    (void)pthread_rwlock_rdlock(&signer->lock);
    const size_t len = jeton_text_span(signer->ring->jwks).len;
    const char *json = jt_arena_text(arena, jeton_text_span(signer->ring->jwks));
    const char *etag = jt_arena_text(arena, jeton_str(signer->ring->etag));
    (void)pthread_rwlock_unlock(&signer->lock);
    *jwks = (jd_jwks){0};
    if (json == NULL || etag == NULL)
        return jt_fail(err, JETON_E_NOMEM, "keys");
    *jwks = (jd_jwks){jeton_bytes(json, len), etag, signer->options.max_age};
    return JETON_OK;
}

jeton_status jd_signer_watch(jd_signer *signer, jd_signer_watcher *watcher, void *user,
                             jeton_err *err)
{
    jeton_status status = JETON_OK;
    (void)pthread_mutex_lock(&signer->change);
    signer->watcher = watcher;
    signer->watching = user;
    if (watcher != NULL)
        status = watcher(user, signer->ring->published, signer->ring->all, err);
    (void)pthread_mutex_unlock(&signer->change);
    return status;
}

bool jd_signer_owns(jd_signer *signer, jeton_span kid, jeton_span client)
{
    (void)pthread_rwlock_rdlock(&signer->lock);
    const jd_ring_key *key = jd_keyring_find(signer->ring, kid);
    const bool owns = key != NULL && client.len > 0 && jeton_span_equal(key->row.client, client);
    (void)pthread_rwlock_unlock(&signer->lock);
    return owns;
}
