/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_policy.c - what a policy demands of claims whose signature is good. */
#include "judge.h"

/* ---- each claim of each type ---------------------------------------------------------------- */

/* The columns of the table below. */
static const char *const values[] = {
    "null", "true",    "0",    "1700000000",     "1700000000.5",
    "-1",   "1e300",   "\"\"", "\"1700000000\"", "[]",
    "{}",   "[\"a\"]", "[1]",  "[\"a\",null]",   "[[\"a\"]]",
};

/* C: wrong type (JETON_E_CLAIM); . : good; x: the check itself refuses with `refusal`.
 * The clock stands at 1700000000. */
static const struct {
    const char *name, *outcomes;
    uint32_t bit;
    jeton_status refusal;
} types[] = {
    {"exp", "CCxx.xCCCCCCCCC", BIT(EXP), JETON_E_EXPIRED},
    {"nbf", "CC..x.CCCCCCCCC", BIT(NBF), JETON_E_NOT_YET},
    {"iat", "CC..x.CCCCCCCCC", BIT(IAT), JETON_E_ISSUED},
    {"iss", "CCCCCCC..CCCCCC", BIT(ISS), JETON_OK},
    {"sub", "CCCCCCC..CCCCCC", BIT(SUB), JETON_OK},
    {"aud", "CCCCCCC...C.CCC", BIT(AUD), JETON_OK},
    {"jti", "CCCCCCC..CCCCCC", BIT(JTI), JETON_OK},
};

static void policy_wants_each_registered_claim_of_its_type(void **state)
{
    (void)state;
    const jeton_policy policy = {.allow = JETON_ALLOW_NO_EXP};
    for (size_t i = 0; i < COUNT(types); i++) {
        assert_int_equal(strlen(types[i].outcomes), COUNT(values));
        for (size_t j = 0; j < COUNT(values); j++) {
            char payload[96];
            snprintf(payload, sizeof payload, "{\"%s\":%s}", types[i].name, values[j]);
            print_message("  %s\n", payload);
            const jeton_status status = judge(&policy, payload);
            if (types[i].outcomes[j] == '.')
                assert_accepted(status);
            else
                assert_refused(status,
                               types[i].outcomes[j] == 'C' ? JETON_E_CLAIM : types[i].refusal,
                               types[i].bit, types[i].name);
        }
    }
}

static void policy_allows_a_number_as_sub_when_told(void **state)
{
    (void)state;
    const jeton_policy policy = {.allow = JETON_ALLOW_NUMBER_SUB};
    assert_accepted(judge(&policy, "{" EXP ",\"sub\":42}"));
    assert_accepted(judge(&policy, "{" EXP ",\"sub\":\"42\"}"));
    assert_refused(judge(NULL, "{" EXP ",\"sub\":42}"), JETON_E_CLAIM, BIT(SUB), "sub");
    assert_refused(judge(&policy, "{" EXP ",\"sub\":4.2}"), JETON_E_CLAIM, BIT(SUB), "sub");
    assert_refused(judge(&policy, "{" EXP ",\"sub\":true}"), JETON_E_CLAIM, BIT(SUB), "sub");
    assert_refused(judge(&policy, "{" EXP ",\"sub\":null}"), JETON_E_CLAIM, BIT(SUB), "sub");
    assert_refused(judge(&policy, "{" EXP ",\"sub\":[42]}"), JETON_E_CLAIM, BIT(SUB), "sub");
}

static void policy_leaves_other_claims_alone(void **state)
{
    (void)state;
    assert_accepted(judge(NULL, "{" EXP ",\"EXP\":null,\"nbf\\u0000\":null,\"x\":{\"exp\":1}}"));
    assert_accepted(judge(NULL, "{" EXP ",\"roles\":[1,null],\"scope\":7}"));
}

/* ---- times ---------------------------------------------------------------------------------- */

#define AT(seconds, ms) ((jeton_time)(seconds)*1000 + (ms))

