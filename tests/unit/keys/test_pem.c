/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/keys/test_pem.c - keys from PEM: the same as from JWK, and bound as asked. */
#include "keys/key.h"

#include "../crypto/der_of.h"
#include "../crypto/pems.h"
#include "../crypto/sealed.h"
#include "rfc.h"

/* pems.h holds the keys of the RFCs. */
static const struct {
    const char *why, *pem, *jwk;
    jeton_key_part part;
} same[] = {
    {"RSA", PEM_RSA_PRIVATE, A2_JWK, JETON_KEY_PRIVATE},
    {"RSA, old form", PEM_RSA_OLD_PRIVATE, A2_JWK, JETON_KEY_PRIVATE},
    {"RSA, public", PEM_RSA_PUBLIC, A2_PUBLIC_JWK, JETON_KEY_PUBLIC},
    {"RSA, public, old form", PEM_RSA_OLD_PUBLIC, A2_PUBLIC_JWK, JETON_KEY_PUBLIC},
    {"EC", PEM_EC_PRIVATE, A3_JWK, JETON_KEY_PRIVATE},
    {"EC, old form", PEM_EC_OLD_PRIVATE, A3_JWK, JETON_KEY_PRIVATE},
    {"EC, public", PEM_EC_PUBLIC, A3_PUBLIC_JWK, JETON_KEY_PUBLIC},
    {"P-384", PEM_P384_PRIVATE, P384_JWK, JETON_KEY_PRIVATE},
    {"P-384, public", PEM_P384_PUBLIC, P384_PUBLIC_JWK, JETON_KEY_PUBLIC},
    {"P-521", PEM_P521_PRIVATE, P521_JWK, JETON_KEY_PRIVATE},
    {"P-521, public", PEM_P521_PUBLIC, P521_PUBLIC_JWK, JETON_KEY_PUBLIC},
    {"secp256k1", PEM_K256_PRIVATE, K256_JWK, JETON_KEY_PRIVATE},
    {"secp256k1, public", PEM_K256_PUBLIC, K256_PUBLIC_JWK, JETON_KEY_PUBLIC},
    {"OKP", PEM_OKP_PRIVATE, OKP_JWK, JETON_KEY_PRIVATE},
    {"OKP, public", PEM_OKP_PUBLIC, OKP_PUBLIC_JWK, JETON_KEY_PUBLIC},
    {"Ed448", PEM_ED448_PRIVATE, ED448_JWK, JETON_KEY_PRIVATE},
    {"Ed448, public", PEM_ED448_PUBLIC, ED448_PUBLIC_JWK, JETON_KEY_PUBLIC},
    {"EC, a certificate", PEM_EC_CERTIFICATE, A3_PUBLIC_JWK, JETON_KEY_PUBLIC},
    {"OKP, a certificate", PEM_OKP_CERTIFICATE, OKP_PUBLIC_JWK, JETON_KEY_PUBLIC},
};

static void key_from_pem_is_the_key_from_jwk(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(same); i++) {
        print_message("  %s\n", same[i].why);
        jeton_key *key = BOGUS;
        jeton_text *text = BOGUS;
        assert_int_equal(jeton_key_parse_pem(NULL, jeton_str(same[i].pem), JETON_ALG_UNSET,
                                             jeton_str(NULL), &key, NULL),
                         JETON_OK);
        assert_int_equal(jeton_key_print(key, same[i].part, &text, NULL), JETON_OK);
        assert_string_equal(jeton_text_chars(text), same[i].jwk);
        assert_int_equal(jeton_key_is_private(key), same[i].part == JETON_KEY_PRIVATE);
        jeton_text_free(&text);
        jeton_key_free(&key);
    }
}

