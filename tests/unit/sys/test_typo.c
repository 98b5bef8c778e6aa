/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_typo.c - how far two names are from each other. */
#include "sys/typo.h"

#include "../unit.h"

static void distances_are_counted_in_slips(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        unsigned want;
    } rows[] = {
        {"", "", 0},
        {"access-ttl", "access-ttl", 0},
        {"Access_TTL", "access-ttl", 0},
        {"acess-ttl", "access-ttl", 1},
        {"access-ttll", "access-ttl", 1},
        {"accest-ttl", "access-ttl", 1},
        {"acecss-ttl", "access-ttl", 1},
        {"", "abc", 3},
        {"abc", "", 3},
        {"abc", "xyz", 3},
        {"ab", "ba", 1},
        {"abcd", "badc", 2},
        {"kitten", "sitting", 3},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s %s\n", rows[i].a, rows[i].b);
        assert_int_equal(jd_typo_distance(jeton_str(rows[i].a), jeton_str(rows[i].b)),
                         rows[i].want);
        assert_int_equal(jd_typo_distance(jeton_str(rows[i].b), jeton_str(rows[i].a)),
                         rows[i].want);
    }
}

static void long_names_are_no_slips(void **state)
{
    (void)state;
    char text[JD_TYPO_LEN + 1];
    memset(text, 'a', sizeof text);
    assert_int_equal(jd_typo_distance(jeton_bytes(text, 40), jeton_bytes(text, 39)), 1);
    assert_int_equal(jd_typo_distance(jeton_bytes(text, 41), jeton_bytes(text, 41)), JD_TYPO_LEN);
}

static void a_slip_is_a_letter_and_one_more_for_every_four(void **state)
{
    (void)state;
    unsigned distance = 99;
    assert_true(jd_typo_of(jeton_str("dat"), jeton_str("data"), &distance));
    assert_int_equal(distance, 1);
    assert_true(jd_typo_of(jeton_str("da"), jeton_str("data"), &distance));
    assert_false(jd_typo_of(jeton_str("x"), jeton_str("data"), &distance));
    assert_int_equal(distance, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_counted_in_slips),
        cmocka_unit_test(long_names_are_no_slips),
        cmocka_unit_test(a_slip_is_a_letter_and_one_more_for_every_four),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