static const struct {
    const char *why, *payload;
    unsigned leeway, max_age;
    jeton_time last;     /* the last millisecond of one answer … */
    jeton_status before; /* … which is this, up to it … */
    jeton_status after;  /* … and this from the next one on */
} edges[] = {
    {"exp", "{\"exp\":1700000000}", 0, 0, AT(NOW, -1), JETON_OK, JETON_E_EXPIRED},
    {"exp, leeway", "{\"exp\":1700000000}", 5, 0, AT(NOW + 5, -1), JETON_OK, JETON_E_EXPIRED},
    {"exp with a fraction", "{\"exp\":1700000000.25}", 0, 0, AT(NOW, 249), JETON_OK,
     JETON_E_EXPIRED},
    {"exp with a fraction, leeway", "{\"exp\":1700000000.25}", 60, 0, AT(NOW + 60, 249), JETON_OK,
     JETON_E_EXPIRED},
    {"exp with an exponent", "{\"exp\":1.7e9}", 0, 0, AT(NOW, -1), JETON_OK, JETON_E_EXPIRED},
    {"exp before 1970", "{\"exp\":-1}", 0, 0, AT(-1, -1), JETON_OK, JETON_E_EXPIRED},
    {"nbf", "{" EXP ",\"nbf\":1700000000}", 0, 0, AT(NOW, -1), JETON_E_NOT_YET, JETON_OK},
    {"nbf, leeway", "{" EXP ",\"nbf\":1700000000}", 5, 0, AT(NOW - 5, -1), JETON_E_NOT_YET,
     JETON_OK},
    {"nbf with a fraction", "{" EXP ",\"nbf\":1700000000.25}", 0, 0, AT(NOW, 249), JETON_E_NOT_YET,
     JETON_OK},
    {"iat", "{" EXP ",\"iat\":1700000000}", 0, 0, AT(NOW, -1), JETON_E_ISSUED, JETON_OK},
    {"iat, leeway", "{" EXP ",\"iat\":1700000000}", 5, 0, AT(NOW - 5, -1), JETON_E_ISSUED,
     JETON_OK},
    {"age", "{" EXP ",\"iat\":1700000000}", 0, 60, AT(NOW + 60, 0), JETON_OK, JETON_E_ISSUED},
    {"age, leeway", "{" EXP ",\"iat\":1700000000}", 5, 60, AT(NOW + 65, 0), JETON_OK,
     JETON_E_ISSUED},
    {"age with a fraction", "{" EXP ",\"iat\":1700000000.25}", 0, 60, AT(NOW + 60, 250), JETON_OK,
     JETON_E_ISSUED},
};

static void policy_knows_times_to_the_millisecond(void **state)
{
    (void)state;
    const jeton_time was = token_clock;
    for (size_t i = 0; i < COUNT(edges); i++) {
        print_message("  %s\n", edges[i].why);
        const jeton_policy policy = {.leeway = edges[i].leeway, .max_age = edges[i].max_age};
        token_clock = edges[i].last;
        assert_int_equal(judge(&policy, edges[i].payload), edges[i].before);
        token_clock = edges[i].last + 1;
        assert_int_equal(judge(&policy, edges[i].payload), edges[i].after);
    }
    token_clock = was;
}

static void policy_survives_clocks_out_of_order(void **state)
{
    (void)state;
    static const char payload[] = "{\"exp\":253402300799,\"nbf\":0,\"iat\":0}";
    const jeton_policy policy = {.leeway = UINT32_MAX, .max_age = UINT32_MAX};
    const jeton_time was = token_clock;
    token_clock = INT64_MAX; /* what a machine without a clock says: all is over */
    assert_int_equal(judge(NULL, payload), JETON_E_EXPIRED);
    assert_int_equal(judge(&policy, payload), JETON_E_EXPIRED);
    token_clock = INT64_MIN;
    assert_int_equal(judge(NULL, payload), JETON_E_NOT_YET);
    assert_int_equal(judge(&policy, payload), JETON_E_NOT_YET);
    token_clock = was;
}

static void policy_demands_exp_unless_told(void **state)
{
    (void)state;
    const jeton_policy lax = {.allow = JETON_ALLOW_NO_EXP};
    assert_refused(judge(NULL, "{}"), JETON_E_MISSING, BIT(EXP), "exp");
    assert_accepted(judge(&lax, "{}"));
    assert_refused(judge(&lax, "{\"exp\":1}"), JETON_E_EXPIRED, BIT(EXP), "exp");
    assert_refused(judge(&lax, "{\"exp\":null}"), JETON_E_CLAIM, BIT(EXP), "exp");
    const jeton_policy both = {.allow = JETON_ALLOW_NO_EXP, .require = {"exp"}};
    assert_refused(judge(&both, "{}"), JETON_E_MISSING, BIT(REQUIRED), "exp");
}

