/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_cut.c - white space goes from the ends of a text, and from nowhere else;
 * pieces are what stands between marks. */
#include "core/cut.h"

#include "../unit.h"

static const struct {
    const char *why, *text, *blanks, *spaces, *end;
} rows[] = {
    {"nothing", "", "", "", ""},
    {"nothing to take off", "a b", "a b", "a b", "a b"},
    {"in front", " \ta", "a", "a", " \ta"},
    {"behind", "a\t ", "a", "a", "a"},
    {"nothing else", " \t ", "", "", ""},
    {"ends of lines", "\n a\r\n", "\n a\r\n", "a", "\n a\r\n"},
    {"other white space stays", "\va\f", "\va\f", "\va\f", "\va\f"},
};

static void white_space_is_taken_off_the_ends(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const jeton_span text = jeton_str(rows[i].text);
        print_message("  %s\n", rows[i].why);
        unit_assert_span(jt_trim(text, jt_is_blank), rows[i].blanks);
        unit_assert_span(jt_trim(text, jt_is_space), rows[i].spaces);
        unit_assert_span(jt_trim_end(text, jt_is_blank), rows[i].end);
    }
}

static void a_text_that_is_null_stays_it(void **state)
{
    (void)state;
    assert_null(jt_trim(jeton_str(NULL), jt_is_blank).ptr);
}

static void pieces_are_what_stands_between_marks(void **state)
{
    (void)state;
    static const struct {
        const char *text, *piece, *rest;
    } pieces[] = {
        {"a;b;c", "a", "b;c"}, {"a", "a", ""},  {";a", "", "a"},
        {"a;", "a", ""},       {";;", "", ";"}, {"", "", ""},
    };
    for (size_t i = 0; i < COUNT(pieces); i++) {
        jeton_span rest = jeton_str(pieces[i].text);
        const uint8_t *end = rest.ptr + rest.len;
        unit_assert_span(jt_cut_before(&rest, ';'), pieces[i].piece);
        unit_assert_span(rest, pieces[i].rest);
        assert_ptr_equal(rest.ptr + rest.len, end);
    }
    jeton_span none = jeton_str(NULL);
    assert_int_equal(jt_cut_before(&none, ';').len, 0);
    assert_int_equal(none.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(white_space_is_taken_off_the_ends),
        cmocka_unit_test(a_text_that_is_null_stays_it),
        cmocka_unit_test(pieces_are_what_stands_between_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
