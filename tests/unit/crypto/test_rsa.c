/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_rsa.c - RSA signatures: what verifies, and that nothing else does. */
#include "crypto/rsa.h"

#include "crypto/pkey_kind.h"
#include "digest.h"
#include "numbers.h"

#include <openssl/rsa.h>

#define LEN 256U

static const char text[] = "header.payload";

/* Both schemes keep the same rules. */
static const struct scheme {
    const char *name;
    jeton_status (*sign)(const jt_pkey *key, jt_hash hash, const uint8_t *digest, uint8_t *sig,
                         size_t *len, jeton_err *err);
    jeton_status (*verify)(const jt_pkey *key, jt_hash hash, const uint8_t *digest, jeton_span sig,
                           jeton_err *err);
} schemes[] = {
    {"PKCS #1 v1.5", jt_rsa_sign, jt_rsa_verify},
    {"PSS", jt_rsa_pss_sign, jt_rsa_pss_verify},
};

static void sign(const struct scheme *with, uint8_t sig[LEN])
{
    size_t len = LEN;
    print_message("  %s\n", with->name);
    assert_int_equal(with->sign(numbers_key(JT_PKEY_RSA), JT_SHA256,
                                digest_of(JT_SHA256, jeton_str(text)), sig, &len, NULL),
                     JETON_OK);
    assert_int_equal(len, LEN);
}

static jeton_status verify(const struct scheme *with, const jt_pkey *key, const uint8_t sig[LEN])
{
    return with->verify(key, JT_SHA256, digest_of(JT_SHA256, jeton_str(text)),
                        jeton_bytes(sig, LEN), NULL);
}

static void assert_refused(const struct scheme *with, const jt_pkey *key, const char *input,
                           jeton_span sig)
{
    jeton_err err = {0};
    assert_int_equal(
        with->verify(key, JT_SHA256, digest_of(JT_SHA256, jeton_str(input)), sig, &err),
        JETON_E_SIGNATURE);
    assert_int_equal(err.status, JETON_E_SIGNATURE);
}

static void rsa_verifies_its_signature_with_the_public_key(void **state)
{
    (void)state;
    jt_pkey *key = numbers_public_key(JT_PKEY_RSA);
    for (size_t i = 0; i < COUNT(schemes); i++) {
        uint8_t sig[LEN];
        sign(&schemes[i], sig);
        assert_int_equal(verify(&schemes[i], key, sig), JETON_OK);
    }
    jt_pkey_free(&key);
}

/* One scheme and hash has signed; of all schemes and hashes only the same ones verify. */
static void assert_verified_by_one(const struct scheme *with, jt_hash hash, jeton_span sig)
{
    for (size_t i = 0; i < COUNT(schemes); i++)
        for (size_t other = 0; other < JT_HASH_COUNT; other++) {
            const bool same = &schemes[i] == with && other == (size_t)hash;
            assert_int_equal(schemes[i].verify(numbers_key(JT_PKEY_RSA), (jt_hash)other,
                                               digest_of((jt_hash)other, jeton_str(text)), sig,
                                               NULL),
                             same ? JETON_OK : JETON_E_SIGNATURE);
        }
}

static void rsa_signs_with_every_scheme_and_hash(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(schemes); i++)
        for (size_t hash = 0; hash < JT_HASH_COUNT; hash++) {
            uint8_t sig[LEN];
            size_t len = LEN;
            assert_int_equal(schemes[i].sign(numbers_key(JT_PKEY_RSA), (jt_hash)hash,
                                             digest_of((jt_hash)hash, jeton_str(text)), sig, &len,
                                             NULL),
                             JETON_OK);
            assert_verified_by_one(&schemes[i], (jt_hash)hash, jeton_bytes(sig, len));
        }
}

