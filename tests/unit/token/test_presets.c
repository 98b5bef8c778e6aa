/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_presets.c - each row of docs/presets.md. */
#include "judge.h"

#define BY(name) .preset = JETON_PRESET_##name
#define AT_JWT   "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}"

/* What PyJWT is asked with in the rows below. */
static const jeton_policy plain = {BY(PYJWT)};
static const jeton_policy tolerant = {BY(PYJWT), .leeway = 10};
static const jeton_policy for_api = {BY(PYJWT), .audiences = {"api", "web"}};
static const jeton_policy from_us = {BY(PYJWT), .issuers = {"us", "them"}};
static const jeton_policy about_alice = {BY(PYJWT), .subject = "alice"};
static const jeton_policy with_more = {BY(PYJWT), .require = {"exp", "r"}};

typedef struct row {
    const char *why;
    const jeton_policy *policy;
    const char *payload;
    jeton_status want;
    uint32_t failed;
    const char *claim;
} row;

static void assert_row(const row *of)
{
    print_message("  %s: %s\n", of->why, of->payload);
    assert_answer(judge(of->policy, of->payload), of->want, of->failed, of->claim);
}

/* Where both are of one mind. The clock stands at 1700000000. */
static const row same[] = {
    {"nothing is demanded", &plain, "{}", JETON_OK, 0, ""},
    {"exp ahead", &plain, "{\"exp\":1700000001}", JETON_OK, 0, ""},
    {"exp now", &plain, "{\"exp\":1700000000}", JETON_E_EXPIRED, BIT(EXP), "exp"},
    {"exp within the leeway", &tolerant, "{\"exp\":1699999991}", JETON_OK, 0, ""},
    {"exp at its end", &tolerant, "{\"exp\":1699999990}", JETON_E_EXPIRED, BIT(EXP), "exp"},
    {"the fraction of exp is dropped", &plain, "{\"exp\":1700000000.9}", JETON_E_EXPIRED, BIT(EXP),
     "exp"},
    {"exp as a text", &plain, "{\"exp\":\"1700000001\"}", JETON_OK, 0, ""},
    {"exp as a text, past", &plain, "{\"exp\":\"1700000000\"}", JETON_E_EXPIRED, BIT(EXP), "exp"},
    {"exp as a text, before 1970", &plain, "{\"exp\":\"-1\"}", JETON_E_EXPIRED, BIT(EXP), "exp"},
    {"exp as a text with a fraction", &plain, "{\"exp\":\"1700000001.5\"}", JETON_E_CLAIM, BIT(EXP),
     "exp"},
    {"exp as a word", &plain, "{\"exp\":\"soon\"}", JETON_E_CLAIM, BIT(EXP), "exp"},
    {"exp as an empty text", &plain, "{\"exp\":\"\"}", JETON_E_CLAIM, BIT(EXP), "exp"},
    {"exp as a lone sign", &plain, "{\"exp\":\"-\"}", JETON_E_CLAIM, BIT(EXP), "exp"},
    {"exp null", &plain, "{\"exp\":null}", JETON_E_CLAIM, BIT(EXP), "exp"},
    {"exp a list", &plain, "{\"exp\":[1700000001]}", JETON_E_CLAIM, BIT(EXP), "exp"},
    {"nbf now", &plain, "{\"nbf\":1700000000}", JETON_OK, 0, ""},
    {"nbf ahead", &plain, "{\"nbf\":1700000001}", JETON_E_NOT_YET, BIT(NBF), "nbf"},
    {"nbf at the end of the leeway", &tolerant, "{\"nbf\":1700000010}", JETON_OK, 0, ""},
    {"nbf behind it", &tolerant, "{\"nbf\":1700000011}", JETON_E_NOT_YET, BIT(NBF), "nbf"},
    {"the fraction of nbf is dropped", &plain, "{\"nbf\":1700000000.9}", JETON_OK, 0, ""},
    {"nbf as a text", &plain, "{\"nbf\":\"1700000000\"}", JETON_OK, 0, ""},
    {"nbf as a text, ahead", &plain, "{\"nbf\":\"1700000001\"}", JETON_E_NOT_YET, BIT(NBF), "nbf"},
    {"iat now", &plain, "{\"iat\":1700000000}", JETON_OK, 0, ""},
    {"iat ahead", &plain, "{\"iat\":1700000001}", JETON_E_ISSUED, BIT(IAT), "iat"},
    {"iat keeps its fraction", &plain, "{\"iat\":1700000000.9}", JETON_E_ISSUED, BIT(IAT), "iat"},
    {"iat within the leeway", &tolerant, "{\"iat\":1700000010}", JETON_OK, 0, ""},
    {"iat as a text", &plain, "{\"iat\":\"1600000000\"}", JETON_E_CLAIM, BIT(IAT), "iat"},
    {"iat null", &plain, "{\"iat\":null}", JETON_E_CLAIM, BIT(IAT), "iat"},
    {"an aud nobody asked for", &plain, "{\"aud\":\"api\"}", JETON_E_AUDIENCE, BIT(AUD), "aud"},
    {"several of them", &plain, "{\"aud\":[\"api\"]}", JETON_E_AUDIENCE, BIT(AUD), "aud"},
    {"an empty aud", &plain, "{\"aud\":\"\"}", JETON_OK, 0, ""},
    {"an aud of nothing", &plain, "{\"aud\":[]}", JETON_OK, 0, ""},
    {"our aud", &for_api, "{\"aud\":\"web\"}", JETON_OK, 0, ""},
    {"our aud among others", &for_api, "{\"aud\":[\"x\",\"api\"]}", JETON_OK, 0, ""},
    {"another aud", &for_api, "{\"aud\":\"x\"}", JETON_E_AUDIENCE, BIT(AUD), "aud"},
    {"no aud", &for_api, "{}", JETON_E_MISSING, BIT(AUD), "aud"},
    {"an empty aud instead of ours", &for_api, "{\"aud\":\"\"}", JETON_E_MISSING, BIT(AUD), "aud"},
    {"an aud of nothing instead of ours", &for_api, "{\"aud\":[]}", JETON_E_MISSING, BIT(AUD),
     "aud"},
    {"our aud beside a number", &for_api, "{\"aud\":[\"api\",1]}", JETON_E_CLAIM, BIT(AUD), "aud"},
    {"an aud that is an object", &for_api, "{\"aud\":{\"api\":1}}", JETON_E_CLAIM, BIT(AUD), "aud"},
    {"our issuer", &from_us, "{\"iss\":\"us\"}", JETON_OK, 0, ""},
    {"another of ours", &from_us, "{\"iss\":\"them\"}", JETON_OK, 0, ""},
    {"another issuer", &from_us, "{\"iss\":\"u\"}", JETON_E_ISSUER, BIT(ISS), "iss"},
    {"no issuer", &from_us, "{}", JETON_E_MISSING, BIT(ISS), "iss"},
    {"an issuer that is a list", &from_us, "{\"iss\":[\"us\"]}", JETON_E_CLAIM, BIT(ISS), "iss"},
    {"an issuer nobody asked for", &plain, "{\"iss\":\"x\"}", JETON_OK, 0, ""},
    {"the subject", &about_alice, "{\"sub\":\"alice\"}", JETON_OK, 0, ""},
    {"another subject", &about_alice, "{\"sub\":\"bob\"}", JETON_E_SUBJECT, BIT(SUB), "sub"},
    {"a subject that is a number", &plain, "{\"sub\":1}", JETON_E_CLAIM, BIT(SUB), "sub"},
    {"an id that is a number", &plain, "{\"jti\":1}", JETON_E_CLAIM, BIT(JTI), "jti"},
    {"what is required", &with_more, "{\"exp\":1700000001,\"r\":0}", JETON_OK, 0, ""},
    {"what is required is null", &with_more, "{\"exp\":1700000001,\"r\":null}", JETON_E_MISSING,
     BIT(REQUIRED), "r"},
    {"what is required is gone", &with_more, "{\"r\":1}", JETON_E_MISSING, BIT(REQUIRED), "exp"},
};

