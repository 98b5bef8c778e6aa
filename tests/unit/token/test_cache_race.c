/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_cache_race.c - threads find, store and put each other's tokens out of one
 * small cache, while verifiers, verdicts and references come and go. What it proves it proves under
 * TSan and ASan: ./dev san token.cache_race
 */
#include "tokens.h"

#include <jeton/cache.h>
#include <jeton/verifier.h>

#include <pthread.h>
#include <stdatomic.h>

#define THREADS 4U
#define ROUNDS  3000U
#define TOKENS  48U

static struct {
    jeton_keyset *keys;
    jeton_cache *cache;
    jeton_verifier *shared;
    char *tokens[TOKENS];
    char subs[TOKENS][16];
    atomic_uint ready;
    atomic_bool revoked;
} with;

static jeton_status hook(void *user, const jeton_verdict *verdict)
{
    (void)user;
    (void)verdict;
    return atomic_load(&with.revoked) ? JETON_E_REVOKED : JETON_OK;
}

static jeton_verifier *new_verifier(const jeton_cache *cache)
{
    jeton_verifier *verifier = NULL;
    if (jeton_verifier_new(token_ctx(), NULL, with.keys, &verifier, NULL) != JETON_OK)
        return NULL;
    jeton_verifier_use_cache(verifier, cache);
    return verifier;
}

typedef struct worker {
    uint64_t random;
    jeton_verifier *own;
    jeton_cache *own_cache;
    jeton_verdict *verdict;
    unsigned failed;
} worker;

static unsigned draw(worker *w, unsigned below)
{
    w->random = w->random * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(w->random >> 33) % below;
}

/* The answer, and after it the claims, which must be those of the token although other threads put
 * it out of the cache meanwhile. */
static bool verify(worker *w, const jeton_verifier *verifier)
{
    const unsigned i = draw(w, TOKENS);
    jeton_span sub = {0};
    if (jeton_verify(verifier, jeton_str(with.tokens[i]), w->verdict) != JETON_OK)
        return jeton_verdict_status(w->verdict) == JETON_E_REVOKED;
    if (draw(w, 8) == 0)
        sched_yield();
    return jeton_verdict_text(w->verdict, "sub", &sub) &&
           jeton_span_equal(sub, jeton_str(with.subs[i])) &&
           jeton_verdict_payload(w->verdict).len > 0;
}

static bool verify_forged(worker *w)
{
    char token[512];
    const int len = snprintf(token, sizeof token, "%s", with.tokens[draw(w, TOKENS)]);
    token[(unsigned)len - 2 - draw(w, 30)] ^= 1;
    return jeton_verify(with.shared, jeton_str(token), w->verdict) != JETON_OK;
}

/* Mostly verifications; now and then something is made anew. */
static bool act(worker *w)
{
    jeton_cache_counts counts;
    switch (draw(w, 64)) {
    case 0:
        jeton_verifier_free(&w->own);
        w->own = new_verifier(with.cache);
        return w->own != NULL;
    case 1:
        jeton_verdict_free(&w->verdict);
        return jeton_verdict_new(NULL, &w->verdict, NULL) == JETON_OK;
    case 2: /* another cache, and back: the verdict's record changes its owner */
        jeton_verifier_use_cache(w->own, w->own_cache);
        return true;
    case 3: jeton_verifier_use_cache(w->own, with.cache); return true;
    case 4: jeton_cache_stats(with.cache, &counts); return counts.entries <= 32;
    case 5: atomic_store(&with.revoked, draw(w, 2) == 0); return true;
    case 6: return verify_forged(w);
    default: return verify(w, draw(w, 2) == 0 ? w->own : with.shared);
    }
}

static void *run(void *arg)
{
    worker *w = arg;
    w->own = new_verifier(with.cache);
    const bool made = jeton_verdict_new(NULL, &w->verdict, NULL) == JETON_OK &&
                      jeton_cache_new(NULL, NULL, &w->own_cache, NULL) == JETON_OK;
    w->failed = made && w->own != NULL ? 0 : 1;
    atomic_fetch_add(&with.ready, 1);
    while (atomic_load(&with.ready) < THREADS)
        sched_yield();
    for (unsigned i = 0; i < ROUNDS && w->failed == 0; i++)
        w->failed += !act(w);
    jeton_cache_free(&w->own_cache);
    jeton_verifier_free(&w->own);
    jeton_verdict_free(&w->verdict);
    return NULL;
}

static void threads_share_a_small_cache(void **state)
{
    (void)state;
    const jeton_cache_options small = {.entries = 32};
    with.keys = token_keyset(token_key(JETON_HS256));
    (void)token_ctx(); /* made once, before there are threads */
    assert_int_equal(jeton_cache_new(NULL, &small, &with.cache, NULL), JETON_OK);
    with.shared = new_verifier(with.cache);
    assert_non_null(with.shared);
    jeton_verifier_on_revocation(with.shared, hook, NULL);
    for (unsigned i = 0; i < TOKENS; i++) {
        char payload[64];
        snprintf(with.subs[i], sizeof with.subs[i], "user-%u", i);
        snprintf(payload, sizeof payload, "{\"exp\":1700000900,\"sub\":\"%s\"}", with.subs[i]);
        with.tokens[i] =
            token_forge(token_key(JETON_HS256), JETON_HS256, "{\"alg\":\"HS256\"}", payload);
    }
    pthread_t threads[THREADS];
    worker workers[THREADS] = {0};
    for (unsigned t = 0; t < THREADS; t++) {
        workers[t].random = t + 1;
        assert_int_equal(pthread_create(&threads[t], NULL, run, &workers[t]), 0);
    }
    for (unsigned t = 0; t < THREADS; t++) {
        assert_int_equal(pthread_join(threads[t], NULL), 0);
        assert_int_equal(workers[t].failed, 0);
    }
    jeton_cache_counts counts;
    jeton_cache_stats(with.cache, &counts);
    print_message("  %zu hits, %zu misses, %zu stored, %zu evicted, %zu entries\n",
                  (size_t)counts.hits, (size_t)counts.misses, (size_t)counts.stored,
                  (size_t)counts.evicted, counts.entries);
    assert_in_range(counts.hits, 100, SIZE_MAX);
    assert_in_range(counts.evicted, 100, SIZE_MAX);
    for (unsigned i = 0; i < TOKENS; i++)
        free(with.tokens[i]);
    jeton_cache_free(&with.cache); /* the verifier has it still */
    jeton_verifier_free(&with.shared);
    jeton_keyset_free(&with.keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_share_a_small_cache),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
