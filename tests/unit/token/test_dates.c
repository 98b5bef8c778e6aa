/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_dates.c - how long a token may live, and that the window of time is what
 * the checks say. */
#include "judge.h"

#include "token/policy.h"

static const struct {
    const char *why, *payload;
    jeton_status want;
    const char *claim;
} lives[] = {
    {"as long as allowed", "{\"iat\":1700000000,\"exp\":1700000600}", JETON_OK, ""},
    {"shorter", "{\"iat\":1700000000,\"exp\":1700000001}", JETON_OK, ""},
    {"issued long ago", "{\"iat\":1699999500,\"exp\":1700000100}", JETON_OK, ""},
    {"a second longer", "{\"iat\":1700000000,\"exp\":1700000601}", JETON_E_LIFE, "exp"},
    {"a moment longer", "{\"iat\":1700000000,\"exp\":1700000600.001}", JETON_E_LIFE, "exp"},
    {"for ever", "{\"iat\":1700000000,\"exp\":253402300799}", JETON_E_LIFE, "exp"},
    {"without exp", "{\"iat\":1700000000}", JETON_E_MISSING, "exp"},
    {"without iat", "{\"exp\":1700000600}", JETON_E_MISSING, "iat"},
};

static void life_is_from_iat_to_exp(void **state)
{
    (void)state;
    const jeton_policy policy = {.max_life = 600, .allow = JETON_ALLOW_NO_EXP};
    const jeton_policy any = {.allow = JETON_ALLOW_NO_EXP};
    for (size_t i = 0; i < COUNT(lives); i++) {
        print_message("  %s\n", lives[i].why);
        assert_answer(judge(&policy, lives[i].payload), lives[i].want, BIT(LIFE), lives[i].claim);
        assert_accepted(judge(&any, lives[i].payload));
    }
}

static void life_knows_no_leeway_and_leaves_wrong_dates_to_others(void **state)
{
    (void)state;
    const jeton_policy policy = {.max_life = 600, .leeway = 3600};
    assert_refused(judge(&policy, "{\"iat\":1700000000,\"exp\":1700000601}"), JETON_E_LIFE,
                   BIT(LIFE), "exp");
    assert_refused(judge(&policy, "{\"iat\":\"x\",\"exp\":1700000100}"), JETON_E_CLAIM, BIT(IAT),
                   "iat");
    assert_refused(judge(&policy, "{\"iat\":1700000000,\"exp\":\"x\"}"), JETON_E_CLAIM, BIT(EXP),
                   "exp");
    assert_int_equal(judge(&policy, "{\"iat\":1700000000}"), JETON_E_MISSING);
    assert_int_equal(jeton_verdict_failed(verdict), BIT(EXP) | BIT(LIFE));
    const jeton_policy longest = {.max_life = UINT32_MAX, .leeway = UINT32_MAX};
    assert_accepted(judge(&longest, "{\"iat\":1700000000,\"exp\":1800000000}"));
}

/* ---- the window ----------------------------------------------------------------------------- */

static uint64_t dice = 0x243f6a8885a308d3; /* the digits of pi: each run is the same */

static unsigned roll(unsigned sides)
{
    dice = dice * 6364136223846793005U + 1442695040888963407U;
    return (unsigned)(dice >> 33) % sides;
}

/* Around NOW, as an integer, with a fraction or, where PyJWT takes that, as a text. */
static void add_date(char *to, const char *name, bool as_text)
{
    char *end = to + strlen(to);
    const unsigned shape = roll(as_text ? 4 : 3);
    const long seconds = (long)NOW + (long)roll(200) - 100;
    if (shape == 0)
        snprintf(end, 60, ",\"%s\":%ld", name, seconds);
    else if (shape == 1)
        snprintf(end, 60, ",\"%s\":%ld.%03u", name, seconds, roll(1000));
    else if (shape == 2)
        snprintf(end, 60, ",\"%s\":-%ld.%03u", name, seconds, roll(1000));
    else
        snprintf(end, 60, ",\"%s\":\"%s%ld\"", name, roll(2) == 0 ? "" : "-", seconds);
}

