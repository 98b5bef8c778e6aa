/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/json/test_line.c - values as lines, and those that could be misread in one. */
#include "json/line.h"

#include "core/auto.h"

#include "../unit.h"

/* NULL: refused. */
static const struct {
    const char *json, *line;
} values[] = {
    {"\"\"", ""},
    {"\"a b,c\"", "a b,c"},
    {"\"\xc3\xa9\"", "\xc3\xa9"},
    {"0", "0"},
    {"-1.5", "-1.5"},
    {"true", "true"},
    {"null", ""},
    {"[]", ""},
    {"[\"a\"]", "a"},
    {"[\"a\",\"b c\",3,false]", "a,b c,3,false"},
    {"[\"a\",null]", "a,null"},
    {"[[1],\"a,b\"]", "[[1],\"a,b\"]"},
    {"[{\"a\":1}]", "[{\"a\":1}]"},
    {"{\"a\":\"b\\nc\"}", "{\"a\":\"b\\nc\"}"},
    {"\"a\\nb\"", NULL},
    {"\"a\\u0000b\"", NULL},
    {"\"a\\u007fb\"", NULL},
    {"\"a\\tb\"", NULL},
    {"[\"a,b\"]", NULL},
    {"[\"a\",\"b\\r\"]", NULL},
};

static void values_are_lines_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++) {
        print_message("  %s\n", values[i].json);
        JT_AUTO(jt_json_free) jt_json *doc = NULL;
        JT_AUTO(jt_buf_done) jt_buf to = jt_buf_init(NULL);
        jeton_err err = {0};
        assert_int_equal(jt_json_parse(NULL, jeton_str(values[i].json), &doc, NULL), JETON_OK);
        const jeton_status status = jt_line_add(jt_json_root(doc), &to, &err);
        assert_int_equal(status, values[i].line != NULL ? JETON_OK : JETON_E_CLAIM);
        assert_int_equal(err.status, status);
        if (values[i].line != NULL)
            unit_assert_span(jt_buf_span(&to), values[i].line);
    }
}

static void nothing_is_an_empty_line(void **state)
{
    (void)state;
    JT_AUTO(jt_buf_done) jt_buf to = jt_buf_init(NULL);
    assert_int_equal(jt_line_add(NULL, &to, NULL), JETON_OK);
    assert_int_equal(to.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_lines_or_refused),
        cmocka_unit_test(nothing_is_an_empty_line),
    };
    return cmocka_run_group_tests_name("json/line", tests, NULL, NULL);
}
