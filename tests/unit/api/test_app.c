/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/api/test_app.c - the verdict cache gives its memory back when hardly anybody asks. */
#include "api/app.h"

#include "unit.h"

#include <jeton/signer.h>

#define TOKENS 64U

typedef struct world {
    jd_app app;
    jd_accounts accounts;
    jeton_verdict *verdict;
    jeton_text *tokens[TOKENS];
} world;

static void make_tokens(const jeton_key *key, jeton_text *tokens[TOKENS])
{
    const jeton_token_defaults defaults = {.lifetime = 3600};
    jeton_signer *signer = NULL;
    assert_int_equal(jeton_signer_new(NULL, key, JETON_HS256, &defaults, &signer, NULL), JETON_OK);
    for (unsigned i = 0; i < TOKENS; i++) {
        jeton_claims *claims = NULL;
        assert_int_equal(jeton_claims_new(NULL, &claims, NULL), JETON_OK);
        jeton_claims_set_int(claims, "n", i);
        assert_int_equal(jeton_sign(signer, claims, &tokens[i], NULL), JETON_OK);
        jeton_claims_free(&claims);
    }
    jeton_signer_free(&signer);
}

static void make_verifier(const jeton_keyset *keys, const jeton_cache *cache,
                          jeton_verifier **verifier)
{
    const jeton_policy policy = {.algs = JETON_ALG_BIT(JETON_HS256)};
    assert_int_equal(jeton_verifier_new(NULL, &policy, keys, verifier, NULL), JETON_OK);
    jeton_verifier_use_cache(*verifier, cache);
}

static void begin(world *of)
{
    const jeton_span secret = jeton_str("0123456789abcdef0123456789abcdef");
    jeton_key *key = NULL;
    jeton_keyset *keys = NULL;
    *of = (world){.verdict = NULL};
    assert_int_equal(jeton_key_from_secret(NULL, JETON_HS256, secret, jeton_str("k"), &key, NULL),
                     JETON_OK);
    const jeton_key *list[] = {key};
    assert_int_equal(jeton_keyset_new(NULL, list, 1, &keys, NULL), JETON_OK);
    make_tokens(key, of->tokens);
    assert_int_equal(pthread_rwlock_init(&of->app.keys, NULL), 0);
    assert_int_equal(jeton_cache_new(NULL, NULL, &of->app.cache, NULL), JETON_OK);
    of->app.accounts = &of->accounts;
    for (size_t i = 0; i < JD_TAKINGS; i++)
        make_verifier(keys, of->app.cache, &of->app.verifiers[i]);
    assert_int_equal(jeton_verdict_new(NULL, &of->verdict, NULL), JETON_OK);
    jeton_keyset_free(&keys);
    jeton_key_free(&key);
}

static void end(world *of)
{
    jeton_verdict_free(&of->verdict);
    for (unsigned i = 0; i < TOKENS; i++)
        jeton_text_free(&of->tokens[i]);
    for (size_t i = 0; i < JD_TAKINGS; i++)
        jeton_verifier_free(&of->app.verifiers[i]);
    jeton_cache_free(&of->app.cache);
    (void)pthread_rwlock_destroy(&of->app.keys);
}

static void verify(world *of, unsigned first, unsigned count)
{
    for (unsigned i = first; i < first + count; i++)
        assert_int_equal(jd_app_verify(&of->app, i % 2 == 0 ? JD_TAKE_OURS : JD_TAKE_ANY,
                                       jeton_text_span(of->tokens[i]), of->verdict),
                         JETON_OK);
}

static size_t entries(const world *of)
{
    jeton_cache_counts counts;
    jeton_cache_stats(of->app.cache, &counts);
    return counts.entries;
}

static void what_is_asked_for_is_kept(void **state)
{
    (void)state;
    world of;
    begin(&of);
    verify(&of, 0, TOKENS);
    assert_int_equal(entries(&of), TOKENS);
    for (int i = 0; i < 3; i++) {
        jd_app_rest(&of.app);
        assert_int_equal(entries(&of), TOKENS);
        verify(&of, 8, TOKENS / 8); /* just enough */
    }
    end(&of);
}

static void what_hardly_anybody_asks_for_is_given_back(void **state)
{
    (void)state;
    world of;
    begin(&of);
    verify(&of, 0, TOKENS);
    jd_app_rest(&of.app);
    verify(&of, 8, TOKENS / 8 - 1); /* one too few */
    jd_app_rest(&of.app);
    assert_int_equal(entries(&of), 1);

    int64_t n; /* the one that the last verdict stands in */
    assert_true(jeton_verdict_int(of.verdict, "n", &n));
    assert_int_equal(n, 8 + TOKENS / 8 - 2);

    verify(&of, 0, TOKENS); /* and it all begins again, beside the one that was held until now */
    assert_in_range(entries(&of), TOKENS, TOKENS + 1);
    end(&of);
}

static void an_empty_cache_is_left_alone(void **state)
{
    (void)state;
    world of;
    begin(&of);
    jd_app_rest(&of.app);
    jd_app_rest(&of.app);
    verify(&of, 0, 1);
    assert_int_equal(entries(&of), 1);
    end(&of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_asked_for_is_kept),
        cmocka_unit_test(what_hardly_anybody_asks_for_is_given_back),
        cmocka_unit_test(an_empty_cache_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