static void policy_allows_iat_in_the_future_when_told(void **state)
{
    (void)state;
    const jeton_policy lax = {.allow = JETON_ALLOW_FUTURE_IAT};
    assert_accepted(judge(&lax, "{" EXP ",\"iat\":1700000800}"));
    assert_refused(judge(NULL, "{" EXP ",\"iat\":1700000800}"), JETON_E_ISSUED, BIT(IAT), "iat");
    assert_refused(judge(&lax, "{" EXP ",\"nbf\":1700000800}"), JETON_E_NOT_YET, BIT(NBF), "nbf");
}

static void policy_with_an_age_demands_iat(void **state)
{
    (void)state;
    const jeton_policy policy = {.max_age = 60};
    assert_accepted(judge(&policy, "{" EXP ",\"iat\":1700000000}"));
    assert_refused(judge(&policy, "{" EXP "}"), JETON_E_MISSING, BIT(IAT), "iat");
    assert_accepted(judge(NULL, "{" EXP "}"));
}

/* ---- who and for whom ----------------------------------------------------------------------- */

static const jeton_policy two_issuers = {.issuers = {"https://a", "https://b"}};

static const struct {
    const char *why, *payload;
    jeton_status want;
} issuers[] = {
    {"the first", "{" EXP ",\"iss\":\"https://a\"}", JETON_OK},
    {"the second", "{" EXP ",\"iss\":\"https://b\"}", JETON_OK},
    {"the first, escaped", "{" EXP ",\"iss\":\"https:\\/\\/\\u0061\"}", JETON_OK},
    {"another", "{" EXP ",\"iss\":\"https://c\"}", JETON_E_ISSUER},
    {"a slash more", "{" EXP ",\"iss\":\"https://a/\"}", JETON_E_ISSUER},
    {"the beginning of one", "{" EXP ",\"iss\":\"https://\"}", JETON_E_ISSUER},
    {"in other letters", "{" EXP ",\"iss\":\"HTTPS://a\"}", JETON_E_ISSUER},
    {"a NUL behind", "{" EXP ",\"iss\":\"https://a\\u0000\"}", JETON_E_ISSUER},
    {"empty", "{" EXP ",\"iss\":\"\"}", JETON_E_ISSUER},
    {"both, in an array", "{" EXP ",\"iss\":[\"https://a\",\"https://b\"]}", JETON_E_CLAIM},
    {"missing", "{" EXP "}", JETON_E_MISSING},
};

static void policy_wants_one_of_its_issuers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(issuers); i++) {
        print_message("  %s\n", issuers[i].why);
        const jeton_status status = judge(&two_issuers, issuers[i].payload);
        if (issuers[i].want == JETON_OK)
            assert_accepted(status);
        else
            assert_refused(status, issuers[i].want, BIT(ISS), "iss");
    }
}

static const jeton_policy two_audiences = {.audiences = {"api", "web"}};

static const struct {
    const char *why, *payload;
    jeton_status want;
} audiences[] = {
    {"one of ours", "{" EXP ",\"aud\":\"api\"}", JETON_OK},
    {"the other of ours", "{" EXP ",\"aud\":\"web\"}", JETON_OK},
    {"ours in an array", "{" EXP ",\"aud\":[\"api\"]}", JETON_OK},
    {"ours among others", "{" EXP ",\"aud\":[\"x\",\"y\",\"web\"]}", JETON_OK},
    {"ours and something that is no text", "{" EXP ",\"aud\":[\"api\",1]}", JETON_E_CLAIM},
    {"something that is no text and ours", "{" EXP ",\"aud\":[1,\"api\"]}", JETON_E_CLAIM},
    {"another", "{" EXP ",\"aud\":\"x\"}", JETON_E_AUDIENCE},
    {"the beginning of ours", "{" EXP ",\"aud\":\"ap\"}", JETON_E_AUDIENCE},
    {"ours with more behind", "{" EXP ",\"aud\":\"api2\"}", JETON_E_AUDIENCE},
    {"both of ours in one text", "{" EXP ",\"aud\":\"api web\"}", JETON_E_AUDIENCE},
    {"others in an array", "{" EXP ",\"aud\":[\"x\",\"y\"]}", JETON_E_AUDIENCE},
    {"an empty array", "{" EXP ",\"aud\":[]}", JETON_E_AUDIENCE},
    {"an empty text", "{" EXP ",\"aud\":\"\"}", JETON_E_AUDIENCE},
    {"an object", "{" EXP ",\"aud\":{\"api\":1}}", JETON_E_CLAIM},
    {"missing", "{" EXP "}", JETON_E_MISSING},
};

