/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_alias.c - what logs call a name that nobody has. */
#include "accounts/alias.h"

#include "unit.h"

#include <ctype.h>

static jeton_span alias(const char *secret, const char *name, jt_arena *arena)
{
    jt_hmac_key key;
    jd_alias_init(&key, jeton_str(secret));
    const jeton_span made = jd_alias_of(&key, jeton_str(name), arena);
    jt_hmac_done(&key);
    return made;
}

static void an_alias_is_short_and_printable(void **state)
{
    (void)state;
    jt_arena arena = jt_arena_init(NULL);
    const jeton_span made = alias("a secret", "correct horse battery\n", &arena);
    const char *const begin = "(unknown ";
    assert_int_equal(made.len, strlen("(unknown 001122334455)"));
    assert_memory_equal(made.ptr, begin, strlen(begin));
    for (size_t i = strlen(begin); i < made.len - 1; i++)
        assert_true(isxdigit(made.ptr[i]));
    assert_int_equal(made.ptr[made.len - 1], ')');
    jt_arena_done(&arena);
}

static void it_is_the_same_for_the_same_name_and_key_only(void **state)
{
    (void)state;
    static const struct {
        const char *why, *secret, *name;
        bool same;
    } rows[] = {
        {"the same", "a secret", "Tr0ub4dor&3", true},
        {"another name", "a secret", "Tr0ub4dor&4", false},
        {"another case", "a secret", "tr0ub4dor&3", false},
        {"another key", "a secreu", "Tr0ub4dor&3", false},
        {"no name", "a secret", "", false},
    };
    jt_arena arena = jt_arena_init(NULL);
    const jeton_span want = alias("a secret", "Tr0ub4dor&3", &arena);
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        const jeton_span got = alias(rows[i].secret, rows[i].name, &arena);
        assert_true(jeton_span_equal(got, want) == rows[i].same);
    }
    jt_arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_alias_is_short_and_printable),
        cmocka_unit_test(it_is_the_same_for_the_same_name_and_key_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
