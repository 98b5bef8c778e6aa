/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_bind.c - jeton_key_bind: the same key, named and for one algorithm. */
#include "certificates.h"
#include "rfc.h"

#define BOUND_JWK                                                                                  \
    "{\"kty\":\"OKP\",\"alg\":\"Ed25519\",\"crv\":\"Ed25519\","                                    \
    "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
#define USES "\"use\":\"sig\",\"key_ops\":[\"sign\",\"verify\"],"

static const struct {
    const char *why, *jwk;
    jeton_alg alg;
    const char *kid;
    const char *want; /* the JWK; NULL: refused */
    jeton_status status;
} rows[] = {
    {"nothing", A3_JWK, JETON_ALG_UNSET, NULL, A3_JWK, JETON_OK},
    {"a name", OKP_PUBLIC_JWK, JETON_ALG_UNSET, "k",
     "{\"kty\":\"OKP\",\"kid\":\"k\",\"crv\":\"Ed25519\","
     "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}",
     JETON_OK},
    {"an algorithm", OKP_PUBLIC_JWK, JETON_ED25519, NULL, BOUND_JWK, JETON_OK},
    {"another name, the old name of the algorithm, and all the rest",
     "{\"kty\":\"OKP\",\"kid\":\"a\"," USES "\"alg\":\"EdDSA\",\"x5c\":[\"" OKP_CERT "\",\"AAAA\"],"
     "\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\","
     "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}",
     JETON_ED25519, "b",
     "{\"kty\":\"OKP\",\"kid\":\"b\"," USES "\"alg\":\"Ed25519\",\"crv\":\"Ed25519\","
     "\"x5c\":[\"" OKP_CERT "\",\"AAAA\"],\"x5t#S256\":\"" OKP_X5T "\","
     "\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\","
     "\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\"}",
     JETON_OK},
    {"nothing, of one that is bound", BOUND_JWK, JETON_ALG_UNSET, NULL, BOUND_JWK, JETON_OK},
    {"an algorithm of another type", OKP_JWK, JETON_ES256, NULL, NULL, JETON_E_KEY},
    {"one of another curve", A3_JWK, JETON_ES384, NULL, NULL, JETON_E_KEY},
    {"one that is no algorithm", A3_JWK, (jeton_alg)99, NULL, NULL, JETON_E_KEY},
    {"another than it is bound to", THUMBPRINT_JWK, JETON_PS256, NULL, NULL, JETON_E_ALG},
};

static void bound_keys_are_the_same_but_for_what_was_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_key *key = rfc_key(rows[i].jwk);
        jeton_key *bound = BOGUS;
        jeton_err err = {0};
        assert_int_equal(jeton_key_bind(key, rows[i].alg, jeton_str(rows[i].kid), &bound, &err),
                         rows[i].status);
        assert_int_equal(err.status, rows[i].status);
        jeton_key_free(&key); /* the other does not need it */
        assert_int_equal(bound != NULL, rows[i].want != NULL);
        if (bound != NULL) {
            jeton_text *text = NULL;
            const jeton_key_part part =
                jeton_key_is_private(bound) ? JETON_KEY_PRIVATE : JETON_KEY_PUBLIC;
            assert_int_equal(jeton_key_print(bound, part, &text, NULL), JETON_OK);
            assert_string_equal(jeton_text_chars(text), rows[i].want);
            jeton_text_free(&text);
        }
        jeton_key_free(&bound);
    }
}

static void secrets_are_bound_where_they_are_long_enough(void **state)
{
    (void)state;
    jeton_key *key = rfc_key("{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-"
                             "EstJQLr8\"}"); /* 32 bytes */
    jeton_key *bound = BOGUS;
    assert_int_equal(jeton_key_bind(key, JETON_HS512, jeton_str(NULL), &bound, NULL), JETON_E_KEY);
    assert_null(bound);
    assert_int_equal(jeton_key_bind(key, JETON_HS256, jeton_str(NULL), &bound, NULL), JETON_OK);
    assert_int_equal(jeton_key_alg(bound), JETON_HS256);
    assert_int_equal(jeton_key_alg(key), JETON_ALG_UNSET);
    jeton_key_free(&bound);
    jeton_key_free(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bound_keys_are_the_same_but_for_what_was_asked),
        cmocka_unit_test(secrets_are_bound_where_they_are_long_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