static void key_from_jwk_prints_as_pem(void **state)
{
    (void)state;
    static const struct {
        const char *jwk, *private_pem, *public_pem;
    } keys[] = {
        {A2_JWK, PEM_RSA_PRIVATE, PEM_RSA_PUBLIC},
        {A3_JWK, PEM_EC_PRIVATE, PEM_EC_PUBLIC},
        {P384_JWK, PEM_P384_PRIVATE, PEM_P384_PUBLIC},
        {P521_JWK, PEM_P521_PRIVATE, PEM_P521_PUBLIC},
        {K256_JWK, PEM_K256_PRIVATE, PEM_K256_PUBLIC},
        {OKP_JWK, PEM_OKP_PRIVATE, PEM_OKP_PUBLIC},
        {ED448_JWK, PEM_ED448_PRIVATE, PEM_ED448_PUBLIC},
    };
    for (size_t i = 0; i < COUNT(keys); i++) {
        jeton_key *key = rfc_key(keys[i].jwk);
        jeton_text *text = BOGUS;
        assert_int_equal(jeton_key_print_pem(key, JETON_KEY_PRIVATE, &text, NULL), JETON_OK);
        assert_string_equal(jeton_text_chars(text), keys[i].private_pem);
        jeton_text_free(&text);
        assert_int_equal(jeton_key_print_pem(key, JETON_KEY_PUBLIC, &text, NULL), JETON_OK);
        assert_string_equal(jeton_text_chars(text), keys[i].public_pem);
        jeton_text_free(&text);
        jeton_key_free(&key);
    }
}

static void key_prints_no_pem_of_what_it_has_not(void **state)
{
    (void)state;
    static const struct {
        const char *jwk;
        jeton_key_part part;
    } keys[] = {
        {A1_JWK, JETON_KEY_PRIVATE},
        {A1_JWK, JETON_KEY_PUBLIC},
        {A2_PUBLIC_JWK, JETON_KEY_PRIVATE},
    };
    for (size_t i = 0; i < COUNT(keys); i++) {
        jeton_key *key = rfc_key(keys[i].jwk);
        jeton_text *text = BOGUS;
        jeton_err err = {0};
        assert_int_equal(jeton_key_print_pem(key, keys[i].part, &text, &err), JETON_E_KEY_USE);
        assert_int_equal(err.status, JETON_E_KEY_USE);
        assert_null(text);
        jeton_key_free(&key);
    }
}

static const struct {
    const char *why, *pem;
    jeton_alg alg;
    jeton_status want;
} bindings[] = {
    {"RSA to RS256", PEM_RSA_PUBLIC, JETON_RS256, JETON_OK},
    {"EC to ES256", PEM_EC_PUBLIC, JETON_ES256, JETON_OK},
    {"OKP to Ed25519", PEM_OKP_PUBLIC, JETON_ED25519, JETON_OK},
    {"OKP to EdDSA", PEM_OKP_PUBLIC, JETON_EDDSA, JETON_OK},
    {"Ed448 to Ed448", PEM_ED448_PUBLIC, JETON_ED448, JETON_OK},
    {"Ed448 to EdDSA", PEM_ED448_PUBLIC, JETON_EDDSA, JETON_OK},
    {"Ed448 to Ed25519", PEM_ED448_PUBLIC, JETON_ED25519, JETON_E_KEY},
    {"OKP to Ed448", PEM_OKP_PUBLIC, JETON_ED448, JETON_E_KEY},
    {"RSA to PS512", PEM_RSA_PUBLIC, JETON_PS512, JETON_OK},
    {"P-384 to ES384", PEM_P384_PUBLIC, JETON_ES384, JETON_OK},
    {"P-521 to ES512", PEM_P521_PUBLIC, JETON_ES512, JETON_OK},
    {"secp256k1 to ES256K", PEM_K256_PUBLIC, JETON_ES256K, JETON_OK},
    {"secp256k1 to ES256", PEM_K256_PUBLIC, JETON_ES256, JETON_E_KEY},
    {"EC to ES256K", PEM_EC_PUBLIC, JETON_ES256K, JETON_E_KEY},
    {"P-384 to ES512", PEM_P384_PUBLIC, JETON_ES512, JETON_E_KEY},
    {"RSA to ES256", PEM_RSA_PUBLIC, JETON_ES256, JETON_E_KEY},
    {"EC to EdDSA", PEM_EC_PUBLIC, JETON_EDDSA, JETON_E_KEY},
    /* the confusion that text taken for a secret makes possible */
    {"RSA to HS256", PEM_RSA_PUBLIC, JETON_HS256, JETON_E_KEY},
    {"RSA to a number that is not in the list", PEM_RSA_PUBLIC, (jeton_alg)99, JETON_E_KEY},
    {"a text to HS256", "correct horse battery staple 123", JETON_HS256, JETON_E_SYNTAX},
};

