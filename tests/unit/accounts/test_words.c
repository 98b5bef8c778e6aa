/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_words.c - lists of words. */
#include "accounts/words.h"

#include "unit.h"

static void lists_are_told_from_what_is_none(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        bool good;
    } rows[] = {
        {"", true},       {"a", true},     {"a b", true},   {"orders:read x", true},
        {" a", false},    {"a ", false},   {"a  b", false}, {" ", false},
        {"a\tb", false},  {"a\"b", false}, {"a\\b", false}, {"\xc3\xa4", false},
        {"a\x7f", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  '%s'\n", rows[i].words);
        assert_true(jd_words_are_good(jeton_str(rows[i].words)) == rows[i].good);
    }
}

static void narrow_keeps_what_is_allowed_once_in_the_order_asked(void **state)
{
    (void)state;
    static const struct {
        const char *asked, *allowed, *want;
    } rows[] = {
        {"b a", "a b c", "b a"}, {"a a a", "a", "a"}, {"a x b", "a b", "a b"}, {"x", "a b", ""},
        {"", "a", ""},           {"a", "", ""},       {"ab a", "ab", "ab"},
    };
    jt_arena arena = jt_arena_init(NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        jeton_span got = {BOGUS, 7};
        assert_int_equal(jd_words_narrow(jeton_str(rows[i].asked), jeton_str(rows[i].allowed),
                                         &arena, &got, NULL),
                         JETON_OK);
        unit_assert_span(got, rows[i].want);
    }
    jt_arena_done(&arena);
}

static void join_puts_single_spaces_between(void **state)
{
    (void)state;
    const jeton_span texts[] = {jeton_str("a"), jeton_str("bc"), jeton_str("d")};
    jt_arena arena = jt_arena_init(NULL);
    jeton_span got = {BOGUS, 7};
    assert_int_equal(jd_words_join(texts, COUNT(texts), &arena, &got, NULL), JETON_OK);
    unit_assert_span(got, "a bc d");
    assert_int_equal(jd_words_join(NULL, 0, &arena, &got, NULL), JETON_OK);
    assert_int_equal(got.len, 0);
    jt_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_told_from_what_is_none),
        cmocka_unit_test(narrow_keeps_what_is_allowed_once_in_the_order_asked),
        cmocka_unit_test(join_puts_single_spaces_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
