/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_refresh_token.c - refresh tokens as bytes: the same in, the same out,
 * and nothing that was changed passes. */
#include "accounts/refresh_token.h"

#include "unit.h"

static const uint8_t key_bytes[JD_REFRESH_KEY] = {1, 2, 3};
static const uint8_t other_bytes[JD_REFRESH_KEY] = {1, 2, 4};
static const jd_id session = {{0xa0, 0xa1, 0xa2, 0xa3}};
#define COUNTER 0x0102030405060708U

static jeton_span key(void)
{
    return jeton_bytes(key_bytes, sizeof key_bytes);
}

static void one_session_and_counter_give_one_token_byte_for_byte(void **state)
{
    (void)state;
    char first[JD_REFRESH_CHARS + 1];
    char again[JD_REFRESH_CHARS + 1];
    char next[JD_REFRESH_CHARS + 1];
    jd_refresh_token_print(&session, COUNTER, key(), first);
    jd_refresh_token_print(&session, COUNTER, key(), again);
    jd_refresh_token_print(&session, COUNTER + 1, key(), next);
    assert_int_equal(strlen(first), JD_REFRESH_CHARS);
    assert_string_equal(first, again);
    assert_string_not_equal(first, next);
}

static void what_was_printed_is_read_back_and_authentic(void **state)
{
    (void)state;
    char text[JD_REFRESH_CHARS + 1];
    jd_refresh_token token;
    memset(&token, 0x5a, sizeof token);
    jd_refresh_token_print(&session, COUNTER, key(), text);
    assert_true(jd_refresh_token_parse(jeton_str(text), &token));
    assert_true(jd_id_equal(&token.session, &session));
    assert_true(token.counter == COUNTER);
    assert_true(jd_refresh_token_is_authentic(&token, key()));
    assert_false(jd_refresh_token_is_authentic(&token, jeton_bytes(other_bytes, 32)));
}

static void no_character_may_be_changed(void **state)
{
    (void)state;
    char text[JD_REFRESH_CHARS + 1];
    jd_refresh_token_print(&session, COUNTER, key(), text);
    for (size_t i = 0; i < JD_REFRESH_CHARS; i++) {
        const char was = text[i];
        jd_refresh_token token;
        text[i] = was == 'A' ? 'B' : 'A';
        assert_false(jd_refresh_token_parse(jeton_str(text), &token) &&
                     jd_refresh_token_is_authentic(&token, key()));
        text[i] = was;
    }
}

static void shapes_that_were_never_printed_are_refused(void **state)
{
    (void)state;
    char text[JD_REFRESH_CHARS + 2];
    jd_refresh_token token;
    jd_refresh_token_print(&session, COUNTER, key(), text);
    assert_false(jd_refresh_token_parse(jeton_str(""), &token));
    assert_false(jd_refresh_token_parse(jeton_bytes(text, JD_REFRESH_CHARS - 1), &token));
    text[JD_REFRESH_CHARS] = 'A';
    assert_false(jd_refresh_token_parse(jeton_bytes(text, JD_REFRESH_CHARS + 1), &token));
    text[3] = '='; /* not of the alphabet */
    assert_false(jd_refresh_token_parse(jeton_bytes(text, JD_REFRESH_CHARS), &token));
    assert_true(token.counter == 0); /* emptied */
}

static void another_version_is_refused(void **state)
{
    (void)state;
    char text[JD_REFRESH_CHARS + 1];
    jd_refresh_token token;
    jd_refresh_token_print(&session, COUNTER, key(), text);
    text[1] = 'g'; /* the first byte becomes 2, the others stay */
    assert_false(jd_refresh_token_parse(jeton_str(text), &token));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_session_and_counter_give_one_token_byte_for_byte),
        cmocka_unit_test(what_was_printed_is_read_back_and_authentic),
        cmocka_unit_test(no_character_may_be_changed),
        cmocka_unit_test(shapes_that_were_never_printed_are_refused),
        cmocka_unit_test(another_version_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
