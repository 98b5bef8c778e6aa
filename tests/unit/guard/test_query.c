/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_query.c - one value of a query, decoded, and what is no query. */
#include "guard/query.h"

#include "../unit.h"

static const struct {
    const char *why, *text, *want;
    size_t count;
    jeton_status status;
} rows[] = {
    {"alone", "a=b", "b", 1, JETON_OK},
    {"among others", "x=y&a=b&c=d", "b", 1, JETON_OK},
    {"absent", "x=y", "", 0, JETON_OK},
    {"nothing at all", "", "", 0, JETON_OK},
    {"twice", "a=b&a=c", "b", 2, JETON_OK},
    {"without a value", "a", "", 1, JETON_OK},
    {"empty pieces", "&&a=b&", "b", 1, JETON_OK},
    {"an equals sign in it", "a=b=c", "b=c", 1, JETON_OK},
    {"a plus is a space", "a=b+c", "b c", 1, JETON_OK},
    {"encoded", "%61=%4a%4A", "JJ", 1, JETON_OK},
    {"one digit", "a=%4", "", 0, JETON_E_REQUEST},
    {"no digits", "a=%zz", "", 0, JETON_E_REQUEST},
    {"a second digit that is none", "a=%4g", "", 0, JETON_E_REQUEST},
    {"characters beside the digits", "a=%:0", "", 0, JETON_E_REQUEST},
    {"a percent sign alone", "a=%", "", 0, JETON_E_REQUEST},
    {"an encoded NUL", "a=%00", "", 0, JETON_E_REQUEST},
    {"a control character", "a=\x01", "", 0, JETON_E_REQUEST},
    {"DEL", "a=\x7f", "", 0, JETON_E_REQUEST},
    {"wrong in another pair", "a=b&c=%", "", 0, JETON_E_REQUEST},
    {"wrong in a name", "%=b&a=c", "", 0, JETON_E_REQUEST},
};

static void one_value_is_found_and_decoded(void **state)
{
    (void)state;
    jt_buf to = jt_buf_init(NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        size_t count = 77;
        jeton_span value = {BOGUS, 77};
        assert_int_equal(jt_query_find(jeton_str(rows[i].text), "a", &to, &count, &value, NULL),
                         rows[i].status);
        assert_int_equal(count, rows[i].count);
        unit_assert_span(value, rows[i].want);
    }
    jt_buf_done(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_value_is_found_and_decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
