/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_rsa.c - RSA signatures: what verifies, and that nothing else does. */
#include "crypto/rsa.h"

#include "numbers.h"

#include <openssl/err.h>

#define LEN 256U

static const char text[] = "header.payload";

static void sign(uint8_t sig[LEN])
{
    size_t len = LEN;
    assert_int_equal(
        jt_rsa_sign(numbers_key(JT_PKEY_RSA), JT_SHA256, jeton_str(text), sig, &len, NULL),
        JETON_OK);
    assert_int_equal(len, LEN);
}

static void assert_refused(const jt_pkey *key, jt_hash hash, const char *input, jeton_span sig)
{
    jeton_err err = {0};
    assert_int_equal(jt_rsa_verify(key, hash, jeton_str(input), sig, &err), JETON_E_SIGNATURE);
    assert_int_equal(err.status, JETON_E_SIGNATURE);
}

static void rsa_verifies_its_signature_with_the_public_key(void **state)
{
    (void)state;
    jt_pkey *key = numbers_public_key(JT_PKEY_RSA);
    uint8_t sig[LEN];
    sign(sig);
    assert_int_equal(jt_rsa_verify(key, JT_SHA256, jeton_str(text), jeton_bytes(sig, LEN), NULL),
                     JETON_OK);
    jt_pkey_free(&key);
}

static void rsa_signs_with_every_hash(void **state)
{
    (void)state;
    const jt_pkey *key = numbers_key(JT_PKEY_RSA);
    for (size_t hash = 0; hash < JT_HASH_COUNT; hash++) {
        uint8_t sig[LEN];
        size_t len = LEN;
        assert_int_equal(jt_rsa_sign(key, (jt_hash)hash, jeton_str(text), sig, &len, NULL),
                         JETON_OK);
        for (size_t other = 0; other < JT_HASH_COUNT; other++)
            assert_int_equal(
                jt_rsa_verify(key, (jt_hash)other, jeton_str(text), jeton_bytes(sig, len), NULL),
                other == hash ? JETON_OK : JETON_E_SIGNATURE);
    }
}

static void rsa_refuses_what_differs(void **state)
{
    (void)state;
    const jt_pkey *key = numbers_key(JT_PKEY_RSA);
    uint8_t sig[LEN + 1] = {0};
    sign(sig);
    for (size_t byte = 0; byte < LEN; byte += 17) {
        sig[byte] ^= 1;
        assert_refused(key, JT_SHA256, text, jeton_bytes(sig, LEN));
        sig[byte] ^= 1;
    }
    assert_refused(key, JT_SHA256, "header.payloae", jeton_bytes(sig, LEN));
    assert_refused(key, JT_SHA256, "", jeton_bytes(sig, LEN));

    jt_pkey *other = NULL;
    assert_int_equal(jt_pkey_generate(NULL, JT_PKEY_RSA, &other, NULL), JETON_OK);
    assert_refused(other, JT_SHA256, text, jeton_bytes(sig, LEN));
    jt_pkey_free(&other);
}

static void rsa_refuses_signatures_of_another_length(void **state)
{
    (void)state;
    const jt_pkey *key = numbers_key(JT_PKEY_RSA);
    uint8_t sig[LEN + 2] = {0};
    sign(sig + 1); /* with a zero in front and behind, so that the number stays the same */
    const jeton_span spans[] = {
        jeton_bytes(sig, 0),           jeton_bytes(sig + 1, 1),   jeton_bytes(sig + 1, LEN - 1),
        jeton_bytes(sig + 2, LEN - 1), jeton_bytes(sig, LEN + 1), jeton_bytes(sig + 1, LEN + 1),
    };
    for (size_t i = 0; i < COUNT(spans); i++)
        assert_refused(key, JT_SHA256, text, spans[i]);
    assert_int_equal(
        jt_rsa_verify(key, JT_SHA256, jeton_str(text), jeton_bytes(sig + 1, LEN), NULL), JETON_OK);
}

static void rsa_refuses_numbers_beyond_the_modulus(void **state)
{
    (void)state;
    uint8_t sig[LEN];
    memset(sig, 0xff, sizeof sig);
    assert_refused(numbers_key(JT_PKEY_RSA), JT_SHA256, text, jeton_bytes(sig, LEN));
    memset(sig, 0, sizeof sig);
    assert_refused(numbers_key(JT_PKEY_RSA), JT_SHA256, text, jeton_bytes(sig, LEN));
}

static void rsa_verifies_again_after_a_refusal(void **state)
{
    (void)state;
    const jt_pkey *key = numbers_key(JT_PKEY_RSA);
    uint8_t sig[LEN];
    sign(sig);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(
            jt_rsa_verify(key, JT_SHA256, jeton_str(text), jeton_bytes(sig, LEN), NULL), JETON_OK);
        assert_refused(key, JT_SHA256, "another text", jeton_bytes(sig, LEN));
    }
}

static void rsa_does_not_sign_without_room_or_private_key(void **state)
{
    (void)state;
    uint8_t sig[LEN];
    size_t len = LEN - 1;
    jeton_err err = {0};
    assert_int_equal(
        jt_rsa_sign(numbers_key(JT_PKEY_RSA), JT_SHA256, jeton_str(text), sig, &len, &err),
        JETON_E_ARGUMENT);
    len = LEN;
    jt_pkey *key = numbers_public_key(JT_PKEY_RSA);
    assert_int_equal(jt_rsa_sign(key, JT_SHA256, jeton_str(text), sig, &len, NULL), JETON_E_CRYPTO);
    jt_pkey_free(&key);
}

/* An application that uses OpenSSL too looks there for its own failures. */
static void rsa_leaves_the_error_queue_as_it_was(void **state)
{
    (void)state;
    uint8_t sig[LEN] = {0};
    ERR_clear_error();
    assert_refused(numbers_key(JT_PKEY_RSA), JT_SHA256, text, jeton_bytes(sig, LEN));
    assert_int_equal(ERR_peek_error(), 0);

    ERR_raise(ERR_LIB_USER, 7);
    assert_refused(numbers_key(JT_PKEY_RSA), JT_SHA256, text, jeton_bytes(sig, LEN));
    assert_int_equal(ERR_GET_REASON(ERR_get_error()), 7);
    assert_int_equal(ERR_get_error(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsa_verifies_its_signature_with_the_public_key),
        cmocka_unit_test(rsa_signs_with_every_hash),
        cmocka_unit_test(rsa_refuses_what_differs),
        cmocka_unit_test(rsa_refuses_signatures_of_another_length),
        cmocka_unit_test(rsa_refuses_numbers_beyond_the_modulus),
        cmocka_unit_test(rsa_verifies_again_after_a_refusal),
        cmocka_unit_test(rsa_does_not_sign_without_room_or_private_key),
        cmocka_unit_test(rsa_leaves_the_error_queue_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