static void key_from_pem_is_bound_as_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bindings); i++) {
        print_message("  %s\n", bindings[i].why);
        jeton_err err = {0};
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_parse_pem(NULL, jeton_str(bindings[i].pem), bindings[i].alg,
                                             jeton_str("one"), &key, &err),
                         bindings[i].want);
        assert_int_equal(err.status, bindings[i].want);
        assert_int_equal(key != NULL, bindings[i].want == JETON_OK);
        if (key != NULL) {
            assert_int_equal(jeton_key_alg(key), bindings[i].alg);
            unit_assert_span(jeton_key_id(key), "one");
        }
        jeton_key_free(&key);
    }
}

/* ---- DER ------------------------------------------------------------------------------------ */

static void key_from_der_is_the_key_from_pem(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(same); i++) {
        print_message("  %s\n", same[i].why);
        const jeton_span der = der_of(same[i].pem);
        jeton_key *key = BOGUS;
        jeton_key *again = BOGUS;
        jeton_text *bytes = BOGUS;
        jeton_text *text = BOGUS;
        assert_int_equal(
            jeton_key_parse_der(NULL, der, JETON_ALG_UNSET, jeton_str(NULL), &key, NULL), JETON_OK);
        assert_int_equal(jeton_key_print_der(key, same[i].part, &bytes, NULL), JETON_OK);
        assert_int_equal(jeton_key_parse_der(NULL, jeton_text_span(bytes), JETON_ALG_UNSET,
                                             jeton_str(NULL), &again, NULL),
                         JETON_OK);
        assert_int_equal(jeton_key_print(again, same[i].part, &text, NULL), JETON_OK);
        assert_string_equal(jeton_text_chars(text), same[i].jwk);
        jeton_text_free(&text);
        jeton_text_free(&bytes);
        jeton_key_free(&again);
        jeton_key_free(&key);
        der_free(der);
    }
}

static void key_from_der_is_refused_as_elsewhere(void **state)
{
    (void)state;
    static const struct {
        const char *why, *pem;
        jeton_alg alg;
        jeton_status want;
    } rows[] = {
        {"bound to its algorithm", PEM_EC_PUBLIC, JETON_ES256, JETON_OK},
        {"bound to another one", PEM_EC_PUBLIC, JETON_ES384, JETON_E_KEY},
        {"bound as a secret", PEM_RSA_PUBLIC, JETON_HS256, JETON_E_KEY},
        {"RSA of 1024 bits", PEM_RSA_1024, JETON_ALG_UNSET, JETON_E_KEY},
        {"encrypted", PEM_EC_SEALED_SHA256, JETON_ALG_UNSET, JETON_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        const jeton_span der = der_of(rows[i].pem);
        jeton_err err = {0};
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_parse_der(NULL, der, rows[i].alg, jeton_str("one"), &key, &err),
                         rows[i].want);
        assert_int_equal(err.status, rows[i].want);
        assert_int_equal(key != NULL, rows[i].want == JETON_OK);
        if (key != NULL)
            unit_assert_span(jeton_key_id(key), "one");
        jeton_key_free(&key);
        der_free(der);
    }
}

