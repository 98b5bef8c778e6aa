/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/admin/test_operations.c - the table of operations: its rows are whole, and arguments
 * are what a row says. */
#include "admin/operation.h"

#include "core/auto.h"
#include "unit.h"

static void each_row_is_whole(void **state)
{
    (void)state;
    const jd_operation *row;
    size_t count = 0;
    for (; (row = jd_operation_at(count)) != NULL; count++) {
        print_message("  %s\n", row->name);
        assert_non_null(row->run);
        assert_ptr_equal(jd_operation_find(jeton_str(row->name)), row); /* no name twice */
        assert_true((row->method == NULL) == (row->path == NULL));
        assert_true((row->status == 0) == (row->path == NULL));
        assert_true(row->path == NULL || strncmp(row->path, "/admin/", 7) == 0);
        if (row->body != NULL)
            assert_int_equal(jd_operation_takes(row, jeton_str(row->body)), JT_TEXT);
    }
    assert_true(count > 40);
}

/* What a path has in braces has to be an argument, and a text. */
static void each_name_in_a_path_is_an_argument(void **state)
{
    (void)state;
    const jd_operation *row;
    for (size_t i = 0; (row = jd_operation_at(i)) != NULL; i++) {
        const char *at = row->path;
        while (at != NULL && (at = strchr(at, '{')) != NULL) {
            const char *end = strchr(at, '}');
            assert_non_null(end);
            const jeton_span name = jeton_bytes(at + 1, (size_t)(end - at - 1));
            print_message("  %s: %.*s\n", row->name, (int)name.len, (const char *)name.ptr);
            assert_int_equal(jd_operation_takes(row, name), JT_TEXT);
            at = end;
        }
    }
}

static void no_two_rows_are_one_route(void **state)
{
    (void)state;
    const jd_operation *a;
    const jd_operation *b;
    for (size_t i = 0; (a = jd_operation_at(i)) != NULL; i++)
        for (size_t j = i + 1; (b = jd_operation_at(j)) != NULL; j++)
            if (a->path != NULL && b->path != NULL && strcmp(a->path, b->path) == 0)
                assert_string_not_equal(a->method, b->method);
}

static const struct {
    const char *why, *operation, *arguments;
    jeton_status want;
} checks[] = {
    {"what is needed", "user.add", "{\"name\":\"a\"}", JETON_OK},
    {"all there is", "user.add",
     "{\"name\":\"a\",\"password\":\"b\",\"email\":\"c\",\"roles\":[],\"must_change\":true,"
     "\"disabled\":false}",
     JETON_OK},
    {"nothing", "user.add", "{}", JETON_E_REQUEST},
    {"an unknown one", "user.add", "{\"name\":\"a\",\"nome\":\"b\"}", JETON_E_REQUEST},
    {"another kind", "user.add", "{\"name\":1}", JETON_E_REQUEST},
    {"null", "user.add", "{\"name\":\"a\",\"email\":null}", JETON_E_REQUEST},
    {"a text for a switch", "user.add", "{\"name\":\"a\",\"disabled\":\"true\"}", JETON_E_REQUEST},
    {"an object for a list", "user.add", "{\"name\":\"a\",\"roles\":{}}", JETON_E_REQUEST},
    {"a number", "user.list", "{\"limit\":5}", JETON_OK},
    {"one below 0", "user.list", "{\"limit\":-5}", JETON_E_REQUEST},
    {"one with a fraction", "user.list", "{\"limit\":5.5}", JETON_E_REQUEST},
    {"no arguments where none are taken", "key.list", "{}", JETON_OK},
    {"some where none are taken", "key.list", "{\"after\":\"a\"}", JETON_E_REQUEST},
};

static void arguments_are_what_the_row_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(checks); i++) {
        print_message("  %s\n", checks[i].why);
        jeton_err err = {0};
        JT_AUTO(jt_json_free) jt_json *doc = NULL;
        assert_int_equal(jt_json_parse(NULL, jeton_str(checks[i].arguments), &doc, NULL), JETON_OK);
        assert_int_equal(jd_operation_check(jd_operation_find(jeton_str(checks[i].operation)),
                                            jt_json_root(doc), &err),
                         checks[i].want);
        assert_int_equal(err.status, checks[i].want);
    }
}

static void an_unknown_operation_is_none(void **state)
{
    (void)state;
    assert_null(jd_operation_find(jeton_str("user.fly")));
    assert_null(jd_operation_find(jeton_str("")));
    assert_null(jd_operation_at(100000));
    assert_int_equal(jd_operation_takes(jd_operation_find(jeton_str("user.add")), jeton_str("x")),
                     JT_ABSENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_is_whole),
        cmocka_unit_test(each_name_in_a_path_is_an_argument),
        cmocka_unit_test(no_two_rows_are_one_route),
        cmocka_unit_test(arguments_are_what_the_row_says),
        cmocka_unit_test(an_unknown_operation_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