static void policy_wants_one_of_its_audiences(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(audiences); i++) {
        print_message("  %s\n", audiences[i].why);
        const jeton_status status = judge(&two_audiences, audiences[i].payload);
        if (audiences[i].want == JETON_OK)
            assert_accepted(status);
        else
            assert_refused(status, audiences[i].want, BIT(AUD), "aud");
    }
}

static void policy_lists_may_be_full(void **state)
{
    (void)state;
    const jeton_policy policy = {.issuers = {"1", "2", "3", "4", "5", "6", "7", "8"},
                                 .audiences = {"1", "2", "3", "4", "5", "6", "7", "8"},
                                 .require = {"a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a",
                                             "a", "a", "a", "a", "p"}};
    assert_accepted(judge(&policy, "{" EXP ",\"iss\":\"8\",\"aud\":\"8\",\"a\":1,\"p\":1}"));
    assert_refused(judge(&policy, "{" EXP ",\"iss\":\"9\",\"aud\":\"8\",\"a\":1,\"p\":1}"),
                   JETON_E_ISSUER, BIT(ISS), "iss");
    assert_refused(judge(&policy, "{" EXP ",\"iss\":\"8\",\"aud\":\"9\",\"a\":1,\"p\":1}"),
                   JETON_E_AUDIENCE, BIT(AUD), "aud");
    assert_refused(judge(&policy, "{" EXP ",\"iss\":\"8\",\"aud\":\"8\",\"a\":1}"), JETON_E_MISSING,
                   BIT(REQUIRED), "p");
}

static const struct {
    const char *why, *want, *header;
    jeton_status status;
} types_of_token[] = {
    {"the same", "at+jwt", "\"at+jwt\"", JETON_OK},
    {"the long form in the token", "at+jwt", "\"application/at+jwt\"", JETON_OK},
    {"the long form in the policy", "application/at+jwt", "\"at+jwt\"", JETON_OK},
    {"the long form in both", "application/at+jwt", "\"application/at+jwt\"", JETON_OK},
    {"other letters", "at+jwt", "\"AT+JWT\"", JETON_OK},
    {"other letters in the long form", "at+jwt", "\"Application/At+Jwt\"", JETON_OK},
    {"JWT", "at+jwt", "\"JWT\"", JETON_E_TYP},
    {"more behind", "at+jwt", "\"at+jwt2\"", JETON_E_TYP},
    {"less", "at+jwt", "\"at+jw\"", JETON_E_TYP},
    {"a NUL behind", "at+jwt", "\"at+jwt\\u0000\"", JETON_E_TYP},
    {"another tree", "at+jwt", "\"text/at+jwt\"", JETON_E_TYP},
    {"the long form twice", "at+jwt", "\"application/application/at+jwt\"", JETON_E_TYP},
    {"a slash in the short form", "x/y", "\"application/x/y\"", JETON_E_TYP},
    {"only the beginning of the long form", "at+jwt", "\"application/\"", JETON_E_TYP},
    {"empty", "at+jwt", "\"\"", JETON_E_MISSING},
    {"missing", "at+jwt", NULL, JETON_E_MISSING},
    {"not asked for", NULL, "\"anything\"", JETON_OK},
    {"not asked for and missing", NULL, NULL, JETON_OK},
};

static void policy_compares_typ_as_a_media_type(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(types_of_token); i++) {
        print_message("  %s\n", types_of_token[i].why);
        const jeton_policy policy = {.typ = types_of_token[i].want};
        char header[96];
        snprintf(header, sizeof header, "{\"alg\":\"HS256\"%s%s}",
                 types_of_token[i].header != NULL ? ",\"typ\":" : "",
                 types_of_token[i].header != NULL ? types_of_token[i].header : "");
        const jeton_status status = judge_header(&policy, header, "{" EXP "}");
        if (types_of_token[i].status == JETON_OK)
            assert_accepted(status);
        else
            assert_refused(status, types_of_token[i].status, BIT(TYP), "typ");
    }
}