/* "0" is the byte that every DER key begins with. */
static void text_is_not_der(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "0", "0123456789abcdef0123456789abcdef", PEM_EC_PUBLIC,
                                        A3_JWK};
    for (size_t i = 0; i < COUNT(texts); i++) {
        jeton_key *key = BOGUS;
        assert_int_equal(jeton_key_parse_der(NULL, jeton_str(texts[i]), JETON_HS256,
                                             jeton_str(NULL), &key, NULL),
                         JETON_E_SYNTAX);
        assert_null(key);
    }
    uint8_t *large = calloc(1, 64 * 1024 + 1);
    jeton_key *key = BOGUS;
    assert_non_null(large);
    assert_int_equal(jeton_key_parse_der(NULL, jeton_bytes(large, 64 * 1024 + 1), JETON_ALG_UNSET,
                                         jeton_str(NULL), &key, NULL),
                     JETON_E_LIMIT);
    assert_null(key);
    free(large);
}

/* ---- under a passphrase --------------------------------------------------------------------- */

static void key_is_encrypted_and_read_again(void **state)
{
    (void)state;
    jeton_key *key = rfc_key(OKP_JWK);
    jeton_key *again = BOGUS;
    jeton_text *pem = BOGUS;
    jeton_text *text = BOGUS;
    const jeton_span good = jeton_str("correct horse");
    assert_int_equal(jeton_key_print_pem_encrypted(key, good, &pem, NULL), JETON_OK);
    assert_non_null(strstr(jeton_text_chars(pem), "BEGIN ENCRYPTED PRIVATE KEY"));
    assert_int_equal(jeton_key_parse_pem(NULL, jeton_text_span(pem), JETON_ALG_UNSET,
                                         jeton_str(NULL), &again, NULL),
                     JETON_E_UNSUPPORTED);
    assert_int_equal(jeton_key_parse_pem_encrypted(NULL, jeton_text_span(pem), jeton_str("wrong"),
                                                   JETON_ALG_UNSET, jeton_str(NULL), &again, NULL),
                     JETON_E_PASSPHRASE);
    assert_null(again);
    assert_int_equal(jeton_key_parse_pem_encrypted(NULL, jeton_text_span(pem), good, JETON_HS256,
                                                   jeton_str(NULL), &again, NULL),
                     JETON_E_KEY);
    assert_null(again);
    assert_int_equal(jeton_key_parse_pem_encrypted(NULL, jeton_text_span(pem), good, JETON_ED25519,
                                                   jeton_str("one"), &again, NULL),
                     JETON_OK);
    assert_int_equal(jeton_key_alg(again), JETON_ED25519);
    unit_assert_span(jeton_key_id(again), "one");
    assert_int_equal(jeton_key_print_pem(again, JETON_KEY_PRIVATE, &text, NULL), JETON_OK);
    assert_string_equal(jeton_text_chars(text), PEM_OKP_PRIVATE);
    jeton_text_free(&text);
    jeton_text_free(&pem);
    jeton_key_free(&again);
    jeton_key_free(&key);
}

static void what_has_no_private_part_is_neither_der_nor_encrypted(void **state)
{
    (void)state;
    static const char *const jwks[] = {A1_JWK, A2_PUBLIC_JWK};
    for (size_t i = 0; i < COUNT(jwks); i++) {
        jeton_key *key = rfc_key(jwks[i]);
        jeton_text *text = BOGUS;
        assert_int_equal(jeton_key_print_der(key, JETON_KEY_PRIVATE, &text, NULL), JETON_E_KEY_USE);
        assert_null(text);
        text = BOGUS;
        assert_int_equal(jeton_key_print_pem_encrypted(key, jeton_str("p"), &text, NULL),
                         JETON_E_KEY_USE);
        assert_null(text);
        jeton_key_free(&key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_from_pem_is_the_key_from_jwk),
        cmocka_unit_test(key_from_jwk_prints_as_pem),
        cmocka_unit_test(key_prints_no_pem_of_what_it_has_not),
        cmocka_unit_test(key_from_pem_is_bound_as_asked),
        cmocka_unit_test(key_from_der_is_the_key_from_pem),
        cmocka_unit_test(key_from_der_is_refused_as_elsewhere),
        cmocka_unit_test(text_is_not_der),
        cmocka_unit_test(key_is_encrypted_and_read_again),
        cmocka_unit_test(what_has_no_private_part_is_neither_der_nor_encrypted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