/* What PyJWT accepts and we refuse: the list of docs/presets.md. */
static const row stricter[] = {
    {"exp beyond the year 9999", &plain, "{\"exp\":253402300800}", JETON_E_CLAIM, BIT(EXP), "exp"},
    {"exp beyond all years", &plain, "{\"exp\":1e300}", JETON_E_CLAIM, BIT(EXP), "exp"},
    {"exp as a text beyond all years", &plain, "{\"exp\":\"9999999999999\"}", JETON_E_CLAIM,
     BIT(EXP), "exp"},
    {"exp as a text beyond the year 9999", &plain, "{\"exp\":\"253402300800\"}", JETON_E_CLAIM,
     BIT(EXP), "exp"},
    {"a plus sign", &plain, "{\"exp\":\"+1700000001\"}", JETON_E_CLAIM, BIT(EXP), "exp"},
    {"spaces around", &plain, "{\"exp\":\" 1700000001 \"}", JETON_E_CLAIM, BIT(EXP), "exp"},
    {"underscores", &plain, "{\"exp\":\"1_700_000_001\"}", JETON_E_CLAIM, BIT(EXP), "exp"},
    {"digits of other scripts", &plain, "{\"exp\":\"\\u0661\\u0667\"}", JETON_E_CLAIM, BIT(EXP),
     "exp"},
    {"nbf true", &plain, "{\"nbf\":true}", JETON_E_CLAIM, BIT(NBF), "nbf"},
    {"iat true", &plain, "{\"iat\":true}", JETON_E_CLAIM, BIT(IAT), "iat"},
    {"iat before the year 0", &plain, "{\"iat\":-1e300}", JETON_E_CLAIM, BIT(IAT), "iat"},
    {"aud null", &plain, "{\"aud\":null}", JETON_E_CLAIM, BIT(AUD), "aud"},
    {"aud false", &plain, "{\"aud\":false}", JETON_E_CLAIM, BIT(AUD), "aud"},
    {"aud zero", &plain, "{\"aud\":0}", JETON_E_CLAIM, BIT(AUD), "aud"},
    {"aud {}", &plain, "{\"aud\":{}}", JETON_E_CLAIM, BIT(AUD), "aud"},
    {"iss of another type", &plain, "{\"iss\":1}", JETON_E_CLAIM, BIT(ISS), "iss"},
    {"a subject that was asked for is gone", &about_alice, "{}", JETON_E_MISSING, BIT(SUB), "sub"},
};

