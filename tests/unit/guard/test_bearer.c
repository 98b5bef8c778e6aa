/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_bearer.c - one token is taken out of a header, or none; what a challenge
 * says cannot be made to say something else. */
#include "../unit.h"

#include "guard/bearer.h"

static const char *const results[] = {
    [JT_BEARER_GOOD] = "good", [JT_BEARER_OTHER] = "other", [JT_BEARER_BAD] = "bad"};

/* What both readers make of a header: the token, or which failure. */
static const struct {
    const char *why, *scheme, *header;
    jt_bearer strict;
    const char *strict_token;
    jt_bearer lax;
    const char *lax_token;
} rows[] = {
    {"as RFC 6750 writes it", "Bearer", "Bearer abc", JT_BEARER_GOOD, "abc", JT_BEARER_GOOD, "abc"},
    {"the scheme in another case", "Bearer", "bEARER abc", JT_BEARER_GOOD, "abc", JT_BEARER_OTHER,
     ""},
    {"nothing", "Bearer", "", JT_BEARER_OTHER, "", JT_BEARER_OTHER, ""},
    {"the scheme alone", "Bearer", "Bearer", JT_BEARER_BAD, "", JT_BEARER_BAD, ""},
    {"the scheme and a space", "Bearer", "Bearer ", JT_BEARER_BAD, "", JT_BEARER_BAD, ""},
    {"half a scheme", "Bearer", "Bear", JT_BEARER_OTHER, "", JT_BEARER_OTHER, ""},
    {"a scheme that only begins so", "Bearer", "BearerX abc", JT_BEARER_OTHER, "", JT_BEARER_OTHER,
     ""},
    {"another scheme", "Bearer", "Basic abc", JT_BEARER_OTHER, "", JT_BEARER_OTHER, ""},
    {"two spaces", "Bearer", "Bearer  abc", JT_BEARER_BAD, "", JT_BEARER_GOOD, "abc"},
    {"a tab for the space", "Bearer", "Bearer\tabc", JT_BEARER_OTHER, "", JT_BEARER_GOOD, "abc"},
    {"a space in the token", "Bearer", "Bearer abc def", JT_BEARER_BAD, "", JT_BEARER_BAD, ""},
    {"a space behind it", "Bearer", "Bearer abc ", JT_BEARER_BAD, "", JT_BEARER_GOOD, "abc"},
    {"an end of line in it", "Bearer", "Bearer a\nb", JT_BEARER_BAD, "", JT_BEARER_BAD, ""},
    {"a separator of Python's", "Bearer", "Bearer a\034b", JT_BEARER_BAD, "", JT_BEARER_BAD, ""},
    {"a list", "Bearer", "Basic x, Bearer abc", JT_BEARER_OTHER, "", JT_BEARER_GOOD, "abc"},
    {"a list, the other way", "Bearer", "Bearer abc, Basic x", JT_BEARER_BAD, "", JT_BEARER_GOOD,
     "abc"},
    {"a list with two of the scheme", "Bearer", "Bearer abc,Bearer abc", JT_BEARER_BAD, "",
     JT_BEARER_OTHER, ""},
    {"no scheme", "", "abc", JT_BEARER_GOOD, "abc", JT_BEARER_GOOD, "abc"},
    {"no scheme, two words", "", "abc def", JT_BEARER_BAD, "", JT_BEARER_BAD, ""},
    {"no scheme, nothing", "", "", JT_BEARER_BAD, "", JT_BEARER_BAD, ""},
};

static void both_readers_take_one_token_or_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_span token = {BOGUS, 7};
        jt_bearer is = jt_bearer_find(jeton_str(rows[i].header), rows[i].scheme, &token);
        assert_string_equal(results[is], results[rows[i].strict]);
        unit_assert_span(token, rows[i].strict_token);
        token = (jeton_span){BOGUS, 7};
        is = jt_bearer_find_lax(jeton_str(rows[i].header), rows[i].scheme, &token);
        assert_string_equal(results[is], results[rows[i].lax]);
        unit_assert_span(token, rows[i].lax_token);
    }
}

/* ---- challenges ----------------------------------------------------------------------------- */

static const char *const two_scopes[] = {"read", "write", NULL};
static const char *const no_scopes[] = {NULL};
static const char *const many_scopes[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};

static const struct {
    const char *why;
    jt_challenge says;
    const char *want;
} printed[] = {
    {"nothing is known", {0}, "Bearer"},
    {"a realm", {.realm = "api"}, "Bearer realm=\"api\""},
    {"no error: no description, scopes or age",
     {.realm = "api", .description = "why", .scopes = two_scopes, .max_age = 5},
     "Bearer realm=\"api\""},
    {"an error", {.error = "invalid_token"}, "Bearer error=\"invalid_token\""},
    {"all of it",
     {.realm = "api",
      .error = "insufficient_scope",
      .description = "a scope is missing",
      .scopes = two_scopes,
      .max_age = 60,
      .resource_metadata = "https://r"},
     "Bearer realm=\"api\", error=\"insufficient_scope\", "
     "error_description=\"a scope is missing\", scope=\"read write\", max_age=\"60\", "
     "resource_metadata=\"https://r\""},
    {"no scopes", {.error = "e", .scopes = no_scopes}, "Bearer error=\"e\""},
    {"as many scopes as there is room for, without a NULL behind them",
     {.error = "e", .scopes = many_scopes},
     "Bearer error=\"e\", scope=\"a b c d e f g h\""},
    {"quotes, backslashes and control characters",
     {.error = "e", .description = "a\"b\\c\r\nd\177\303\244"},
     "Bearer error=\"e\", error_description=\"a_b_c__d___\""},
};

static void a_challenge_says_what_it_is_given(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(printed); i++) {
        print_message("  %s\n", printed[i].why);
        jt_buf to = jt_buf_init(NULL);
        assert_int_equal(jt_challenge_print(&printed[i].says, &to, NULL), JETON_OK);
        unit_assert_span(jt_buf_span(&to), printed[i].want);
        jt_buf_done(&to);
    }
}

static void a_long_text_is_cut(void **state)
{
    (void)state;
    char text[JT_CHALLENGE_TEXT + 2];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    const jt_challenge says = {.realm = text};
    jt_buf to = jt_buf_init(NULL);
    assert_int_equal(jt_challenge_print(&says, &to, NULL), JETON_OK);
    assert_int_equal(to.len, strlen("Bearer realm=\"\"") + JT_CHALLENGE_TEXT);
    jt_buf_done(&to);
}

static void a_challenge_without_memory_fails(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    const jt_challenge *says = &printed[4].says;
    size_t room = 0;
    for (bool made = false; !made; room++) {
        jt_buf to = jt_buf_init(ctx);
        heap.left = 1;
        assert_int_equal(jt_buf_reserve(&to, 256, NULL), JETON_OK);
        to.len = to.cap - room; /* whichever piece finds no room for itself */
        memset(to.ptr, 'x', to.len);
        const jeton_status status = jt_challenge_print(says, &to, NULL);
        made = status == JETON_OK;
        assert_true(made || status == JETON_E_NOMEM);
        jt_buf_done(&to);
    }
    assert_true(room > strlen(printed[4].want));
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_readers_take_one_token_or_none),
        cmocka_unit_test(a_challenge_says_what_it_is_given),
        cmocka_unit_test(a_long_text_is_cut),
        cmocka_unit_test(a_challenge_without_memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
