/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_csrf.c - one value for each key, and nothing else passes for it. */
#include "accounts/csrf.h"

#include "accounts/refresh_token.h"
#include "unit.h"

static const uint8_t key_bytes[JD_REFRESH_KEY] = {1, 2, 3};
static const uint8_t other_bytes[JD_REFRESH_KEY] = {1, 2, 4};

static void one_key_gives_one_value(void **state)
{
    (void)state;
    char first[JD_CSRF_CHARS + 1];
    char again[JD_CSRF_CHARS + 1];
    char other[JD_CSRF_CHARS + 1];
    jd_csrf_print(jeton_bytes(key_bytes, sizeof key_bytes), first);
    jd_csrf_print(jeton_bytes(key_bytes, sizeof key_bytes), again);
    jd_csrf_print(jeton_bytes(other_bytes, sizeof other_bytes), other);
    assert_int_equal(strlen(first), JD_CSRF_CHARS);
    assert_string_equal(first, again);
    assert_string_not_equal(first, other);
}

/* Both are made under one key: what scripts may read must not be a piece of what they may not. */
static void the_value_is_no_part_of_a_refresh_token(void **state)
{
    (void)state;
    char csrf[JD_CSRF_CHARS + 1];
    char refresh[JD_REFRESH_CHARS + 1];
    const jeton_span key = jeton_bytes(key_bytes, sizeof key_bytes);
    jd_csrf_print(key, csrf);
    jd_refresh_token_print(&(jd_id){{0}}, 0, key, refresh);
    csrf[8] = '\0';
    assert_null(strstr(refresh, csrf));
}

#define GOOD "abcdefghijklmnopqrstuvwxyz012345"

static const struct {
    const char *why, *expected, *given;
    jeton_status want;
} rows[] = {
    {"the same", GOOD, GOOD, JETON_OK},
    {"the last character differs", GOOD, "abcdefghijklmnopqrstuvwxyz012344", JETON_E_CSRF},
    {"the first character differs", GOOD, "Abcdefghijklmnopqrstuvwxyz012345", JETON_E_CSRF},
    {"shorter", GOOD, "abcdefghijklmnopqrstuvwxyz01234", JETON_E_CSRF},
    {"longer", GOOD, GOOD "6", JETON_E_CSRF},
    {"nothing given", GOOD, "", JETON_E_CSRF},
    {"nothing expected", "", GOOD, JETON_E_CSRF},
    {"neither", "", "", JETON_E_CSRF},
    {"a short value expected, and the same given", "a", "a", JETON_E_CSRF},
};

static void only_the_expected_value_passes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_err err = {0};
        assert_int_equal(jd_csrf_check(jeton_str(rows[i].expected), jeton_str(rows[i].given), &err),
                         rows[i].want);
        assert_int_equal(err.status, rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_key_gives_one_value),
        cmocka_unit_test(the_value_is_no_part_of_a_refresh_token),
        cmocka_unit_test(only_the_expected_value_passes),
    };
    return cmocka_run_group_tests_name("accounts/csrf", tests, NULL, NULL);
}