static void pyjwt_is_followed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(same); i++)
        assert_row(&same[i]);
}

static void pyjwt_is_not_followed_where_it_is_unsafe(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(stricter); i++)
        assert_row(&stricter[i]);
}

/* Each payload fails in all that come behind, too: the first one is what PyJWT raises. */
static const struct {
    const char *payload;
    jeton_status want;
    const char *claim;
} order[] = {
    {"{\"iat\":2e9,\"nbf\":2e9,\"exp\":1,\"iss\":\"x\",\"aud\":\"x\",\"sub\":1,\"jti\":1}",
     JETON_E_MISSING, "r"},
    {"{\"iat\":2e9,\"nbf\":2e9,\"exp\":1,\"iss\":\"x\",\"aud\":\"x\",\"sub\":1,\"jti\":1,\"r\":1}",
     JETON_E_ISSUED, "iat"},
    {"{\"nbf\":2e9,\"exp\":1,\"iss\":\"x\",\"aud\":\"x\",\"sub\":1,\"jti\":1,\"r\":1}",
     JETON_E_NOT_YET, "nbf"},
    {"{\"exp\":1,\"iss\":\"x\",\"aud\":\"x\",\"sub\":1,\"jti\":1,\"r\":1}", JETON_E_EXPIRED, "exp"},
    {"{\"iss\":\"x\",\"aud\":\"x\",\"sub\":1,\"jti\":1,\"r\":1}", JETON_E_ISSUER, "iss"},
    {"{\"iss\":\"us\",\"aud\":\"x\",\"sub\":1,\"jti\":1,\"r\":1}", JETON_E_AUDIENCE, "aud"},
    {"{\"iss\":\"us\",\"aud\":\"api\",\"sub\":1,\"jti\":1,\"r\":1}", JETON_E_CLAIM, "sub"},
    {"{\"iss\":\"us\",\"aud\":\"api\",\"jti\":1,\"r\":1}", JETON_E_CLAIM, "jti"},
    {"{\"iss\":\"us\",\"aud\":\"api\",\"r\":1}", JETON_OK, ""},
};

