/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_pem.c - jt_pem_parse: the blocks it takes and those it refuses. */
#include "crypto/pem.h"

#include "numbers.h"
#include "pems.h"

static const struct {
    const char *why, *pem;
    jt_pkey_type type;
    bool is_private;
} accepted[] = {
    {"RSA, PKCS #8", PEM_RSA_PRIVATE, JT_PKEY_RSA, true},
    {"RSA, PKCS #1", PEM_RSA_OLD_PRIVATE, JT_PKEY_RSA, true},
    {"RSA, public", PEM_RSA_PUBLIC, JT_PKEY_RSA, false},
    {"RSA, public PKCS #1", PEM_RSA_OLD_PUBLIC, JT_PKEY_RSA, false},
    {"EC, PKCS #8", PEM_EC_PRIVATE, JT_PKEY_P256, true},
    {"EC, SEC 1", PEM_EC_OLD_PRIVATE, JT_PKEY_P256, true},
    {"EC, public", PEM_EC_PUBLIC, JT_PKEY_P256, false},
    {"P-384", PEM_P384_PRIVATE, JT_PKEY_P384, true},
    {"P-384, public", PEM_P384_PUBLIC, JT_PKEY_P384, false},
    {"P-521", PEM_P521_PRIVATE, JT_PKEY_P521, true},
    {"P-521, public", PEM_P521_PUBLIC, JT_PKEY_P521, false},
    {"secp256k1", PEM_K256_PRIVATE, JT_PKEY_K256, true},
    {"secp256k1, public", PEM_K256_PUBLIC, JT_PKEY_K256, false},
    {"Ed25519", PEM_OKP_PRIVATE, JT_PKEY_ED25519, true},
    {"Ed25519, public", PEM_OKP_PUBLIC, JT_PKEY_ED25519, false},
    {"Ed448", PEM_ED448_PRIVATE, JT_PKEY_ED448, true},
    {"Ed448, public", PEM_ED448_PUBLIC, JT_PKEY_ED448, false},
    {"white space around it", "\r\n \t" PEM_EC_PUBLIC "\n\n", JT_PKEY_P256, false},
};

static void pem_parse_reads_each_kind_of_block(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(accepted); i++) {
        print_message("  %s\n", accepted[i].why);
        jt_pkey *key = BOGUS;
        assert_int_equal(jt_pem_parse(NULL, jeton_str(accepted[i].pem), &key, NULL), JETON_OK);
        assert_int_equal(jt_pkey_type_of(key), accepted[i].type);
        assert_int_equal(jt_pkey_is_private(key), accepted[i].is_private);
        jt_pkey_free(&key);
    }
}

/* The first three are the same key, and so on. */
static void pem_parse_reads_the_same_key_from_old_and_new_forms(void **state)
{
    (void)state;
    static const char *const same[][2] = {
        {PEM_RSA_PRIVATE, PEM_RSA_OLD_PRIVATE},
        {PEM_RSA_PUBLIC, PEM_RSA_OLD_PUBLIC},
        {PEM_EC_PRIVATE, PEM_EC_OLD_PRIVATE},
    };
    for (size_t i = 0; i < COUNT(same); i++) {
        numbers read[2];
        for (size_t j = 0; j < 2; j++) {
            jt_pkey *key = NULL;
            assert_int_equal(jt_pem_parse(NULL, jeton_str(same[i][j]), &key, NULL), JETON_OK);
            numbers_export(key, &read[j]);
            jt_pkey_free(&key);
        }
        assert_memory_equal(&read[0], &read[1], sizeof read[0]);
    }
}

static void pem_print_gives_back_what_was_read(void **state)
{
    (void)state;
    static const struct {
        const char *pem;
        bool with_private;
    } texts[] = {
        {PEM_RSA_PRIVATE, true},   {PEM_EC_PRIVATE, true},    {PEM_OKP_PRIVATE, true},
        {PEM_RSA_PUBLIC, false},   {PEM_EC_PUBLIC, false},    {PEM_OKP_PUBLIC, false},
        {PEM_P384_PRIVATE, true},  {PEM_P521_PRIVATE, true},  {PEM_K256_PRIVATE, true},
        {PEM_P384_PUBLIC, false},  {PEM_P521_PUBLIC, false},  {PEM_K256_PUBLIC, false},
        {PEM_ED448_PRIVATE, true}, {PEM_ED448_PUBLIC, false},
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        jt_pkey *key = NULL;
        jt_buf out = jt_buf_init(NULL);
        assert_int_equal(jt_pem_parse(NULL, jeton_str(texts[i].pem), &key, NULL), JETON_OK);
        assert_int_equal(jt_pem_print(key, texts[i].with_private, &out, NULL), JETON_OK);
        unit_assert_span(jt_buf_span(&out), texts[i].pem);
        jt_buf_done(&out);
        jt_pkey_free(&key);
    }
}

static void pem_print_gives_the_public_half_of_a_private_key(void **state)
{
    (void)state;
    jt_pkey *key = NULL;
    jt_buf out = jt_buf_init(NULL);
    assert_int_equal(jt_pem_parse(NULL, jeton_str(PEM_EC_PRIVATE), &key, NULL), JETON_OK);
    assert_int_equal(jt_pem_print(key, false, &out, NULL), JETON_OK);
    unit_assert_span(jt_buf_span(&out), PEM_EC_PUBLIC);
    jt_pkey_free(&key);

    out.len = 0;
    assert_int_equal(jt_pem_parse(NULL, jeton_str(PEM_EC_PUBLIC), &key, NULL), JETON_OK);
    assert_int_equal(jt_pem_print(key, true, &out, NULL), JETON_E_KEY_USE);
    assert_int_equal(out.len, 0);
    jt_pkey_free(&key);
    jt_buf_done(&out);
}

