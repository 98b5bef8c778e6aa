/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_words.c - a word is found whole or not at all. */
#include "core/words.h"

#include "../unit.h"

static const struct {
    const char *words, *word;
    bool has;
} rows[] = {
    {"read", "read", true},
    {"read write", "read", true},
    {"read write", "write", true},
    {"a b c", "b", true},
    {"read  write", "write", true},
    {" read", "read", true},
    {"read ", "read", true},
    {"", "read", false},
    {"read", "", false},
    {"read  write", "", false},
    {"reading", "read", false},
    {"unread", "read", false},
    {"rea d", "read", false},
    {"READ", "read", false},
    {"read\twrite", "read", false},
    {"read write", "read write", false},
    {"   ", " ", false},
};

static void words_are_found_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  \"%s\" in \"%s\"\n", rows[i].word, rows[i].words);
        assert_int_equal(jt_words_have(jeton_str(rows[i].words), jeton_str(rows[i].word)),
                         rows[i].has);
    }
    assert_false(jt_words_have(jeton_str(NULL), jeton_str("a")));
    assert_false(jt_words_have(jeton_str("a"), jeton_str(NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_found_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