static void pyjwt_has_its_order(void **state)
{
    (void)state;
    const jeton_policy policy = {BY(PYJWT), .issuers = {"us"}, .audiences = {"api"},
                                 .require = {"r"}};
    for (size_t i = 0; i < COUNT(order); i++) {
        assert_int_equal(judge(&policy, order[i].payload), order[i].want);
        assert_string_equal(jeton_verdict_claim(verdict), order[i].claim);
    }
}

/* ---- rfc9068 and jeton ---------------------------------------------------------------------- */

#define OAUTH                                                                                      \
    EXP ",\"iss\":\"us\",\"aud\":\"api\",\"sub\":\"alice\",\"client_id\":\"c\","                   \
        "\"iat\":1700000000,\"jti\":\"1\""
#define OURS OAUTH ",\"sid\":\"s\",\"rev\":7"

static const jeton_policy rfc9068 = {BY(RFC9068), .issuers = {"us"}, .audiences = {"api"}};
static const jeton_policy ours = {BY(JETON), .issuers = {"us"}, .audiences = {"api"}};

/* The text without one member: its name is another one then. */
static char *without(const char *claims, const char *name)
{
    char *text = NULL;
    char quoted[40];
    assert_true(asprintf(&text, "{%s}", claims) > 0);
    snprintf(quoted, sizeof quoted, "\"%s\"", name);
    char *at = strstr(text, quoted);
    assert_non_null(at);
    at[1] = '_';
    return text;
}

