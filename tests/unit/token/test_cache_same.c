/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_cache_same.c - a verifier with a cache and one without give the same
 * answers, to the byte, whatever the token, the policy and the time.
 */
#include "tokens.h"

#include <jeton/cache.h>
#include <jeton/verifier.h>

static const char *const payloads[] = {
    "{\"exp\":1700000900}",
    "{\"exp\":1700000900.5,\"nbf\":1700000100,\"iat\":1700000050.25,\"sub\":\"alice\"}",
    "{\"exp\":1700000900,\"iat\":1700000200,\"aud\":[\"a\",\"b\"],\"iss\":\"https://i\"}",
    "{\"sub\":\"without an end\",\"aud\":\"a\",\"iss\":\"https://i\",\"iat\":1700000000}",
    "{\"exp\":1700000900,\"sub\":4711,\"aud\":\"b\",\"x\":-1,\"t\":true,\"n\":null}",
    " { \"exp\" : 1700000300 , \"sub\":\"\\u0061\\n\\\"\\ud83d\\ude00\",\"e\":\"\",\"\":\"\"} \n",
    "{\"exp\":17e8,\"roles\":[\"user\",[\"admin\"],{\"a\":[1,2,3]},\"x\"],\"scope\":\"a b c\"}",
    "{\"o\":{\"o\":{\"o\":{\"exp\":1}}},\"exp\":1700000800,\"l\":[],\"m\":{},\"f\":1.5,\"z\":1}",
    "{\"exp\":1700000900,\"exp\":1700000900}",
    "{\"exp\":\"1700000900\"}",
    "{\"exp\":1700000800.75,\"nbf\":\"1700000100\",\"iat\":1700000050.5,\"x\":2}",
    "{\"exp\":1700000900,\"iat\":1700000900}",
    "{\"exp\":1700000900,\"nbf\":1700000950}",
    "[1700000900]",
    "{\"exp\":1700000900",
};

static const jeton_policy policies[] = {
    {0},
    {.leeway = 30, .allow = JETON_ALLOW_NUMBER_SUB},
    {.issuers = {"https://i"}, .audiences = {"a"}, .allow = JETON_ALLOW_NO_EXP},
    {.max_age = 300, .leeway = 1},
    {.allow = JETON_ALLOW_FUTURE_IAT | JETON_ALLOW_NO_EXP, .require = {"sub"}, .max_age = 100},
    {.preset = JETON_PRESET_PYJWT, .leeway = 1},
    {.preset = JETON_PRESET_PYJWT, .rules = {{"x", JETON_RULE_ONE_OF, "[-1.0,2e0]"}}},
    {.max_life = 870, .rules = {{"/roles/1", JETON_RULE_ABSENT, NULL}}},
};

/* Where dates of the payloads begin and end, and what leeway and age make of them. */
static const int64_t seconds[] = {
    0,          1699999970, 1699999999, 1700000000, 1700000019, 1700000049, 1700000050, 1700000070,
    1700000099, 1700000100, 1700000101, 1700000199, 1700000200, 1700000300, 1700000301, 1700000330,
    1700000350, 1700000351, 1700000500, 1700000501, 1700000502, 1700000800, 1700000830, 1700000900,
    1700000929, 1700000930, 1700000931, 1700001201, 9999999999,
};

static const int offsets[] = {-1, 0, 1, 249, 250, 251, 499, 500, 501};

/* Names that the payloads have, and some that none has. */
static const char *const names[] = {"exp", "nbf", "iat",   "iss",   "aud", "sub",   "jti", "x",
                                    "t",   "n",   "roles", "scope", "e",   "o",     "l",   "m",
                                    "f",   "z",   "",      "none",  "a",   "expiry"};

static void assert_same_span(jeton_span a, jeton_span b)
{
    assert_int_equal(a.len, b.len);
    if (a.len > 0)
        assert_memory_equal(a.ptr, b.ptr, a.len);
}

static void assert_same_claim(const jeton_verdict *a, const jeton_verdict *b, const char *name)
{
    static const char *const members[] = {"a", "b", "user", "editor", "alice", "admin", ""};
    jeton_span texts[2];
    int64_t ints[2];
    bool bools[2];
    jeton_time dates[2];
    assert_int_equal(jeton_verdict_text(a, name, &texts[0]),
                     jeton_verdict_text(b, name, &texts[1]));
    assert_same_span(texts[0], texts[1]);
    assert_int_equal(jeton_verdict_int(a, name, &ints[0]), jeton_verdict_int(b, name, &ints[1]));
    assert_true(ints[0] == ints[1]);
    assert_int_equal(jeton_verdict_bool(a, name, &bools[0]),
                     jeton_verdict_bool(b, name, &bools[1]));
    assert_int_equal(bools[0], bools[1]);
    assert_int_equal(jeton_verdict_date(a, name, &dates[0]),
                     jeton_verdict_date(b, name, &dates[1]));
    assert_true(dates[0] == dates[1]);
    for (size_t i = 0; i < COUNT(members); i++) {
        const jeton_span member = jeton_str(members[i]);
        assert_int_equal(jeton_verdict_has(a, name, member), jeton_verdict_has(b, name, member));
        assert_int_equal(jeton_verdict_has_word(a, name, member),
                         jeton_verdict_has_word(b, name, member));
    }
}

