/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_sharing.c - what threads may share they share: one verifier, one signer.
 * Run under TSan by ./dev san. */
#include "tokens.h"

#include <jeton/signer.h>
#include <jeton/verifier.h>

#include <pthread.h>
#include <stdatomic.h>

#define THREADS 2
#define ROUNDS  50

typedef struct shared {
    const jeton_signer *signer;
    const jeton_verifier *verifier;
    const jeton_key *key;
    atomic_uint hooks;
} shared;

static jeton_status count(void *user, const jeton_verdict *verdict)
{
    shared *with = user;
    (void)verdict;
    atomic_fetch_add(&with->hooks, 1);
    return JETON_OK;
}

/* cmocka's assertions are for the thread of the test; this one answers how many rounds failed. */
static unsigned round_of(const shared *with, jeton_verdict *verdict, int i)
{
    jeton_claims *claims = NULL;
    jeton_text *token = NULL;
    jeton_span sub = {0};
    unsigned failed = 1;
    if (jeton_claims_new(NULL, &claims, NULL) != JETON_OK)
        return 1;
    jeton_claims_set_text(claims, "sub", jeton_str(i % 2 ? "alice" : "bob"));
    if (jeton_sign(with->signer, claims, &token, NULL) == JETON_OK &&
        jeton_verify(with->verifier, jeton_text_span(token), verdict) == JETON_OK &&
        jeton_verdict_text(verdict, "sub", &sub) &&
        jeton_span_equal(sub, jeton_str(i % 2 ? "alice" : "bob")) &&
        jeton_verdict_key(verdict) == with->key)
        failed = 0;
    const jeton_span cut = jeton_bytes(jeton_text_chars(token), jeton_text_span(token).len - 4);
    if (jeton_verify(with->verifier, cut, verdict) == JETON_OK)
        failed = 1;
    jeton_text_free(&token);
    jeton_claims_free(&claims);
    return failed;
}

static void *run(void *arg)
{
    const shared *with = arg;
    jeton_verdict *verdict = NULL;
    unsigned failed = jeton_verdict_new(NULL, &verdict, NULL) == JETON_OK ? 0 : 1;
    for (int i = 0; i < ROUNDS && failed == 0; i++)
        failed += round_of(with, verdict, i);
    jeton_verdict_free(&verdict);
    return (void *)(uintptr_t)failed;
}

static void threads_share_a_verifier_and_a_signer(void **state)
{
    (void)state;
    const jeton_token_defaults defaults = {.lifetime = 60, .jti = true};
    for (size_t i = 0; i < COUNT(token_algs); i++) {
        print_message("  %s\n", jeton_alg_name(token_algs[i]));
        const jeton_key *key = token_key(token_algs[i]);
        jeton_signer *signer = NULL;
        jeton_verifier *verifier = NULL;
        jeton_keyset *keys = token_keyset(key);
        assert_int_equal(
            jeton_signer_new(token_ctx(), key, JETON_ALG_UNSET, &defaults, &signer, NULL),
            JETON_OK);
        assert_int_equal(jeton_verifier_new(token_ctx(), NULL, keys, &verifier, NULL), JETON_OK);
        shared with = {.signer = signer, .verifier = verifier, .key = key};
        jeton_verifier_on_revocation(verifier, count, &with);

        pthread_t threads[THREADS];
        for (size_t t = 0; t < THREADS; t++)
            assert_int_equal(pthread_create(&threads[t], NULL, run, &with), 0);
        for (size_t t = 0; t < THREADS; t++) {
            void *failed = BOGUS;
            assert_int_equal(pthread_join(threads[t], &failed), 0);
            assert_null(failed);
        }
        assert_int_equal(atomic_load(&with.hooks), THREADS * ROUNDS);
        jeton_verifier_free(&verifier);
        jeton_keyset_free(&keys);
        jeton_signer_free(&signer);
    }
}

/* References come and go on every thread; the last one frees. */
static void *refer(void *arg)
{
    const jeton_key *key = arg;
    for (int i = 0; i < 1000; i++) {
        jeton_key *mine = jeton_key_ref(key);
        jeton_keyset *set = NULL;
        if (jeton_keyset_new(NULL, &key, 1, &set, NULL) != JETON_OK)
            return BOGUS;
        jeton_keyset_free(&set);
        jeton_key_free(&mine);
    }
    return NULL;
}

static void threads_share_a_key(void **state)
{
    (void)state;
    jeton_key *key = NULL;
    assert_int_equal(jeton_key_generate(NULL, JETON_HS256, jeton_str(NULL), &key, NULL), JETON_OK);
    pthread_t threads[THREADS];
    for (size_t t = 0; t < THREADS; t++)
        assert_int_equal(pthread_create(&threads[t], NULL, refer, key), 0);
    for (size_t t = 0; t < THREADS; t++) {
        void *failed = BOGUS;
        assert_int_equal(pthread_join(threads[t], &failed), 0);
        assert_null(failed);
    }
    jeton_key_free(&key);
}

/* ---- everything else that threads may share ---------------------------------------------------
 */