static const struct {
    const jeton_policy *policy;
    const char *claims;
    const char *names[10];
} demands[] = {
    {&rfc9068, OAUTH, {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"}},
    {&ours, OURS, {"iss", "exp", "aud", "sub", "client_id", "iat", "jti", "rev"}},
};

static void presets_for_access_tokens_require_their_claims(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(demands); i++) {
        char *all = NULL;
        assert_true(asprintf(&all, "{%s}", demands[i].claims) > 0);
        assert_accepted(judge_header(demands[i].policy, AT_JWT, all));
        free(all);
        for (size_t k = 0; demands[i].names[k] != NULL; k++) {
            print_message("  without %s\n", demands[i].names[k]);
            char *text = without(demands[i].claims, demands[i].names[k]);
            assert_int_equal(judge_header(demands[i].policy, AT_JWT, text), JETON_E_MISSING);
            assert_true((jeton_verdict_failed(verdict) & BIT(REQUIRED)) != 0);
            assert_string_equal(jeton_verdict_claim(verdict), demands[i].names[k]);
            free(text);
        }
    }
}

static void presets_for_access_tokens_demand_their_type(void **state)
{
    (void)state;
    static const jeton_policy *const policies[] = {&rfc9068, &ours};
    for (size_t i = 0; i < COUNT(policies); i++) {
        assert_accepted(judge_header(
            policies[i], "{\"alg\":\"HS256\",\"typ\":\"application/at+jwt\"}", "{" OURS "}"));
        assert_refused(
            judge_header(policies[i], "{\"alg\":\"HS256\",\"typ\":\"JWT\"}", "{" OURS "}"),
            JETON_E_TYP, BIT(TYP), "typ");
        assert_refused(judge(policies[i], "{" OURS "}"), JETON_E_MISSING, BIT(TYP), "typ");
    }
}

static void a_policy_goes_on_top_of_its_preset(void **state)
{
    (void)state;
    const jeton_policy policy = {
        BY(RFC9068),    .issuers = {"us"},         .audiences = {"api"},
        .typ = "x+jwt", .require = {"sid", "jti"}, .allow = JETON_ALLOW_NUMBER_SUB};
    assert_accepted(judge_header(&policy, "{\"alg\":\"HS256\",\"typ\":\"x+jwt\"}", "{" OURS "}"));
    assert_refused(judge_header(&policy, AT_JWT, "{" OURS "}"), JETON_E_TYP, BIT(TYP), "typ");
    assert_refused(judge_header(&policy, "{\"alg\":\"HS256\",\"typ\":\"x+jwt\"}", "{" OAUTH "}"),
                   JETON_E_MISSING, BIT(REQUIRED), "sid");
    char *text = without(OURS, "client_id");
    assert_refused(judge_header(&policy, "{\"alg\":\"HS256\",\"typ\":\"x+jwt\"}", text),
                   JETON_E_MISSING, BIT(REQUIRED), "client_id");
    free(text);
}

static void a_preset_with_all_that_a_policy_can_require(void **state)
{
    (void)state;
    const jeton_policy policy = {BY(JETON), .issuers = {"us"}, .audiences = {"api"},
                                 .require = {"a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8", "a9",
                                             "b1", "b2", "b3", "b4", "b5", "b6", "b7"}};
    assert_accepted(judge_header(
        &policy, AT_JWT,
        "{" OURS ",\"a1\":1,\"a2\":1,\"a3\":1,\"a4\":1,\"a5\":1,\"a6\":1,\"a7\":1,\"a8\":1,"
        "\"a9\":1,\"b1\":1,\"b2\":1,\"b3\":1,\"b4\":1,\"b5\":1,\"b6\":1,\"b7\":1}"));
    assert_refused(
        judge_header(&policy, AT_JWT,
                     "{" OURS
                     ",\"a1\":1,\"a2\":1,\"a3\":1,\"a4\":1,\"a5\":1,\"a6\":1,\"a7\":1,\"a8\":1,"
                     "\"a9\":1,\"b1\":1,\"b2\":1,\"b3\":1,\"b4\":1,\"b5\":1,\"b6\":1,\"b8\":1}"),
        JETON_E_MISSING, BIT(REQUIRED), "b7");
}

static void rfc9068_has_to_know_issuers_and_audiences(void **state)
{
    (void)state;
    const jeton_policy nothing = {BY(RFC9068)};
    const jeton_policy no_audience = {BY(RFC9068), .issuers = {"us"}};
    const jeton_policy no_issuer = {BY(RFC9068), .audiences = {"api"}};
    assert_no_policy(&nothing);
    assert_no_policy(&no_audience);
    assert_no_policy(&no_issuer);
    const jeton_policy unnamed = {BY(JETON)};
    assert_accepted(judge_header(&unnamed, AT_JWT, "{" OURS "}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pyjwt_is_followed),
        cmocka_unit_test(pyjwt_is_not_followed_where_it_is_unsafe),
        cmocka_unit_test(pyjwt_has_its_order),
        cmocka_unit_test(presets_for_access_tokens_require_their_claims),
        cmocka_unit_test(presets_for_access_tokens_demand_their_type),
        cmocka_unit_test(a_policy_goes_on_top_of_its_preset),
        cmocka_unit_test(a_preset_with_all_that_a_policy_can_require),
        cmocka_unit_test(rfc9068_has_to_know_issuers_and_audiences),
    };
    return cmocka_run_group_tests(tests, judge_set_up, judge_tear_down);
}
