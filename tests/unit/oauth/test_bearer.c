/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/oauth/test_bearer.c - taking tokens out of headers, and the challenge that goes back.
 */
#include "oauth/bearer.h"

#include "unit.h"

static const struct {
    const char *why, *header, *token;
} taken[] = {
    {"as RFC 6750 writes it", "Bearer abc.def.ghi", "abc.def.ghi"},
    {"the scheme in lower case", "bearer abc", "abc"},
    {"the scheme in upper case", "BEARER abc", "abc"},
};

static void a_bearer_token_is_taken_whatever_the_case_of_the_scheme(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(taken); i++) {
        print_message("  %s\n", taken[i].why);
        jeton_span token = {BOGUS, 7};
        assert_true(jd_bearer_token(jeton_str(taken[i].header), &token));
        unit_assert_span(token, taken[i].token);
    }
}

static const struct {
    const char *why, *header;
} refused[] = {
    {"nothing", ""},
    {"the scheme alone", "Bearer"},
    {"the scheme and a space", "Bearer "},
    {"another scheme", "Basic abc"},
    {"a token alone", "abc.def.ghi"},
    {"two spaces", "Bearer  abc"},
    {"a space in the token", "Bearer abc def"},
    {"a tab behind the token", "Bearer abc\t"},
    {"a scheme that only starts so", "Bearerabc def"},
};

static void anything_else_gives_no_token(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jeton_span token = {BOGUS, 7};
        assert_false(jd_bearer_token(jeton_str(refused[i].header), &token));
        assert_int_equal(token.len, 0);
    }
}

static void a_challenge_says_as_much_as_it_is_given(void **state)
{
    (void)state;
    char text[JD_CHALLENGE_MAX];
    jd_bearer_challenge(NULL, "not told", text);
    assert_string_equal(text, "Bearer realm=\"jeton\"");
    jd_bearer_challenge("invalid_token", NULL, text);
    assert_string_equal(text, "Bearer realm=\"jeton\", error=\"invalid_token\"");
    jd_bearer_challenge("invalid_token", "exp: has passed", text);
    assert_string_equal(text, "Bearer realm=\"jeton\", error=\"invalid_token\", "
                              "error_description=\"exp: has passed\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bearer_token_is_taken_whatever_the_case_of_the_scheme),
        cmocka_unit_test(anything_else_gives_no_token),
        cmocka_unit_test(a_challenge_says_as_much_as_it_is_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