static void policy_requires_claims_that_are_there_and_not_null(void **state)
{
    (void)state;
    const jeton_policy policy = {.require = {"sub", "https://x/y"}};
    assert_accepted(judge(&policy, "{" EXP ",\"sub\":\"a\",\"https://x/y\":false}"));
    assert_accepted(judge(&policy, "{" EXP ",\"sub\":\"\",\"https://x/y\":[]}"));
    assert_refused(judge(&policy, "{" EXP ",\"sub\":\"a\"}"), JETON_E_MISSING, BIT(REQUIRED),
                   "https://x/y");
    assert_refused(judge(&policy, "{" EXP ",\"sub\":\"a\",\"https://x/y\":null}"), JETON_E_MISSING,
                   BIT(REQUIRED), "https://x/y");
    assert_refused(judge(&policy, "{" EXP ",\"https://x/y\":1}"), JETON_E_MISSING, BIT(REQUIRED),
                   "sub");
    assert_refused(judge(&policy, "{" EXP ",\"Sub\":\"a\",\"https://x/y\":1}"), JETON_E_MISSING,
                   BIT(REQUIRED), "sub");
    assert_refused(judge(&policy, "{" EXP ",\"x\":{\"sub\":1},\"https://x/y\":1}"), JETON_E_MISSING,
                   BIT(REQUIRED), "sub");
}

/* ---- all failures, and the first one -------------------------------------------------------- */

static const struct {
    const char *why, *header, *payload;
    jeton_status want;
    uint32_t failed;
    const char *claim;
} several[] = {
    {"all of them", "{\"alg\":\"HS256\",\"typ\":\"x\"}",
     "{\"exp\":9,\"nbf\":1700000001,\"iat\":1,\"iss\":\"x\",\"aud\":\"x\",\"sub\":1,\"jti\":1}",
     JETON_E_TYP,
     BIT(TYP) | BIT(EXP) | BIT(NBF) | BIT(IAT) | BIT(LIFE) | BIT(ISS) | BIT(AUD) | BIT(SUB) |
         BIT(JTI) | BIT(REQUIRED) | BIT(RULE),
     "typ"},
    {"all but typ", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", "{\"jti\":{}}", JETON_E_MISSING,
     BIT(EXP) | BIT(IAT) | BIT(LIFE) | BIT(ISS) | BIT(AUD) | BIT(JTI) | BIT(REQUIRED) | BIT(RULE),
     "exp"},
    {"the last three", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}",
     "{\"exp\":1700000003,\"iat\":1700000000,\"iss\":\"i\",\"aud\":\"a\",\"jti\":{}}",
     JETON_E_CLAIM, BIT(JTI) | BIT(REQUIRED) | BIT(RULE), "jti"},
    {"none", "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}",
     "{\"exp\":1700000003,\"iat\":1700000000,\"iss\":\"i\",\"aud\":\"a\",\"r\":1}", JETON_OK, 0,
     ""},
};

static void policy_gathers_all_failures_and_keeps_the_first_reason(void **state)
{
    (void)state;
    const jeton_policy policy = {.issuers = {"i"},
                                 .audiences = {"a"},
                                 .typ = "at+jwt",
                                 .max_age = 60,
                                 .max_life = 5,
                                 .require = {"r"},
                                 .rules = {{"r", JETON_RULE_EQUALS, "1"}}};
    for (size_t i = 0; i < COUNT(several); i++) {
        print_message("  %s\n", several[i].why);
        assert_int_equal(judge_header(&policy, several[i].header, several[i].payload),
                         several[i].want);
        assert_int_equal(jeton_verdict_failed(verdict), several[i].failed);
        assert_string_equal(jeton_verdict_claim(verdict), several[i].claim);
    }
}

/* ---- which one exactly ---------------------------------------------------------------------- */

