/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_alg.c - the algorithms: names, rows, and which names mean the same. */
#include "keys/alg.h"

#include "../unit.h"

static const struct {
    jeton_alg alg;
    const char *name;
} listed[] = {
#define ROW(name, number, text) {JETON_##name, text},
    JETON_ALG_LIST(ROW)
#undef ROW
};

static void alg_has_a_row_for_each_of_the_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(listed); i++) {
        print_message("  %s\n", listed[i].name);
        const jt_alg *row = jt_alg_row(listed[i].alg);
        assert_non_null(row);
        assert_int_equal(row->id, listed[i].alg);
        assert_string_equal(row->name, listed[i].name);
        assert_non_null(row->kty);
        assert_non_null(row->sign);
        assert_non_null(row->verify);
        assert_string_equal(jeton_alg_name(listed[i].alg), listed[i].name);
        assert_int_equal(jeton_alg_find(jeton_str(listed[i].name)), listed[i].alg);
    }
}

static void alg_has_no_row_for_other_numbers(void **state)
{
    (void)state;
    for (int number = -1; number < 300; number++) {
        bool is_listed = false;
        for (size_t i = 0; i < COUNT(listed); i++)
            is_listed = is_listed || (int)listed[i].alg == number;
        assert_int_equal(jt_alg_row((jeton_alg)number) != NULL, is_listed);
        assert_int_equal(jeton_alg_name((jeton_alg)number)[0] != '\0', is_listed);
    }
}

static void alg_find_takes_exact_names_only(void **state)
{
    (void)state;
    static const char *const unknown[] = {"",      "none",   "None",  "hs256",   "HS256 ",
                                          "HS25",  "HS2566", "eddsa", "ed25519", "RS1",
                                          "ES521", "es256K", "PS",    "RS2560"};
    for (size_t i = 0; i < COUNT(unknown); i++)
        assert_int_equal(jeton_alg_find(jeton_str(unknown[i])), JETON_ALG_UNSET);
    assert_int_equal(jeton_alg_find(jeton_bytes("HS256\0", 6)), JETON_ALG_UNSET);
    assert_int_equal(jeton_alg_find(jeton_str(NULL)), JETON_ALG_UNSET);
}

static const struct {
    jeton_alg a, b;
    const char *crv;
    bool want;
} pairs[] = {
    {JETON_ES256, JETON_ES256, "P-256", true},        {JETON_HS256, JETON_HS256, NULL, true},
    {JETON_HS256, JETON_HS384, NULL, false},          {JETON_RS256, JETON_HS256, NULL, false},
    {JETON_EDDSA, JETON_ED25519, "Ed25519", true},    {JETON_EDDSA, JETON_ED25519, "Ed448", false},
    {JETON_EDDSA, JETON_ED448, "Ed448", true},        {JETON_EDDSA, JETON_ED448, "Ed25519", false},
    {JETON_ED25519, JETON_ED448, "Ed448", false},     {JETON_EDDSA, JETON_ED25519, NULL, false},
    {JETON_EDDSA, JETON_ES256, "P-256", false},       {JETON_EDDSA, JETON_HS256, NULL, false},
    {JETON_EDDSA, JETON_ALG_UNSET, "Ed25519", false},
};

static void alg_same_knows_the_old_name_of_ed25519(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        print_message("  %s, %s\n", jeton_alg_name(pairs[i].a), jeton_alg_name(pairs[i].b));
        assert_int_equal(jt_alg_same(pairs[i].a, pairs[i].b, pairs[i].crv), pairs[i].want);
        assert_int_equal(jt_alg_same(pairs[i].b, pairs[i].a, pairs[i].crv), pairs[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alg_has_a_row_for_each_of_the_list),
        cmocka_unit_test(alg_has_no_row_for_other_numbers),
        cmocka_unit_test(alg_find_takes_exact_names_only),
        cmocka_unit_test(alg_same_knows_the_old_name_of_ed25519),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