#define BODY "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKSexBRK64+3c/kZ4KBKLrSkDJpkZ\n"

static const struct {
    const char *why, *pem;
    jeton_status want;
} refused[] = {
    {"nothing", "", JETON_E_SYNTAX},
    {"a text", "correct horse battery staple", JETON_E_SYNTAX},
    {"a JWK", "{\"kty\":\"oct\",\"k\":\"AQ\"}", JETON_E_SYNTAX},
    {"a text in front", "key:\n" PEM_EC_PUBLIC, JETON_E_SYNTAX},
    {"a text behind", PEM_EC_PUBLIC "key", JETON_E_SYNTAX},
    {"two blocks", PEM_EC_PUBLIC PEM_RSA_PUBLIC, JETON_E_SYNTAX},
    {"parameters in front", PEM_EC_PARAMETERS PEM_EC_OLD_PRIVATE, JETON_E_SYNTAX},
    {"parameters only", PEM_EC_PARAMETERS, JETON_E_SYNTAX},
    {"no end", "-----BEGIN PUBLIC KEY-----\n" BODY, JETON_E_SYNTAX},
    {"another end", "-----BEGIN PUBLIC KEY-----\n" BODY "-----END PRIVATE KEY-----\n",
     JETON_E_SYNTAX},
    {"no content", "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", JETON_E_SYNTAX},
    {"not base64", "-----BEGIN PUBLIC KEY-----\n????\n-----END PUBLIC KEY-----\n", JETON_E_SYNTAX},
    {"half a key", "-----BEGIN PUBLIC KEY-----\n" BODY "-----END PUBLIC KEY-----\n", JETON_E_KEY},
    {"not a key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", JETON_E_KEY},
    {"another label", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n", JETON_E_SYNTAX},
    {"not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
     JETON_E_KEY},
    {"encrypted", PEM_EC_ENCRYPTED, JETON_E_UNSUPPORTED},
    {"encrypted in the old way", PEM_EC_OLD_ENCRYPTED, JETON_E_UNSUPPORTED},
    {"a curve written out", PEM_EC_EXPLICIT, JETON_E_UNSUPPORTED},
    {"a curve written out, private", PEM_EC_EXPLICIT_PRIVATE, JETON_E_UNSUPPORTED},
    {"another curve of 256 bits", PEM_BRAINPOOL, JETON_E_UNSUPPORTED},
    {"a key that cannot sign", PEM_X25519, JETON_E_UNSUPPORTED},
    {"RSA bound to PSS", PEM_RSA_PSS, JETON_E_UNSUPPORTED},
    {"RSA of 1024 bits", PEM_RSA_1024, JETON_E_KEY},
};

static void pem_parse_refuses_everything_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jeton_err err = {0};
        jt_pkey *key = BOGUS;
        assert_int_equal(jt_pem_parse(NULL, jeton_str(refused[i].pem), &key, &err),
                         refused[i].want);
        assert_null(key);
        assert_int_equal(err.status, refused[i].want);
    }
}

/* A block says what it holds; a label that says otherwise is a mistake or an attack. */
static void pem_parse_refuses_content_of_another_label(void **state)
{
    (void)state;
    static const char *const labels[] = {"PUBLIC KEY", "PRIVATE KEY", "RSA PUBLIC KEY",
                                         "RSA PRIVATE KEY", "EC PRIVATE KEY"};
    static const char body[] =
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7\n"
        "6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==\n"; /* a PUBLIC KEY */
    for (size_t i = 0; i < COUNT(labels); i++) {
        print_message("  %s\n", labels[i]);
        jt_buf pem = jt_buf_init(NULL);
        assert_int_equal(jt_buf_addf(&pem, NULL, "-----BEGIN %s-----\n%s-----END %s-----\n",
                                     labels[i], body, labels[i]),
                         JETON_OK);
        jt_pkey *key = BOGUS;
        assert_int_equal(jt_pem_parse(NULL, jt_buf_span(&pem), &key, NULL),
                         i == 0 ? JETON_OK : JETON_E_KEY);
        jt_pkey_free(&key);
        jt_buf_done(&pem);
    }
}

static void pem_parse_refuses_texts_beyond_the_limit(void **state)
{
    (void)state;
    jt_buf pem = jt_buf_init(NULL);
    assert_int_equal(jt_buf_add(&pem, jeton_str(PEM_EC_PUBLIC), NULL), JETON_OK);
    while (pem.len < 64 * 1024)
        assert_int_equal(jt_buf_add(&pem, jeton_str("\n"), NULL), JETON_OK);
    jt_pkey *key = BOGUS;
    assert_int_equal(jt_pem_parse(NULL, jt_buf_span(&pem), &key, NULL), JETON_OK);
    jt_pkey_free(&key);
    assert_int_equal(jt_buf_add(&pem, jeton_str("\n"), NULL), JETON_OK);
    assert_int_equal(jt_pem_parse(NULL, jt_buf_span(&pem), &key, NULL), JETON_E_LIMIT);
    assert_null(key);
    jt_buf_done(&pem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pem_parse_reads_each_kind_of_block),
        cmocka_unit_test(pem_parse_reads_the_same_key_from_old_and_new_forms),
        cmocka_unit_test(pem_print_gives_back_what_was_read),
        cmocka_unit_test(pem_print_gives_the_public_half_of_a_private_key),
        cmocka_unit_test(pem_parse_refuses_everything_else),
        cmocka_unit_test(pem_parse_refuses_content_of_another_label),
        cmocka_unit_test(pem_parse_refuses_texts_beyond_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
