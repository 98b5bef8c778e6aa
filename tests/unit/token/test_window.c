/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_window.c - jt_policy_window(): exactly the times at which the checks pass.
 */
#include "tokens.h"

#include "token/policy.h"

#include <jeton/verifier.h>

#define MS(seconds) ((jeton_time)(seconds)*1000)

static const struct {
    const char *why, *payload;
    jeton_policy policy;
    jeton_time from, until;
} windows[] = {
    {"exp alone", "{\"exp\":1700000900}", {0}, INT64_MIN, MS(1700000900)},
    {"a fraction", "{\"exp\":1700000900.0625}", {0}, INT64_MIN, MS(1700000900) + 62},
    {"leeway", "{\"exp\":1700000900}", {.leeway = 7}, INT64_MIN, MS(1700000907)},
    {"nothing", "{\"sub\":\"a\"}", {.allow = JETON_ALLOW_NO_EXP}, INT64_MIN, INT64_MAX},
    {"nbf", "{\"exp\":1700000900,\"nbf\":1700000001}", {0}, MS(1700000001), MS(1700000900)},
    {"nbf, leeway",
     "{\"exp\":1700000900,\"nbf\":1700000001}",
     {.leeway = 7},
     MS(1699999994),
     MS(1700000907)},
    {"iat", "{\"exp\":1700000900,\"iat\":1700000002}", {0}, MS(1700000002), MS(1700000900)},
    {"iat in the future allowed",
     "{\"exp\":1700000900,\"iat\":1700000002}",
     {.allow = JETON_ALLOW_FUTURE_IAT},
     INT64_MIN,
     MS(1700000900)},
    {"iat later than nbf",
     "{\"exp\":1700000900,\"iat\":1700000002,\"nbf\":1700000001}",
     {0},
     MS(1700000002),
     MS(1700000900)},
    {"nbf later than iat",
     "{\"exp\":1700000900,\"iat\":1700000002,\"nbf\":1700000003}",
     {0},
     MS(1700000003),
     MS(1700000900)},
    {"an age that ends first",
     "{\"exp\":1700000900,\"iat\":1700000000}",
     {.max_age = 60, .leeway = 1},
     MS(1699999999),
     MS(1700000061) + 1},
    {"an age that ends later",
     "{\"exp\":1700000900,\"iat\":1700000000}",
     {.max_age = 6000},
     MS(1700000000),
     MS(1700000900)},
    {"as PyJWT reads them: a text, and a fraction dropped",
     "{\"exp\":\"1700000900\",\"nbf\":1700000003.75,\"iat\":1700000002.5}",
     {.preset = JETON_PRESET_PYJWT, .leeway = 1},
     MS(1700000002),
     MS(1700000901)},
    {"as PyJWT reads them: iat keeps its fraction",
     "{\"exp\":1700000900.999,\"nbf\":\"1700000002\",\"iat\":1700000002.5}",
     {.preset = JETON_PRESET_PYJWT},
     MS(1700000002) + 500,
     MS(1700000900)},
    {"no time at all",
     "{\"exp\":1700000900,\"nbf\":1700000901}",
     {0},
     MS(1700000901),
     MS(1700000900)},
};

static bool passes_at(const jeton_verifier *verifier, const char *token, jeton_time now)
{
    jeton_verdict *verdict = NULL;
    assert_int_equal(jeton_verdict_new(NULL, &verdict, NULL), JETON_OK);
    token_clock = now;
    const bool passes = jeton_verify(verifier, jeton_str(token), verdict) == JETON_OK;
    jeton_verdict_free(&verdict);
    return passes;
}

static jt_window window_of(const jeton_policy *policy, const char *payload)
{
    jt_policy ready;
    jt_json *doc = NULL;
    assert_int_equal(jt_policy_init(&ready, NULL, policy, NULL), JETON_OK);
    assert_int_equal(jt_json_parse(NULL, jeton_str(payload), &doc, NULL), JETON_OK);
    const jt_window window = jt_policy_window(&ready, jt_json_root(doc));
    jt_json_free(&doc);
    jt_policy_done(&ready);
    return window;
}

/* Within a window the checks pass, and outside they do not: seen just at and just before both ends.
 */
static void window_ends_where_the_checks_begin_to_fail(void **state)
{
    (void)state;
    jeton_keyset *keys = token_keyset(token_key(JETON_HS256));
    for (size_t i = 0; i < COUNT(windows); i++) {
        print_message("  %s\n", windows[i].why);
        const jt_window got = window_of(&windows[i].policy, windows[i].payload);
        assert_true(got.from == windows[i].from);
        assert_true(got.until == windows[i].until);

        jeton_verifier *verifier = NULL;
        assert_int_equal(jeton_verifier_new(token_ctx(), &windows[i].policy, keys, &verifier, NULL),
                         JETON_OK);
        char *token = token_forge(token_key(JETON_HS256), JETON_HS256, "{\"alg\":\"HS256\"}",
                                  windows[i].payload);
        const jeton_time ends[] = {got.from, got.until};
        for (size_t end = 0; end < COUNT(ends); end++)
            for (jeton_time off = -1; off <= 1; off++) {
                if (ends[end] == INT64_MIN || ends[end] == INT64_MAX)
                    continue;
                const jeton_time now = ends[end] + off;
                assert_int_equal(passes_at(verifier, token, now),
                                 got.from <= now && now < got.until);
            }
        free(token);
        jeton_verifier_free(&verifier);
    }
    jeton_keyset_free(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(window_ends_where_the_checks_begin_to_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
