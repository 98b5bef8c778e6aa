/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/json/test_pointer.c - names and JSON Pointers, the examples of RFC 6901 §5 among them.
 */
#include "json/pointer.h"

#include "json/compare.h"

#include "../unit.h"

static const char document[] =
    "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,"
    "\"k\\\"l\":6,\" \":7,\"m~n\":8,\"o\":{\"p\":{\"q\":[[9]]},\"foo\":null},\"/x\":10,"
    "\"~1\":11,\"01\":12}";

/* NULL: there is nothing. */
static const struct {
    const char *path, *value;
} paths[] = {
    {"foo", "[\"bar\",\"baz\"]"},
    {"/foo", "[\"bar\",\"baz\"]"},
    {"/foo/0", "\"bar\""},
    {"/foo/1", "\"baz\""},
    {"/", "0"},
    {"/a~1b", "1"},
    {"a/b", "1"},
    {"/c%d", "2"},
    {"/e^f", "3"},
    {"/g|h", "4"},
    {"/i\\j", "5"},
    {"/k\"l", "6"},
    {"/ ", "7"},
    {"/m~0n", "8"},
    {"m~n", "8"},
    {"/o/p/q/0/0", "9"},
    {"/o/foo", "null"},
    {"/~1x", "10"},
    {"/~01", "11"},
    {"/01", "12"},
    {"bar", NULL},
    {"/bar", NULL},
    {"/foo/2", NULL},
    {"/foo/-", NULL},
    {"/foo/-1", NULL},
    {"/foo/00", NULL},
    {"/foo/01", NULL},
    {"/foo/0x0", NULL},
    {"/foo/ 0", NULL},
    {"/foo/", NULL},
    {"/foo/0/0", NULL},
    {"/foo/18446744073709551616", NULL},
    {"/foo/99999999999999999999999", NULL},
    {"/o/p/", NULL},
    {"/x", NULL},
    {"//x", NULL},
    {"/a/b", NULL},
    {"o/p", NULL},
};

static void paths_lead_to_values(void **state)
{
    (void)state;
    jt_json *doc = NULL;
    assert_int_equal(jt_json_parse(NULL, jeton_str(document), &doc, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(paths); i++) {
        print_message("  %s\n", paths[i].path);
        jt_json *want = NULL;
        if (paths[i].value != NULL)
            assert_int_equal(jt_json_parse(NULL, jeton_str(paths[i].value), &want, NULL), JETON_OK);
        assert_true(jt_path_is_good(paths[i].path));
        const jt_val *found = jt_path_find(jt_json_root(doc), paths[i].path);
        assert_int_equal(found != NULL, want != NULL);
        assert_true(jt_val_equal(found, jt_json_root(want)));
        assert_null(jt_path_find(NULL, paths[i].path));
        jt_json_free(&want);
    }
    jt_json_free(&doc);
}

static void paths_that_are_none_are_told(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "/~", "/a~", "/~2", "/a~b", "/~0~", "/~~0", "/x/~/y"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(jt_path_is_good(bad[i]));
    static const char *const good[] = {"~", "a~", "/~0", "/~1~0", "a", "/", "//"};
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(jt_path_is_good(good[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_lead_to_values),
        cmocka_unit_test(paths_that_are_none_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