static jeton_policy random_policy(void)
{
    return (jeton_policy){.leeway = roll(3) * roll(50),
                          .max_age = roll(2) * roll(150),
                          .allow = roll(4) == 0 ? JETON_ALLOW_FUTURE_IAT : 0,
                          .preset = roll(2) == 0 ? JETON_PRESET_PYJWT : JETON_PRESET_NONE};
}

static bool passes(const jt_policy *policy, const jt_val *claims, jeton_time now)
{
    static const jt_header header = {.alg = JETON_HS256};
    jt_verdict_reset(verdict);
    verdict->claims = claims;
    const jeton_status status = jt_policy_check(policy, &header, now, verdict);
    assert_int_equal(status != JETON_OK, jeton_verdict_failed(verdict) != 0);
    assert_int_equal(jeton_verdict_failed(verdict) & ~(BIT(EXP) | BIT(NBF) | BIT(IAT)), 0);
    return status == JETON_OK;
}

static void assert_window(const jt_policy *policy, const jt_val *claims)
{
    const jt_window window = jt_policy_window(policy, claims);
    const jeton_time moments[] = {window.from, window.until, (jeton_time)NOW * 1000,
                                  (jeton_time)NOW * 1000 + (int)roll(400000) - 200000,
                                  -(jeton_time)NOW * 1000};
    for (size_t i = 0; i < COUNT(moments); i++)
        for (int step = -1; step <= 1; step++) {
            if ((moments[i] == INT64_MIN && step < 0) || (moments[i] == INT64_MAX && step >= 0))
                continue;
            const jeton_time now = moments[i] + step;
            assert_int_equal(passes(policy, claims, now), now >= window.from && now < window.until);
        }
}

static void window_is_what_the_checks_say(void **state)
{
    (void)state;
    unsigned with_end = 0;
    unsigned never = 0;
    for (unsigned i = 0; i < 20000; i++) {
        const jeton_policy from = random_policy();
        const bool like_pyjwt = from.preset == JETON_PRESET_PYJWT;
        jt_policy policy;
        assert_int_equal(jt_policy_init(&policy, NULL, &from, NULL), JETON_OK);
        char text[256] = "{\"x\":0";
        if (!like_pyjwt || roll(2) == 0)
            add_date(text, "exp", like_pyjwt);
        if (roll(2) == 0)
            add_date(text, "nbf", like_pyjwt);
        if (from.max_age > 0 || roll(2) == 0)
            add_date(text, "iat", false);
        strcat(text, "}");
        jt_json *claims = NULL;
        assert_int_equal(jt_json_parse(NULL, jeton_str(text), &claims, NULL), JETON_OK);
        assert_window(&policy, jt_json_root(claims));
        const jt_window window = jt_policy_window(&policy, jt_json_root(claims));
        with_end += window.until < INT64_MAX;
        never += window.from >= window.until;
        jt_json_free(&claims);
        jt_policy_done(&policy);
    }
    assert_in_range(with_end, 5000, 20000); /* the dice are worth something */
    assert_in_range(never, 1000, 19000);
    jt_verdict_reset(verdict);
}

static void window_without_dates_is_always(void **state)
{
    (void)state;
    jt_policy policy;
    assert_int_equal(jt_policy_init(&policy, NULL, NULL, NULL), JETON_OK);
    jt_window window = jt_policy_window(&policy, NULL);
    assert_true(window.from == INT64_MIN && window.until == INT64_MAX);
    jt_policy_done(&policy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life_is_from_iat_to_exp),
        cmocka_unit_test(life_knows_no_leeway_and_leaves_wrong_dates_to_others),
        cmocka_unit_test(window_is_what_the_checks_say),
        cmocka_unit_test(window_without_dates_is_always),
    };
    return cmocka_run_group_tests(tests, judge_set_up, judge_tear_down);
}
