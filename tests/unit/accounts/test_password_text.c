/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_password_text.c - the normal form of a password, and which are common.
 */
#include "accounts/password_text.h"
#include "core/auto.h"
#include "unit.h"

static const struct {
    const char *why, *typed, *normal;
} forms[] = {
    {"ASCII", "correct horse", "correct horse"},
    {"nothing", "", ""},
    {"composed already", "gr\xc3\xbcn", "gr\xc3\xbcn"},
    {"a letter and its dots apart", "gru\xcc\x88n", "gr\xc3\xbcn"},
    {"Hangul in parts", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c"},
    {"marks in another order", "q\xcc\x87\xcc\xa3", "q\xcc\xa3\xcc\x87"},
    {"one that grows to three times its length", "\xf0\x9d\x85\xa0",
     "\xf0\x9d\x85\x98\xf0\x9d\x85\xa5\xf0\x9d\x85\xae"},
    {"a ligature, which NFC leaves alone", "\xef\xac\x81", "\xef\xac\x81"},
    {"no UTF-8", "gr\xfcn", "gr\xfcn"},
};

static void passwords_are_brought_into_the_normal_form_nfc(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        print_message("  %s\n", forms[i].why);
        jt_secret normal = {BOGUS, 7, NULL};
        assert_int_equal(jd_password_normal(jeton_str(forms[i].typed), &normal, NULL), JETON_OK);
        assert_true(jeton_span_equal(jt_secret_span(&normal), jeton_str(forms[i].normal)));
        jt_secret_done(&normal);
    }
}

static void the_longest_password_grows_as_much_as_it_can(void **state)
{
    (void)state;
    char typed[JD_PASSWORD_TYPED + 4];
    for (size_t i = 0; i < sizeof typed; i += 4)
        memcpy(typed + i, "\xf0\x9d\x85\xa0", 4);
    jt_secret normal;
    assert_int_equal(jd_password_normal(jeton_bytes(typed, JD_PASSWORD_TYPED), &normal, NULL),
                     JETON_OK);
    assert_int_equal(normal.len, 3 * JD_PASSWORD_TYPED);
    jt_secret_done(&normal);
    assert_int_equal(jd_password_normal(jeton_bytes(typed, sizeof typed), &normal, NULL), JETON_OK);
    assert_int_equal(normal.len, sizeof typed); /* too long: as it was typed */
    jt_secret_done(&normal);
}

static const struct {
    const char *password;
    bool common;
} passwords[] = {
    {"password", true},
    {"Password1", true},
    {"P@ssw0rd!", true},
    {"passw0rd", true},
    {"letmein123", true},
    {"iloveyou", true},
    {"ILoveYou2", true},
    {"qwertyuiop", true},
    {"1qaz2wsx", true},
    {"!QAZ2wsx", true},
    {"abcdefgh", true},
    {"aaaaaaaa", true},
    {"abababababab", true},
    {"12345678", true},
    {"24121987", true},
    {"0123456789", true},
    {"01234567890123", true},
    {"73926105847362", false},
    {"dragon1987!", true},
    {"123dragon", true},
    {"dragondragon", true},
    {"drowssap", true},
    {"sunshine2024", true},
    {"Michael1990", true},
    {"trustno1", true},
    {"qwerty123456", true},
    {"changeme", true},
    {"contrase\xc3\xb1"
     "a1",
     true},
    {"correct horse battery", false},
    {"hunter2 hunter2", false},
    {"a7!kz0qw", false},
    {"dragon-of-tin", false},
    {"dragon73610294", false}, /* more digits than a decoration has */
    {"Tr0ub4dor&3", false},
    {"password of my own making", false},
    {"gr\xc3\xbcner Tee um f\xc3\xbcnf", false},
};

static void common_passwords_are_known_in_their_disguises(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(passwords); i++) {
        print_message("  %s\n", passwords[i].password);
        assert_int_equal(jd_password_is_common(jeton_str(passwords[i].password)),
                         passwords[i].common);
    }
}

static void the_list_of_common_passwords_is_sorted_and_not_short(void **state)
{
    (void)state;
    assert_true(jd_common_password_count > 10000);
    for (size_t i = 1; i < jd_common_password_count; i++)
        assert_true(jd_common_passwords[i - 1] < jd_common_passwords[i]);
}

static const struct {
    const char *why, *password, *name;
    bool is;
} names[] = {
    {"the name", "rosalinde", "rosalinde", true},
    {"in other letters", "ROSAlinde", "rosalinde", true},
    {"with a year and a mark", "Rosalinde1987!", "rosalinde", true},
    {"with digits before it", "007rosalinde", "rosalinde", true},
    {"the bare name of one with digits", "rosalinde", "rosalinde42", true},
    {"with another word", "rosalindes cat", "rosalinde", false},
    {"a part of it", "rosalind", "rosalinde", false},
    {"a name of digits alone", "12345678", "12345678", true},
    {"digits around no name", "87654321", "12345678", false},
    {"no name", "rosalinde", "", false},
};

static void a_name_is_found_with_digits_and_marks_around_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        print_message("  %s\n", names[i].why);
        assert_int_equal(
            jd_password_is_name(jeton_str(names[i].password), jeton_str(names[i].name)),
            names[i].is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passwords_are_brought_into_the_normal_form_nfc),
        cmocka_unit_test(the_longest_password_grows_as_much_as_it_can),
        cmocka_unit_test(common_passwords_are_known_in_their_disguises),
        cmocka_unit_test(the_list_of_common_passwords_is_sorted_and_not_short),
        cmocka_unit_test(a_name_is_found_with_digits_and_marks_around_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