/* What the threads begin with; each makes verifier, signer and verdict of its own from it, and
 * drops references that others still have. */
typedef struct stock {
    const jeton_ctx *ctx;
    jeton_keyset *keys;
    jeton_cache *cache;
    jeton_claims *claims;
    jeton_text *jwk;
} stock;

typedef struct helper {
    const stock *from;
    jeton_key *key; /* a reference of its own, and perhaps the last */
} helper;

static bool look_at_the_key(const jeton_key *key, const jeton_text *jwk)
{
    jeton_text *printed = NULL;
    jeton_text *thumbprint = NULL;
    const bool same = jeton_key_print(key, JETON_KEY_PRIVATE, &printed, NULL) == JETON_OK &&
                      jeton_span_equal(jeton_text_span(printed), jeton_text_span(jwk)) &&
                      jeton_key_thumbprint(key, &thumbprint, NULL) == JETON_OK &&
                      jeton_text_span(thumbprint).len == 43 && jeton_key_alg(key) == JETON_ES256 &&
                      jeton_key_is_private(key) && jeton_key_id(key).len > 0;
    jeton_text_free(&printed);
    jeton_text_free(&thumbprint);
    return same;
}

static bool sign_and_verify(const helper *h, jeton_verdict *verdict)
{
    const stock *from = h->from;
    jeton_verifier *verifier = NULL;
    jeton_signer *signer = NULL;
    jeton_text *token = NULL;
    bool good = jeton_verifier_new(from->ctx, NULL, from->keys, &verifier, NULL) == JETON_OK &&
                jeton_signer_new(from->ctx, h->key, JETON_ES256, NULL, &signer, NULL) == JETON_OK &&
                jeton_sign(signer, from->claims, &token, NULL) == JETON_OK;
    if (good)
        jeton_verifier_use_cache(verifier, from->cache);
    for (int again = 0; again < 2 && good; again++)
        good = jeton_verify(verifier, jeton_text_span(token), verdict) == JETON_OK &&
               jeton_verdict_has(verdict, "sub", jeton_str("alice"));
    jeton_text_free(&token);
    jeton_signer_free(&signer);
    jeton_verifier_free(&verifier);
    return good;
}

static void *help(void *arg)
{
    helper *h = arg;
    jeton_verdict *verdict = NULL;
    bool good = jeton_verdict_new(h->from->ctx, &verdict, NULL) == JETON_OK;
    for (int i = 0; i < 30 && good; i++)
        good = look_at_the_key(h->key, h->from->jwk) && sign_and_verify(h, verdict) &&
               jeton_keyset_count(h->from->keys) == 1 && jeton_keyset_skipped(h->from->keys) == 0;
    jeton_key_free(&h->key);
    jeton_verdict_free(&verdict);
    return good ? NULL : BOGUS;
}

static void threads_share_contexts_keys_sets_claims_texts_and_caches(void **state)
{
    (void)state;
    stock from = {.ctx = token_ctx()};
    jeton_key *key = NULL;
    assert_int_equal(jeton_key_generate(from.ctx, JETON_ES256, jeton_str(NULL), &key, NULL),
                     JETON_OK);
    assert_int_equal(jeton_key_print(key, JETON_KEY_PRIVATE, &from.jwk, NULL), JETON_OK);
    from.keys = token_keyset(key);
    assert_int_equal(jeton_cache_new(from.ctx, NULL, &from.cache, NULL), JETON_OK);
    assert_int_equal(jeton_claims_new(from.ctx, &from.claims, NULL), JETON_OK);
    jeton_claims_set_text(from.claims, "sub", jeton_str("alice"));
    jeton_claims_set_date(from.claims, "exp", ((jeton_time)NOW + 60) * 1000);

    helper helpers[THREADS];
    pthread_t threads[THREADS];
    for (size_t t = 0; t < THREADS; t++) {
        helpers[t] = (helper){.from = &from, .key = jeton_key_ref(key)};
        assert_int_equal(pthread_create(&threads[t], NULL, help, &helpers[t]), 0);
    }
    jeton_key_free(&key); /* while the threads use it: theirs are left */
    for (size_t t = 0; t < THREADS; t++) {
        void *failed = BOGUS;
        assert_int_equal(pthread_join(threads[t], &failed), 0);
        assert_null(failed);
    }
    jeton_cache_counts counts;
    jeton_cache_stats(from.cache, &counts);
    /* each verifier took its own out again; what a verdict held just then waits for the next one */
    assert_in_range(counts.entries, 0, THREADS);
    assert_int_equal(counts.evicted, counts.stored);
    assert_in_range(counts.hits, 1, SIZE_MAX);
    jeton_claims_free(&from.claims);
    jeton_cache_free(&from.cache);
    jeton_keyset_free(&from.keys);
    jeton_text_free(&from.jwk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_share_a_verifier_and_a_signer),
        cmocka_unit_test(threads_share_a_key),
        cmocka_unit_test(threads_share_contexts_keys_sets_claims_texts_and_caches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
