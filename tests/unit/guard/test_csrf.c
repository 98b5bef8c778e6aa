/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_csrf.c - the double submit matches whole values that nobody can guess. */
#include "../unit.h"

#include "guard/csrf.h"

#define VALUE "abcdefghijklmnopqrstuvwxyz012345"

static const struct {
    const char *why, *expected, *given;
    bool match;
} rows[] = {
    {"the same", VALUE, VALUE, true},
    {"the last character differs", VALUE, "abcdefghijklmnopqrstuvwxyz012346", false},
    {"in another case", VALUE, "Abcdefghijklmnopqrstuvwxyz012345", false},
    {"one more", VALUE, VALUE "6", false},
    {"one less", VALUE, "abcdefghijklmnopqrstuvwxyz01234", false},
    {"nothing is given", VALUE, "", false},
    {"nothing is expected", "", "", false},
    {"nothing is expected, something is given", "", VALUE, false},
    {"the shortest there may be", "0123456789abcdef", "0123456789abcdef", true},
    {"shorter, so it could be guessed", "0123456789abcde", "0123456789abcde", false},
};

static void values_match_when_they_are_the_same_and_long_enough(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        assert_int_equal(jt_csrf_match(jeton_str(rows[i].expected), jeton_str(rows[i].given)),
                         rows[i].match);
    }
}

static void only_what_changes_nothing_is_safe(void **state)
{
    (void)state;
    static const char *const safe[] = {"GET", "HEAD", "OPTIONS"};
    static const char *const others[] = {"POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT",
                                         "",     "get", "GE",    "GETX",   "BREW",  " GET"};
    for (size_t i = 0; i < COUNT(safe); i++)
        assert_true(jt_method_is_safe(jeton_str(safe[i])));
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(jt_method_is_safe(jeton_str(others[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_match_when_they_are_the_same_and_long_enough),
        cmocka_unit_test(only_what_changes_nothing_is_safe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
