/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_pwhash.c - Argon2 texts: made, checked, weighed. */
#include "crypto/pwhash.h"

#include "../unit.h"

static const jt_pwhash_cost cheap = {.memory = 8192 * 16, .passes = 2};

static void pwhash_knows_its_password(void **state)
{
    (void)state;
    char text[JT_PWHASH_TEXT];
    memset(text, 0x5a, sizeof text);
    assert_int_equal(jt_pwhash_print(NULL, jeton_str("correct horse"), &cheap, text, NULL),
                     JETON_OK);
    assert_memory_equal(text, "$argon2id$v=19$m=128,t=2,p=1$", 29);

    jeton_err err = {0};
    assert_int_equal(jt_pwhash_verify(jeton_str(text), jeton_str("correct horse"), &err), JETON_OK);
    assert_int_equal(jt_pwhash_verify(jeton_str(text), jeton_str("correct horsf"), &err),
                     JETON_E_CREDENTIALS);
    assert_int_equal(err.status, JETON_E_CREDENTIALS);
    assert_int_equal(jt_pwhash_verify(jeton_str(text), jeton_str("correct hors"), NULL),
                     JETON_E_CREDENTIALS);
    assert_int_equal(jt_pwhash_verify(jeton_str(text), jeton_str(NULL), NULL), JETON_E_CREDENTIALS);
}

static void pwhash_takes_a_new_salt_each_time(void **state)
{
    (void)state;
    char a[JT_PWHASH_TEXT];
    char b[JT_PWHASH_TEXT];
    assert_int_equal(jt_pwhash_print(NULL, jeton_str("x"), &cheap, a, NULL), JETON_OK);
    assert_int_equal(jt_pwhash_print(NULL, jeton_str("x"), &cheap, b, NULL), JETON_OK);
    assert_string_not_equal(a, b);
}

/* From the tests of the reference implementation; the password is "password". */
static const struct {
    const char *why, *text;
} foreign[] = {
    {"one lane",
     "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"},
    {"two lanes",
     "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc"},
    {"Argon2i",
     "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8"},
};

static void pwhash_knows_texts_of_other_software(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(foreign); i++) {
        print_message("  %s\n", foreign[i].why);
        const jeton_span text = jeton_str(foreign[i].text);
        assert_int_equal(jt_pwhash_verify(text, jeton_str("password"), NULL), JETON_OK);
        assert_int_equal(jt_pwhash_verify(text, jeton_str("passwort"), NULL), JETON_E_CREDENTIALS);
    }
}

static const struct {
    const char *why, *text;
} damaged[] = {
    {"nothing", ""},
    {"a kind that is not known", "$3$$8846f7eaee8fb117ad06bdd830b7586c"},
    {"no hash", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ"},
    {"no cost", "$argon2id$"},
    {"an unknown version",
     "$argon2id$v=99$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"},
    {"an unknown variant",
     "$argon2x$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"},
    {"something behind it",
     "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4$"},
    {"longer than any text",
     "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4aaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
};

static void pwhash_refuses_damaged_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(damaged); i++) {
        print_message("  %s\n", damaged[i].why);
        const jeton_span text = jeton_str(damaged[i].text);
        assert_int_equal(jt_pwhash_verify(text, jeton_str("password"), NULL), JETON_E_SYNTAX);
        assert_true(jt_pwhash_is_weaker(text, &cheap));
    }
}

static const struct {
    const char *why;
    jt_pwhash_cost cost;
    bool weaker;
} costs[] = {
    {"the same", {8192 * 16, 2}, false},
    {"less memory asked", {8192 * 8, 2}, false},
    {"fewer passes asked", {8192 * 16, 1}, false},
    {"more memory asked", {8192 * 17, 2}, true},
    {"more passes asked", {8192 * 16, 3}, true},
    {"more memory and fewer passes asked", {8192 * 17, 1}, true},
};

static void pwhash_is_weaker_when_memory_or_passes_are_below_the_cost(void **state)
{
    (void)state;
    char text[JT_PWHASH_TEXT];
    assert_int_equal(jt_pwhash_print(NULL, jeton_str("x"), &cheap, text, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(costs); i++) {
        print_message("  %s\n", costs[i].why);
        assert_int_equal(jt_pwhash_is_weaker(jeton_str(text), &costs[i].cost), costs[i].weaker);
    }
    /* Argon2i gives way to Argon2id whatever it costs */
    assert_true(jt_pwhash_is_weaker(jeton_str(foreign[2].text), &costs[2].cost));
}

static const struct {
    const char *why;
    jt_pwhash_cost cost;
    jeton_status want;
} impossible[] = {
    {"no memory", {0, 2}, JETON_E_ARGUMENT},
    {"less memory than Argon2 needs", {8191, 2}, JETON_E_ARGUMENT},
    {"no pass", {8192 * 16, 0}, JETON_E_ARGUMENT},
    {"more memory than an address says", {SIZE_MAX, 1}, JETON_E_ARGUMENT},
};

static void pwhash_refuses_costs_out_of_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(impossible); i++) {
        print_message("  %s\n", impossible[i].why);
        char text[JT_PWHASH_TEXT];
        memset(text, 0x5a, sizeof text);
        assert_int_equal(jt_pwhash_print(NULL, jeton_str("x"), &impossible[i].cost, text, NULL),
                         impossible[i].want);
        assert_string_equal(text, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pwhash_knows_its_password),
        cmocka_unit_test(pwhash_takes_a_new_salt_each_time),
        cmocka_unit_test(pwhash_knows_texts_of_other_software),
        cmocka_unit_test(pwhash_refuses_damaged_texts),
        cmocka_unit_test(pwhash_is_weaker_when_memory_or_passes_are_below_the_cost),
        cmocka_unit_test(pwhash_refuses_costs_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
