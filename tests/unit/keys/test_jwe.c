/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_jwe.c - encrypted keys and sets are told apart from broken ones. */
#include <jeton/keyset.h>

#include "rfc.h"

static const struct {
    const char *why, *text;
    jeton_status want;
} rows[] = {
    {"compact (the shape of RFC 7517 C.9)", "eyJhbGciOiJQQkVTMiJ9.TrqX.Ye9j1q.AwhB.0HlwodAhOCI",
     JETON_E_UNSUPPORTED},
    {"one part less", "eyJhbGciOiJQQkVTMiJ9.TrqX.Ye9j1q.AwhB", JETON_E_SYNTAX},
    {"another beginning", "xyJhbGciOiJQQkVTMiJ9.TrqX.Ye9j1q.AwhB.0HlwodAhOCI", JETON_E_SYNTAX},
    {"four dots", "....", JETON_E_SYNTAX},
    {"as JSON", "{\"protected\":\"e30\",\"ciphertext\":\"AA\",\"tag\":\"AA\"}",
     JETON_E_UNSUPPORTED},
    {"a nested text in brackets", "[\"ciphertext\"]", JETON_E_SYNTAX},
};

static void encrypted_keys_are_unsupported_and_not_broken(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_err err = {0};
        jeton_key *key = BOGUS;
        jeton_keyset *set = BOGUS;
        assert_int_equal(jeton_key_parse(NULL, jeton_str(rows[i].text), &key, &err), rows[i].want);
        assert_int_equal(err.status, rows[i].want);
        assert_null(key);
        assert_int_equal(jeton_keyset_parse(NULL, jeton_str(rows[i].text), &set, NULL),
                         rows[i].want);
        assert_null(set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encrypted_keys_are_unsupported_and_not_broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
