/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_import_rows.c - files of users: what rows they have, and what is said of
 * those that cannot be read. */
#include "accounts/import_rows.h"
#include "core/auto.h"
#include "store/roles.h"
#include "unit.h"

#include <stdio.h>

#define HEAD "name,email,password_hash,password,roles,disabled,must_change\n"

/* A row in short: "line:name|email|hash|password|role role|flags", or "line!why". */
static void describe(const jd_import_row *row, char *to, size_t size)
{
    if (row->refused.status != JETON_OK) {
        (void)snprintf(to, size, "%zu!%s", row->line, row->refused.text);
        return;
    }
#define TEXT(field) (int)row->field.len, (const char *)row->field.ptr
    int len = snprintf(to, size, "%zu:%.*s|%.*s|%.*s|%.*s|", row->line, TEXT(name), TEXT(email),
                       TEXT(password_hash), TEXT(password));
    for (size_t i = 0; i < row->role_count; i++)
        len += snprintf(to + len, size - (size_t)len, "%s%.*s", i > 0 ? " " : "", TEXT(roles[i]));
    (void)snprintf(to + len, size - (size_t)len, "|%s%s", row->disabled ? "d" : "",
                   row->must_change ? "m" : "");
}

static const struct {
    const char *why, *file;
    const char *rows[5];
} files[] = {
    {"nothing", "", {NULL}},
    {"empty lines", "\n\r\n\n", {NULL}},
    {"column names alone", HEAD, {NULL}},
    {"all fields", HEAD "ann,a@b,$x,pw,r1 r2,yes,true\n", {"2:ann|a@b|$x|pw|r1 r2|dm"}},
    {"no end of the last line", HEAD "ann,,$x,,,,", {"2:ann||$x|||"}},
    {"columns in another order", "roles,name\r\na;b|c,ann\r\n", {"2:ann||||a b c|"}},
    {"what editors put in front", "\xef\xbb\xbfname\nann\n", {"2:ann|||||"}},
    {"quotes, commas and line ends in quotes",
     "name,password\n\"O\"\"Hara, Ann\",\"a\nb\"\nben,c\n",
     {"2:O\"Hara, Ann|||a\nb||", "4:ben|||c||"}},
    {"empty lines between", "name\n\nann\n\n\nben\n", {"3:ann|||||", "6:ben|||||"}},
    {"a quote that is not closed",
     "name,password\nann,\"x\nben,y\n",
     {"2!a quote is not closed", "3:ben|||y||"}},
    {"a quote out of place",
     "name,password\nann,x\"y\nben,\"y\"z\ncleo,y\n",
     {"2!a quote is out of place", "3!a quote is out of place", "4:cleo|||y||"}},
    {"more and fewer fields",
     "name,password\nann,x,y\nben\ncleo,z\n",
     {"2!more fields than columns", "3!fewer fields than columns", "4:cleo|||z||"}},
    {"a switch of another kind",
     "name,disabled\nann,maybe\nben,no\n",
     {"2!disabled is neither true nor false", "3:ben|||||"}},
    {"no UTF-8", "name\n\xff\nben\n", {"2!name is not UTF-8", "3:ben|||||"}},
    {"JSON",
     "{\"name\":\"ann\",\"email\":\"a@b\",\"password_hash\":\"$x\",\"roles\":[\"a\",\"b\"],"
     "\"disabled\":true,\"must_change\":false}\n\n{\"roles\":\"a b\",\"name\":\"b\\u00e9\"}",
     {"1:ann|a@b|$x||a b|d", "3:b\xc3\xa9||||a b|"}},
    {"null, as databases write what is not there",
     "{\"name\":\"ann\",\"email\":null,\"password\":null,\"roles\":null}\n"
     "{\"name\":\"ben\",\"disabled\":null}\n{\"name\":\"cleo\",\"roles\":[null]}\n",
     {"1:ann|||||", "2!disabled is neither true nor false", "3!a role is not a text"}},
    {"JSON that is none of ours",
     "{\"name\":\"ann\",\"nome\":1}\n{\"name\":1}\n{\"name\":\"b\",\"disabled\":\"no\"}\n"
     "{\"name\":\"c\",\"roles\":[1]}\n{\"name\":\"d\"}\n",
     {"1!a member is none of those that are understood", "2!name is not a text",
      "3!disabled is neither true nor false", "4!a role is not a text", "5:d|||||"}},
    {"JSON that is not an object", "{\"name\":\"a\"}\n[1]\n", {"1:a|||||", "2!not a JSON object"}},
};

