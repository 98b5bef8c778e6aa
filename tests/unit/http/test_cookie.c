/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_cookie.c - one cookie among others. */
#include "unit.h"

#include "http/cookie.h"

static const struct {
    const char *why, *header, *name, *want;
    size_t count;
} rows[] = {
    {"alone", "a=b", "a", "b", 1},
    {"first of two", "a=b; c=d", "a", "b", 1},
    {"last of two", "a=b; c=d", "c", "d", 1},
    {"absent", "a=b; c=d", "e", "", 0},
    {"no header", "", "a", "", 0},
    {"a prefix of another name", "aa=b", "a", "", 0},
    {"a suffix of another name", "ba=b", "a", "", 0},
    {"the name as a value", "b=a", "a", "", 0},
    {"names have their case", "A=b", "a", "", 0},
    {"given twice", "a=b; a=c", "a", "b", 2},
    {"given twice, once with blanks", "a=b;  a =c", "a", "b", 2},
    {"given twice, first empty", "a=; a=c", "a", "", 2},
    {"an empty value", "a=", "a", "", 1},
    {"no blank between", "a=b;c=d", "c", "d", 1},
    {"tabs between", "a=b;\tc=d\t", "c", "d", 1},
    {"empty pieces", ";; a=b ;;", "a", "b", 1},
    {"no equals sign", "a; a=b", "a", "b", 1},
    {"an equals sign in the value", "a=b=c==", "a", "b=c==", 1},
    {"quotes stay", "a=\"b\"", "a", "\"b\"", 1},
    {"a token's characters", "a=eyJ.b-_c.d~", "a", "eyJ.b-_c.d~", 1},
    {"a blank in the value: counts, but is nothing", "a=b c", "a", "", 1},
    {"a comma in the value", "a=b,c", "a", "", 1},
    {"a backslash in the value", "a=b\\c", "a", "", 1},
    {"UTF-8 in the value", "a=\303\244", "a", "", 1},
    {"a bad value, then a good one: still two", "a=b c; a=d", "a", "", 2},
    {"a bad value elsewhere", "b=c d; a=e", "a", "e", 1},
};

static void cookie_find_gives_the_first_value_and_how_often_there_is_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_span value = {BOGUS, 77};
        assert_int_equal(jd_cookie_find(jeton_str(rows[i].header), rows[i].name, &value),
                         rows[i].count);
        unit_assert_span(value, rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookie_find_gives_the_first_value_and_how_often_there_is_one),
    };
    return cmocka_run_group_tests_name("http/cookie", tests, NULL, NULL);
}