static void rsa_refuses_what_differs(void **state)
{
    (void)state;
    const jt_pkey *key = numbers_key(JT_PKEY_RSA);
    jt_pkey *other = NULL;
    assert_int_equal(jt_pkey_generate(NULL, JT_PKEY_RSA, &other, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(schemes); i++) {
        uint8_t sig[LEN] = {0};
        sign(&schemes[i], sig);
        for (size_t byte = 0; byte < LEN; byte += 17) {
            sig[byte] ^= 1;
            assert_refused(&schemes[i], key, text, jeton_bytes(sig, LEN));
            sig[byte] ^= 1;
        }
        assert_refused(&schemes[i], key, "header.payloae", jeton_bytes(sig, LEN));
        assert_refused(&schemes[i], key, "", jeton_bytes(sig, LEN));
        assert_refused(&schemes[i], other, text, jeton_bytes(sig, LEN));
    }
    jt_pkey_free(&other);
}

static void rsa_refuses_signatures_of_another_length(void **state)
{
    (void)state;
    const jt_pkey *key = numbers_key(JT_PKEY_RSA);
    uint8_t sig[LEN + 2] = {0};
    const jeton_span spans[] = {
        jeton_bytes(sig, 0),           jeton_bytes(sig + 1, 1),   jeton_bytes(sig + 1, LEN - 1),
        jeton_bytes(sig + 2, LEN - 1), jeton_bytes(sig, LEN + 1), jeton_bytes(sig + 1, LEN + 1),
    };
    for (size_t i = 0; i < COUNT(schemes); i++) {
        sign(&schemes[i], sig + 1); /* with a zero in front and behind: the number stays the same */
        for (size_t j = 0; j < COUNT(spans); j++)
            assert_refused(&schemes[i], key, text, spans[j]);
        assert_int_equal(verify(&schemes[i], key, sig + 1), JETON_OK);
    }
}

static void rsa_refuses_numbers_beyond_the_modulus(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(schemes); i++) {
        uint8_t sig[LEN];
        memset(sig, 0xff, sizeof sig);
        assert_refused(&schemes[i], numbers_key(JT_PKEY_RSA), text, jeton_bytes(sig, LEN));
        memset(sig, 0, sizeof sig);
        assert_refused(&schemes[i], numbers_key(JT_PKEY_RSA), text, jeton_bytes(sig, LEN));
    }
}

/* On the same prepared contexts. */
static void rsa_verifies_again_after_a_refusal(void **state)
{
    (void)state;
    const jt_pkey *key = numbers_key(JT_PKEY_RSA);
    for (size_t i = 0; i < COUNT(schemes); i++) {
        uint8_t sig[LEN];
        sign(&schemes[i], sig);
        for (int again = 0; again < 5; again++) {
            assert_int_equal(verify(&schemes[i], key, sig), JETON_OK);
            assert_refused(&schemes[i], key, "another text", jeton_bytes(sig, LEN));
        }
    }
}

/* RFC 7518 §3.5: the salt is as long as the hash. OpenSSL makes others too. */
static void rsa_refuses_pss_with_another_salt(void **state)
{
    (void)state;
    static const int salts[] = {0, 20, 31, 33, 222};
    uint8_t digest[JT_HASH_MAX];
    jt_sha2_once(JT_SHA256, jeton_str(text), digest);
    const jt_pkey *key = numbers_key(JT_PKEY_RSA);
    for (size_t i = 0; i < COUNT(salts); i++) {
        uint8_t sig[LEN];
        size_t len = LEN;
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->evp, NULL);
        assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING), 1);
        assert_int_equal(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()), 1);
        assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salts[i]), 1);
        assert_int_equal(EVP_PKEY_sign(ctx, sig, &len, digest, jt_hash_len(JT_SHA256)), 1);
        EVP_PKEY_CTX_free(ctx);
        assert_refused(&schemes[1], key, text, jeton_bytes(sig, len));
    }
}

static void rsa_does_not_sign_without_room_or_private_key(void **state)
{
    (void)state;
    jt_pkey *key = numbers_public_key(JT_PKEY_RSA);
    for (size_t i = 0; i < COUNT(schemes); i++) {
        uint8_t sig[LEN];
        size_t len = LEN - 1;
        const uint8_t *input = digest_of(JT_SHA256, jeton_str(text));
        assert_int_equal(
            schemes[i].sign(numbers_key(JT_PKEY_RSA), JT_SHA256, input, sig, &len, NULL),
            JETON_E_ARGUMENT);
        len = LEN;
        assert_int_equal(schemes[i].sign(key, JT_SHA256, input, sig, &len, NULL), JETON_E_CRYPTO);
    }
    jt_pkey_free(&key);
}

/* An application that uses OpenSSL too looks there for its own failures. */
static void rsa_leaves_the_error_queue_as_it_was(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(schemes); i++) {
        uint8_t sig[LEN] = {0};
        ERR_clear_error();
        assert_refused(&schemes[i], numbers_key(JT_PKEY_RSA), text, jeton_bytes(sig, LEN));
        assert_int_equal(ERR_peek_error(), 0);

        ERR_raise(ERR_LIB_USER, 7);
        assert_refused(&schemes[i], numbers_key(JT_PKEY_RSA), text, jeton_bytes(sig, LEN));
        assert_int_equal(ERR_GET_REASON(ERR_get_error()), 7);
        assert_int_equal(ERR_get_error(), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsa_verifies_its_signature_with_the_public_key),
        cmocka_unit_test(rsa_signs_with_every_scheme_and_hash),
        cmocka_unit_test(rsa_refuses_what_differs),
        cmocka_unit_test(rsa_refuses_signatures_of_another_length),
        cmocka_unit_test(rsa_refuses_numbers_beyond_the_modulus),
        cmocka_unit_test(rsa_verifies_again_after_a_refusal),
        cmocka_unit_test(rsa_refuses_pss_with_another_salt),
        cmocka_unit_test(rsa_does_not_sign_without_room_or_private_key),
        cmocka_unit_test(rsa_leaves_the_error_queue_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
