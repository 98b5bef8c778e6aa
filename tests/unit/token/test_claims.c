/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_claims.c - claims to be signed: what is set stands in the token. */
#include "tokens.h"

#include <jeton/signer.h>

static jeton_claims *new_claims(void)
{
    jeton_claims *claims = BOGUS;
    assert_int_equal(jeton_claims_new(NULL, &claims, NULL), JETON_OK);
    assert_non_null(claims);
    return claims;
}

/* Signs, and gives the payload as text; freed by the caller. */
static jeton_status print(const jeton_claims *claims, char **payload, jeton_err *err)
{
    jeton_signer *signer = NULL;
    jeton_text *token = BOGUS;
    *payload = NULL;
    assert_int_equal(
        jeton_signer_new(token_ctx(), token_key(JETON_HS256), JETON_HS256, NULL, &signer, NULL),
        JETON_OK);
    const jeton_status status = jeton_sign(signer, claims, &token, err);
    assert_true((token != NULL) == (status == JETON_OK));
    if (status == JETON_OK) {
        const char *start = strchr(jeton_text_chars(token), '.') + 1;
        const jeton_span chars = jeton_bytes(start, strcspn(start, "."));
        *payload = calloc(1, jt_base64url_bytes(chars.len) + 1);
        assert_true(jt_base64url_parse(chars, (uint8_t *)*payload));
    }
    jeton_text_free(&token);
    jeton_signer_free(&signer);
    return status;
}

static void assert_claims(const jeton_claims *claims, const char *want)
{
    char *payload;
    assert_int_equal(print(claims, &payload, NULL), JETON_OK);
    assert_string_equal(payload, want);
    free(payload);
}

static void assert_cannot_be_signed(const jeton_claims *claims, jeton_status want)
{
    char *payload;
    jeton_err err = {0};
    assert_int_equal(print(claims, &payload, &err), want);
    assert_int_equal(err.status, want);
    assert_null(payload);
}

static void claims_are_printed_as_set(void **state)
{
    (void)state;
    const jeton_span roles[] = {{(const uint8_t *)"admin", 5}, {(const uint8_t *)"us\"er", 5}};
    jeton_claims *claims = new_claims();
    jeton_claims_set_text(claims, "sub", jeton_bytes("a\0b\xc3\xa9", 5));
    jeton_claims_set_int(claims, "min", INT64_MIN);
    jeton_claims_set_int(claims, "max", INT64_MAX);
    jeton_claims_set_bool(claims, "t", true);
    jeton_claims_set_bool(claims, "f", false);
    jeton_claims_set_list(claims, "roles", roles, COUNT(roles));
    jeton_claims_set_list(claims, "none", NULL, 0);
    jeton_claims_set_json(claims, "j", jeton_str(" {\"a\":[1.5,null]} "));
    jeton_claims_set_date(claims, "iat", 1999);
    assert_claims(claims, "{\"sub\":\"a\\u0000b\xc3\xa9\",\"min\":-9223372036854775808,"
                          "\"max\":9223372036854775807,\"t\":true,\"f\":false,"
                          "\"roles\":[\"admin\",\"us\\\"er\"],\"none\":[],"
                          "\"j\":{\"a\":[1.5,null]},\"iat\":1}");
    jeton_claims_free(&claims);
    assert_null(claims);
}

static const struct {
    jeton_time ms;
    const char *want;
} dates[] = {
    {0, "{\"iat\":0}"},
    {999, "{\"iat\":0}"},
    {1000, "{\"iat\":1}"},
    {-1, "{\"iat\":-1}"},
    {-1000, "{\"iat\":-1}"},
    {-1001, "{\"iat\":-2}"},
    {1700000000999, "{\"iat\":1700000000}"},
    {INT64_MIN, "{\"iat\":-9223372036854776}"},
};

static void claims_round_dates_down(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(dates); i++) {
        print_message("  %s\n", dates[i].want);
        jeton_claims *claims = new_claims();
        jeton_claims_set_date(claims, "iat", dates[i].ms);
        assert_claims(claims, dates[i].want);
        jeton_claims_free(&claims);
    }
}

static void claims_set_again_are_replaced(void **state)
{
    (void)state;
    jeton_claims *claims = new_claims();
    jeton_claims_set_int(claims, "iat", 0);
    jeton_claims_set_text(claims, "a", jeton_str("old"));
    jeton_claims_set_bool(claims, "b", true);
    jeton_claims_set_json(claims, "a", jeton_str("[]"));
    jeton_claims_set_int(claims, "a", 7);
    assert_claims(claims, "{\"iat\":0,\"a\":7,\"b\":true}");
    jeton_claims_free(&claims);
}