static void files_are_read_row_by_row(void **state)
{
    (void)state;
    static jd_import_row row;
    for (size_t i = 0; i < COUNT(files); i++) {
        print_message("  %s\n", files[i].why);
        JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
        jd_import_reader reader;
        assert_int_equal(jd_import_start(&reader, jeton_str(files[i].file), NULL), JETON_OK);
        for (size_t k = 0; k < COUNT(files[i].rows) && files[i].rows[k] != NULL; k++) {
            char text[400];
            assert_true(jd_import_next(&reader, &arena, &row));
            describe(&row, text, sizeof text);
            assert_string_equal(text, files[i].rows[k]);
        }
        assert_false(jd_import_next(&reader, &arena, &row));
    }
}

static const struct {
    const char *file, *want;
} heads[] = {
    {"name,pasword_hash\n", "column 2 of the first line"},
    {"Name\n", "column 1 of the first line"},
    {"name,name\n", "is there twice"},
    {"email,password\n", "no column name"},
    {"[1]\n", "column 1 of the first line"},
    {"\"name\n", "a quote is not closed"},
};

static void a_line_of_column_names_is_understood_or_refused_as_a_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(heads); i++) {
        print_message("  %s", heads[i].file);
        jd_import_reader reader;
        jeton_err err = {0};
        assert_int_equal(jd_import_start(&reader, jeton_str(heads[i].file), &err), JETON_E_REQUEST);
        assert_non_null(strstr(err.text, heads[i].want));
    }
}

static void a_record_and_its_roles_are_bounded(void **state)
{
    (void)state;
    static jd_import_row row;
    static char text[3 * JD_IMPORT_RECORD];
    static const char *const starts[] = {"name,password\nann,", "{\"name\":\"",
                                         "name,password\nann,\""};
    for (size_t i = 0; i < COUNT(starts); i++) {
        JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
        jd_import_reader reader;
        const int len = snprintf(text, sizeof text, "%s", starts[i]);
        memset(text + len, 'x', 2 * JD_IMPORT_RECORD);
        (void)snprintf(text + len + 2 * JD_IMPORT_RECORD, 8, "\n");
        assert_int_equal(jd_import_start(&reader, jeton_str(text), NULL), JETON_OK);
        assert_true(jd_import_next(&reader, &arena, &row));
        assert_int_equal(row.refused.status, JETON_E_REQUEST);
        assert_false(jd_import_next(&reader, &arena, &row));
    }
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_import_reader reader;
    int len = snprintf(text, sizeof text, "name,roles\nann,");
    for (size_t i = 0; i < JD_ROLES_MAX; i++)
        len += snprintf(text + len, 8, "r ");
    len += snprintf(text + len, 8, "\nben,");
    for (size_t i = 0; i <= JD_ROLES_MAX; i++)
        len += snprintf(text + len, 8, "r ");
    assert_int_equal(jd_import_start(&reader, jeton_str(text), NULL), JETON_OK);
    assert_true(jd_import_next(&reader, &arena, &row));
    assert_int_equal(row.role_count, JD_ROLES_MAX);
    assert_true(jd_import_next(&reader, &arena, &row));
    assert_int_equal(row.refused.status, JETON_E_REQUEST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_row_by_row),
        cmocka_unit_test(a_line_of_column_names_is_understood_or_refused_as_a_whole),
        cmocka_unit_test(a_record_and_its_roles_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
