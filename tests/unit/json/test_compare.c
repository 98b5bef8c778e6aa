/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/json/test_compare.c - the same value however it is written, and numbers in order. */
#include "json/compare.h"

#include "../unit.h"

static bool equal(const char *a, const char *b)
{
    jt_json *x = NULL;
    jt_json *y = NULL;
    assert_int_equal(jt_json_parse(NULL, jeton_str(a), &x, NULL), JETON_OK);
    assert_int_equal(jt_json_parse(NULL, jeton_str(b), &y, NULL), JETON_OK);
    const bool same = jt_val_equal(jt_json_root(x), jt_json_root(y));
    assert_int_equal(jt_val_equal(jt_json_root(y), jt_json_root(x)), same);
    assert_true(jt_val_equal(jt_json_root(x), jt_json_root(x)));
    jt_json_free(&x);
    jt_json_free(&y);
    return same;
}

static const struct {
    const char *a, *b;
    bool same;
} pairs[] = {
    {"null", "null", true},
    {"true", "true", true},
    {"true", "false", false},
    {"null", "false", false},
    {"0", "false", false},
    {"1", "1.0", true},
    {"1", "10e-1", true},
    {"0", "-0", true},
    {"0", "-0.0", true},
    {"1", "\"1\"", false},
    {"1", "2", false},
    {"9007199254740993", "9007199254740992.0", false},
    {"\"a\"", "\"\\u0061\"", true},
    {"\"a\"", "\"A\"", false},
    {"\"a\"", "\"a\\u0000\"", false},
    {"\"\"", "\"\"", true},
    {"[]", "[]", true},
    {"[]", "{}", false},
    {"[1,2]", "[1,2.0]", true},
    {"[1,2]", "[2,1]", false},
    {"[1,2]", "[1]", false},
    {"[[1],[2]]", "[[1],[3]]", false},
    {"{}", "{}", true},
    {"{\"a\":1,\"b\":[2]}", "{\"b\":[2],\"a\":1}", true},
    {"{\"a\":1}", "{\"a\":2}", false},
    {"{\"a\":1}", "{\"b\":1}", false},
    {"{\"a\":1}", "{\"a\":1,\"b\":1}", false},
    {"{\"a\":null}", "{\"b\":null}", false},
    {"{\"a\\u0000b\":1}", "{\"a\\u0000b\":1}", true},
    {"{\"a\\u0000b\":1}", "{\"a\\u0000c\":1}", false},
};

static void values_are_equal_however_they_are_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        print_message("  %s %s\n", pairs[i].a, pairs[i].b);
        assert_int_equal(equal(pairs[i].a, pairs[i].b), pairs[i].same);
    }
    assert_true(jt_val_equal(NULL, NULL));
}

/* From small to large; what stands in one row is the same number. */
static const char *const numbers[][3] = {
    {"-1e300"},
    {"-1e20"},
    {"-9223372036854775808", "-9223372036854775808.0"},
    {"-9223372036854775807"},
    {"-2", "-2.0"},
    {"-1.5"},
    {"-1", "-1.0"},
    {"-0.5"},
    {"0", "-0", "-0.0"},
    {"1e-300"},
    {"0.5", "5e-1"},
    {"1", "1.0"},
    {"1.5"},
    {"9007199254740992", "9007199254740992.0"},
    {"9007199254740993"},
    {"9223372036854775807"},
    {"9223372036854775808", "9223372036854775808.0"},
    {"18446744073709551615"},
    {"18446744073709551616"},
    {"1e20"},
    {"1e300"},
};

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void numbers_are_ordered_exactly(void **state)
{
    (void)state;
    jt_json *read[COUNT(numbers)][3] = {0};
    for (size_t i = 0; i < COUNT(numbers); i++)
        for (size_t k = 0; k < 3 && numbers[i][k] != NULL; k++)
            assert_int_equal(jt_json_parse(NULL, jeton_str(numbers[i][k]), &read[i][k], NULL),
                             JETON_OK);
    for (size_t i = 0; i < 3 * COUNT(numbers); i++)
        for (size_t k = 0; k < 3 * COUNT(numbers); k++) {
            const jt_val *a = jt_json_root(read[i / 3][i % 3]);
            const jt_val *b = jt_json_root(read[k / 3][k % 3]);
            if (a != NULL && b != NULL)
                assert_int_equal(sign(jt_val_order(a, b)), sign((int)(i / 3) - (int)(k / 3)));
        }
    for (size_t i = 0; i < 3 * COUNT(numbers); i++)
        jt_json_free(&read[i / 3][i % 3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_equal_however_they_are_written),
        cmocka_unit_test(numbers_are_ordered_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