static void policy_wants_its_subject(void **state)
{
    (void)state;
    const jeton_policy policy = {.subject = "42"};
    const jeton_policy numbers = {.subject = "42", .allow = JETON_ALLOW_NUMBER_SUB};
    assert_accepted(judge(&policy, "{" EXP ",\"sub\":\"42\"}"));
    assert_accepted(judge(&numbers, "{" EXP ",\"sub\":\"42\"}"));
    assert_accepted(judge(&numbers, "{" EXP ",\"sub\":42}"));
    assert_refused(judge(&policy, "{" EXP ",\"sub\":\"43\"}"), JETON_E_SUBJECT, BIT(SUB), "sub");
    assert_refused(judge(&policy, "{" EXP ",\"sub\":\"4\"}"), JETON_E_SUBJECT, BIT(SUB), "sub");
    assert_refused(judge(&policy, "{" EXP ",\"sub\":\"42\\u0000\"}"), JETON_E_SUBJECT, BIT(SUB),
                   "sub");
    assert_refused(judge(&policy, "{" EXP ",\"sub\":\"\"}"), JETON_E_SUBJECT, BIT(SUB), "sub");
    assert_refused(judge(&policy, "{" EXP ",\"sub\":42}"), JETON_E_CLAIM, BIT(SUB), "sub");
    assert_refused(judge(&policy, "{" EXP "}"), JETON_E_MISSING, BIT(SUB), "sub");
    assert_refused(judge(&numbers, "{" EXP ",\"sub\":43}"), JETON_E_SUBJECT, BIT(SUB), "sub");
    assert_refused(judge(&numbers, "{" EXP ",\"sub\":-42}"), JETON_E_SUBJECT, BIT(SUB), "sub");
    assert_refused(judge(&numbers, "{" EXP ",\"sub\":42.0}"), JETON_E_CLAIM, BIT(SUB), "sub");
    const jeton_policy empty = {.subject = ""};
    assert_accepted(judge(&empty, "{" EXP ",\"sub\":\"\"}"));
    assert_refused(judge(&empty, "{" EXP ",\"sub\":\"a\"}"), JETON_E_SUBJECT, BIT(SUB), "sub");
    assert_refused(judge(&empty, "{" EXP "}"), JETON_E_MISSING, BIT(SUB), "sub");
}

static void policy_wants_its_jti(void **state)
{
    (void)state;
    const jeton_policy policy = {.jti = "one"};
    assert_accepted(judge(&policy, "{" EXP ",\"jti\":\"one\"}"));
    assert_refused(judge(&policy, "{" EXP ",\"jti\":\"On\"}"), JETON_E_ID, BIT(JTI), "jti");
    assert_refused(judge(&policy, "{" EXP ",\"jti\":1}"), JETON_E_CLAIM, BIT(JTI), "jti");
    assert_refused(judge(&policy, "{" EXP "}"), JETON_E_MISSING, BIT(JTI), "jti");
    const jeton_policy any = {.require = {"jti"}};
    assert_accepted(judge(&any, "{" EXP ",\"jti\":\"two\"}"));
    assert_refused(judge(&any, "{" EXP "}"), JETON_E_MISSING, BIT(REQUIRED), "jti");
}

static void policy_wants_all_of_its_audiences_when_told(void **state)
{
    (void)state;
    const jeton_policy both = {.audiences = {"api", "web"}, .all_audiences = true};
    assert_accepted(judge(&both, "{" EXP ",\"aud\":[\"web\",\"x\",\"api\"]}"));
    assert_refused(judge(&both, "{" EXP ",\"aud\":[\"web\",\"x\"]}"), JETON_E_AUDIENCE, BIT(AUD),
                   "aud");
    assert_refused(judge(&both, "{" EXP ",\"aud\":\"api\"}"), JETON_E_AUDIENCE, BIT(AUD), "aud");
    assert_refused(judge(&both, "{" EXP ",\"aud\":[]}"), JETON_E_AUDIENCE, BIT(AUD), "aud");
    assert_refused(judge(&both, "{" EXP ",\"aud\":[\"api\",\"web\",1]}"), JETON_E_CLAIM, BIT(AUD),
                   "aud");
    assert_refused(judge(&both, "{" EXP "}"), JETON_E_MISSING, BIT(AUD), "aud");
    const jeton_policy one = {.audiences = {"api"}, .all_audiences = true};
    assert_accepted(judge(&one, "{" EXP ",\"aud\":\"api\"}"));
    const jeton_policy none = {.all_audiences = true};
    assert_no_policy(&none);
}