static void claims_may_be_changed_after_signing(void **state)
{
    (void)state;
    jeton_claims *claims = new_claims();
    jeton_claims_set_int(claims, "iat", 0);
    assert_claims(claims, "{\"iat\":0}");
    assert_claims(claims, "{\"iat\":0}");
    jeton_claims_set_int(claims, "iat", 1);
    assert_claims(claims, "{\"iat\":1}");
    jeton_claims_free(&claims);
}

static void claims_know_what_is_set(void **state)
{
    (void)state;
    jeton_claims *claims = new_claims();
    assert_false(jeton_claims_has(claims, "a"));
    jeton_claims_set_json(claims, "a", jeton_str("null"));
    assert_true(jeton_claims_has(claims, "a"));
    assert_false(jeton_claims_has(claims, "A"));
    assert_false(jeton_claims_has(claims, ""));
    jeton_claims_free(&claims);
}

static void claims_are_read_from_json(void **state)
{
    (void)state;
    jeton_claims *claims = BOGUS;
    char text[] = "{\"iat\":0,\"a\":{\"b\":[1e2,\"\\u00e9\"]}}";
    assert_int_equal(jeton_claims_parse(NULL, jeton_str(text), &claims, NULL), JETON_OK);
    memset(text, '?', sizeof text - 1);
    jeton_claims_set_text(claims, "c", jeton_str("d"));
    assert_true(jeton_claims_has(claims, "a"));
    assert_claims(claims, "{\"iat\":0,\"a\":{\"b\":[100.0,\"\xc3\xa9\"]},\"c\":\"d\"}");
    jeton_claims_free(&claims);
}

static const struct {
    const char *why, *json;
    jeton_status want;
} refused[] = {
    {"an array", "[]", JETON_E_SYNTAX},
    {"a text", "\"{}\"", JETON_E_SYNTAX},
    {"null", "null", JETON_E_SYNTAX},
    {"nothing", "", JETON_E_SYNTAX},
    {"a claim twice", "{\"a\":1,\"a\":1}", JETON_E_SYNTAX},
    {"text behind", "{} {}", JETON_E_SYNTAX},
    {"too deep", "{\"a\":[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", JETON_E_LIMIT},
};

static void claims_parse_refuses_what_is_no_object(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jeton_claims *claims = BOGUS;
        jeton_err err = {0};
        assert_int_equal(jeton_claims_parse(NULL, jeton_str(refused[i].json), &claims, &err),
                         refused[i].want);
        assert_null(claims);
        assert_int_equal(err.status, refused[i].want);
    }
}

static void claims_that_are_not_utf8_cannot_be_signed(void **state)
{
    (void)state;
    jeton_claims *claims = new_claims();
    jeton_claims_set_text(claims, "a", jeton_str("\xff"));
    assert_cannot_be_signed(claims, JETON_E_SYNTAX);
    jeton_claims_free(&claims);

    claims = new_claims();
    jeton_claims_set_int(claims, "\xc3", 1);
    assert_cannot_be_signed(claims, JETON_E_SYNTAX);
    jeton_claims_free(&claims);

    const jeton_span list[] = {{(const uint8_t *)"good", 4}, {(const uint8_t *)"\xed\xa0\x80", 3}};
    claims = new_claims();
    jeton_claims_set_int(claims, "iat", 0);
    jeton_claims_set_list(claims, "a", list, 1);
    assert_claims(claims, "{\"iat\":0,\"a\":[\"good\"]}");
    jeton_claims_set_list(claims, "a", list, 2);
    assert_cannot_be_signed(claims, JETON_E_SYNTAX);
    jeton_claims_free(&claims);
}

static void claims_keep_the_first_failing_json(void **state)
{
    (void)state;
    jeton_claims *claims = new_claims();
    jeton_claims_set_json(claims, "a", jeton_str("[1,"));
    jeton_claims_set_json(claims, "b", jeton_str("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]"));
    jeton_claims_set_json(claims, "a", jeton_str("1"));
    assert_cannot_be_signed(claims, JETON_E_SYNTAX);
    jeton_claims_free(&claims);
    jeton_claims_free(&claims);
    jeton_claims_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(claims_are_printed_as_set),
        cmocka_unit_test(claims_round_dates_down),
        cmocka_unit_test(claims_set_again_are_replaced),
        cmocka_unit_test(claims_may_be_changed_after_signing),
        cmocka_unit_test(claims_know_what_is_set),
        cmocka_unit_test(claims_are_read_from_json),
        cmocka_unit_test(claims_parse_refuses_what_is_no_object),
        cmocka_unit_test(claims_that_are_not_utf8_cannot_be_signed),
        cmocka_unit_test(claims_keep_the_first_failing_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