static void assert_same(const jeton_verdict *a, const jeton_verdict *b)
{
    assert_int_equal(jeton_verdict_status(a), jeton_verdict_status(b));
    assert_string_equal(jeton_verdict_why(a), jeton_verdict_why(b));
    assert_int_equal(jeton_verdict_failed(a), jeton_verdict_failed(b));
    assert_string_equal(jeton_verdict_claim(a), jeton_verdict_claim(b));
    assert_ptr_equal(jeton_verdict_key(a), jeton_verdict_key(b));
    assert_same_span(jeton_verdict_payload(a), jeton_verdict_payload(b));
    for (size_t i = 0; i < COUNT(names); i++)
        assert_same_claim(a, b, names[i]);
}

/* Refuses a third of the moments, in an order of its own. */
static jeton_status refuse_some(void *user, const jeton_verdict *verdict)
{
    (void)user;
    (void)verdict;
    return token_clock / 1000 % 3 == 0 ? JETON_E_REVOKED : JETON_OK;
}

typedef struct pair {
    jeton_verifier *with, *without;
    jeton_verdict *cached, *plain;
} pair;

static void judge_at(const pair *on, const char *token, jeton_time now)
{
    token_clock = now;
    const jeton_status want = jeton_verify(on->without, jeton_str(token), on->plain);
    assert_int_equal(jeton_verify(on->with, jeton_str(token), on->cached), want);
    assert_same(on->cached, on->plain);
}

/* Through all times, so that what was remembered early is asked for late, and the other way round.
 */
static void judge_at_all_times(const pair *on, char *const *tokens)
{
    for (size_t s = 0; s < COUNT(seconds); s++)
        for (size_t o = 0; o < COUNT(offsets); o++)
            for (size_t t = 0; t < COUNT(payloads); t++)
                judge_at(on, tokens[t], seconds[s] * 1000 + offsets[o]);
    for (size_t s = COUNT(seconds); s-- > 0;)
        for (size_t t = 0; t < COUNT(payloads); t++)
            judge_at(on, tokens[t], seconds[s] * 1000);
}

static void cache_changes_no_answer(void **state)
{
    (void)state;
    jeton_keyset *keys = token_keyset(token_key(JETON_HS256));
    char *tokens[COUNT(payloads)];
    for (size_t t = 0; t < COUNT(payloads); t++)
        tokens[t] = token_forge(token_key(JETON_HS256), JETON_HS256,
                                "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", payloads[t]);
    const jeton_cache_options small = {.entries = 5};
    for (size_t i = 0; i < 2 * COUNT(policies); i++) {
        const jeton_policy *policy = &policies[i / 2];
        jeton_cache *cache = NULL;
        pair on = {0};
        assert_int_equal(jeton_cache_new(NULL, i % 2 ? &small : NULL, &cache, NULL), JETON_OK);
        assert_int_equal(jeton_verifier_new(token_ctx(), policy, keys, &on.with, NULL), JETON_OK);
        assert_int_equal(jeton_verifier_new(token_ctx(), policy, keys, &on.without, NULL),
                         JETON_OK);
        assert_int_equal(jeton_verdict_new(NULL, &on.cached, NULL), JETON_OK);
        assert_int_equal(jeton_verdict_new(NULL, &on.plain, NULL), JETON_OK);
        jeton_verifier_use_cache(on.with, cache);
        if (i % 2 != 0) {
            jeton_verifier_on_revocation(on.with, refuse_some, NULL);
            jeton_verifier_on_revocation(on.without, refuse_some, NULL);
        }
        judge_at_all_times(&on, tokens);
        jeton_cache_counts counts;
        jeton_cache_stats(cache, &counts);
        print_message("  policy %zu: %zu hits, %zu misses, %zu expired\n", i / 2,
                      (size_t)counts.hits, (size_t)counts.misses, (size_t)counts.expired);
        assert_in_range(counts.hits, 20, SIZE_MAX); /* or nothing has been compared */
        assert_in_range(counts.expired, 20, SIZE_MAX);
        jeton_verdict_free(&on.plain);
        jeton_verdict_free(&on.cached);
        jeton_verifier_free(&on.without);
        jeton_verifier_free(&on.with);
        jeton_cache_free(&cache);
    }
    for (size_t t = 0; t < COUNT(payloads); t++)
        free(tokens[t]);
    jeton_keyset_free(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cache_changes_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