static void policy_that_says_something_unknown_is_refused(void **state)
{
    (void)state;
    const jeton_policy allow = {.allow = 16};
    const jeton_policy preset = {.preset = (jeton_preset)4};
    const jeton_policy far = {.preset = (jeton_preset)-1};
    assert_no_policy(&allow);
    assert_no_policy(&preset);
    assert_no_policy(&far);
}

static void policy_tells_nothing_of_the_token(void **state)
{
    (void)state;
    const jeton_policy policy = {.issuers = {"i"}, .audiences = {"a"}, .typ = "t"};
    assert_int_equal(
        judge_header(&policy, "{\"alg\":\"HS256\",\"typ\":\"hunter2\"}",
                     "{\"iss\":\"hunter2\",\"aud\":[\"hunter2\"],\"exp\":\"hunter2\"}"),
        JETON_E_TYP);
    assert_null(strstr(jeton_verdict_why(verdict), "hunter2"));
    assert_null(strstr(jeton_verdict_claim(verdict), "hunter2"));
}

/* ---- making one ready ----------------------------------------------------------------------- */

static void policy_is_copied(void **state)
{
    (void)state;
    char issuer[] = "i";
    char audience[] = "a";
    char typ[] = "t";
    char name[] = "r";
    jeton_policy policy = {
        .issuers = {issuer}, .audiences = {audience}, .typ = typ, .require = {name}};
    jeton_verifier *verifier = BOGUS;
    assert_int_equal(jeton_verifier_new(token_ctx(), &policy, keys, &verifier, NULL), JETON_OK);
    issuer[0] = audience[0] = typ[0] = name[0] = '?';
    memset(&policy, 0x5a, sizeof policy);
    char *token =
        token_forge(token_key(JETON_HS256), JETON_HS256, "{\"alg\":\"HS256\",\"typ\":\"t\"}",
                    "{" EXP ",\"iss\":\"i\",\"aud\":\"a\",\"r\":1}");
    assert_int_equal(jeton_verify(verifier, jeton_str(token), verdict), JETON_OK);
    free(token);
    jeton_verifier_free(&verifier);
}

static void policy_with_an_algorithm_that_is_none_is_refused(void **state)
{
    (void)state;
    for (uint32_t bit = 0; bit < 32; bit++) {
        const jeton_policy policy = {.algs = (uint32_t)1 << bit | JETON_ALG_BIT(JETON_HS256)};
        const bool known = jeton_alg_name((jeton_alg)bit)[0] != '\0';
        jeton_verifier *verifier = BOGUS;
        jeton_err err = {0};
        const jeton_status want = known ? JETON_OK : JETON_E_ARGUMENT;
        assert_int_equal(jeton_verifier_new(NULL, &policy, keys, &verifier, &err), want);
        assert_int_equal(err.status, want);
        assert_true((verifier != NULL) == known);
        jeton_verifier_free(&verifier);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(policy_wants_each_registered_claim_of_its_type),
        cmocka_unit_test(policy_allows_a_number_as_sub_when_told),
        cmocka_unit_test(policy_leaves_other_claims_alone),
        cmocka_unit_test(policy_knows_times_to_the_millisecond),
        cmocka_unit_test(policy_survives_clocks_out_of_order),
        cmocka_unit_test(policy_demands_exp_unless_told),
        cmocka_unit_test(policy_allows_iat_in_the_future_when_told),
        cmocka_unit_test(policy_with_an_age_demands_iat),
        cmocka_unit_test(policy_wants_one_of_its_issuers),
        cmocka_unit_test(policy_wants_one_of_its_audiences),
        cmocka_unit_test(policy_lists_may_be_full),
        cmocka_unit_test(policy_compares_typ_as_a_media_type),
        cmocka_unit_test(policy_requires_claims_that_are_there_and_not_null),
        cmocka_unit_test(policy_gathers_all_failures_and_keeps_the_first_reason),
        cmocka_unit_test(policy_wants_its_subject),
        cmocka_unit_test(policy_wants_its_jti),
        cmocka_unit_test(policy_wants_all_of_its_audiences_when_told),
        cmocka_unit_test(policy_that_says_something_unknown_is_refused),
        cmocka_unit_test(policy_tells_nothing_of_the_token),
        cmocka_unit_test(policy_is_copied),
        cmocka_unit_test(policy_with_an_algorithm_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, judge_set_up, judge_tear_down);
}
