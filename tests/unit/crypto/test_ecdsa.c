/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_ecdsa.c - ECDSA signatures: what verifies, and that nothing else does. */
#include "crypto/ecdsa.h"

#include "crypto/ecdsa_der.h"
#include "digest.h"
#include "hex.h"
#include "numbers.h"

#define HALF_MAX 66U
#define LEN_MAX  (2U * HALF_MAX)

static const char text[] = "header.payload";

/* What JWS pairs, and the order of the curve (SP 800-186 §3.2.1, SEC 2 §2.4.1). */
static const struct curve {
    const char *name;
    jt_pkey_type type;
    jt_hash hash;
    size_t half;
    const char *order;
} curves[] = {
    {"P-256", JT_PKEY_P256, JT_SHA256, 32,
     "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"},
    {"P-384", JT_PKEY_P384, JT_SHA384, 48,
     "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
     "581a0db248b0a77aecec196accc52973"},
    {"P-521", JT_PKEY_P521, JT_SHA512, 66,
     "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148"
     "f709a5d03bb5c9b8899c47aebb6fb71e91386409"},
    {"secp256k1", JT_PKEY_K256, JT_SHA256, 32,
     "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"},
};

static void sign(const struct curve *on, uint8_t sig[LEN_MAX])
{
    size_t len = LEN_MAX;
    assert_int_equal(jt_ecdsa_sign(numbers_key(on->type), on->hash,
                                   digest_of(on->hash, jeton_str(text)), sig, &len, NULL),
                     JETON_OK);
    assert_int_equal(len, 2 * on->half);
}

static jeton_status verify(const struct curve *on, const char *input, jeton_span sig)
{
    return jt_ecdsa_verify(numbers_key(on->type), on->hash, digest_of(on->hash, jeton_str(input)),
                           sig, NULL);
}

/* Often enough for r or s to start with zero bytes now and then. */
static void ecdsa_verifies_its_signatures_with_the_public_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(curves); i++) {
        print_message("  %s\n", curves[i].name);
        jt_pkey *key = numbers_public_key(curves[i].type);
        for (int again = 0; again < (i == 0 ? 600 : 50); again++) {
            uint8_t sig[LEN_MAX];
            sign(&curves[i], sig);
            assert_int_equal(jt_ecdsa_verify(key, curves[i].hash,
                                             digest_of(curves[i].hash, jeton_str(text)),
                                             jeton_bytes(sig, 2 * curves[i].half), NULL),
                             JETON_OK);
        }
        jt_pkey_free(&key);
    }
}

static void assert_refuses_changes(const struct curve *on, const jt_pkey *other)
{
    uint8_t sig[LEN_MAX];
    sign(on, sig);
    const jeton_span span = jeton_bytes(sig, 2 * on->half);
    for (size_t bit = 0; bit < 8 * span.len; bit += 5) {
        sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(verify(on, text, span), JETON_E_SIGNATURE);
        sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(verify(on, "header.payloae", span), JETON_E_SIGNATURE);
    assert_int_equal(verify(on, text, span), JETON_OK); /* also after refusals */
    assert_int_equal(
        jt_ecdsa_verify(other, on->hash, digest_of(on->hash, jeton_str(text)), span, NULL),
        JETON_E_SIGNATURE);
}

static void ecdsa_refuses_what_differs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(curves); i++) {
        print_message("  %s\n", curves[i].name);
        jt_pkey *other = NULL;
        assert_int_equal(jt_pkey_generate(NULL, curves[i].type, &other, NULL), JETON_OK);
        assert_refuses_changes(&curves[i], other);
        jt_pkey_free(&other);
    }
}

static void ecdsa_refuses_signatures_of_another_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(curves); i++) {
        print_message("  %s\n", curves[i].name);
        const struct curve *on = &curves[i];
        const size_t len = 2 * on->half;
        uint8_t sig[LEN_MAX + 2] = {0};
        sign(on, sig + 1);
        assert_int_equal(verify(on, text, jeton_bytes(sig + 1, 0)), JETON_E_SIGNATURE);
        assert_int_equal(verify(on, text, jeton_bytes(sig + 1, len - 1)), JETON_E_SIGNATURE);
        assert_int_equal(verify(on, text, jeton_bytes(sig + 1, len + 1)), JETON_E_SIGNATURE);
        assert_int_equal(verify(on, text, jeton_bytes(sig, len + 1)), JETON_E_SIGNATURE);
        assert_int_equal(verify(on, text, jeton_bytes(sig + 1, len)), JETON_OK);
    }
}

static void ecdsa_refuses_the_der_form(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(curves); i++) {
        print_message("  %s\n", curves[i].name);
        uint8_t sig[LEN_MAX];
        uint8_t der[JT_ECDSA_DER_MAX];
        sign(&curves[i], sig);
        const size_t len = jt_ecdsa_der_print(jeton_bytes(sig, 2 * curves[i].half), der);
        assert_int_equal(verify(&curves[i], text, jeton_bytes(der, len)), JETON_E_SIGNATURE);
    }
}

/* What stands in for r or s. */
static const struct {
    const char *why;
    int last; /* added to the order's last byte; the order itself is 0 */
    bool is_zero;
} out_of_range[] = {
    {"zero", 0, true},
    {"the order", 0, false},
    {"the order and one", 1, false},
};

static void assert_range_matters(const struct curve *on, size_t case_no, unsigned which)
{
    uint8_t sig[LEN_MAX];
    sign(on, sig);
    for (unsigned half = 0; half < 2; half++) {
        if ((which & 1U << half) == 0)
            continue;
        uint8_t *at = sig + half * on->half;
        (void)hex_parse(jeton_str(on->order), at, on->half);
        at[on->half - 1] = (uint8_t)(at[on->half - 1] + out_of_range[case_no].last);
        if (out_of_range[case_no].is_zero)
            memset(at, 0, on->half);
    }
    jeton_err err = {0};
    assert_int_equal(jt_ecdsa_verify(numbers_key(on->type), on->hash,
                                     digest_of(on->hash, jeton_str(text)),
                                     jeton_bytes(sig, 2 * on->half), &err),
                     JETON_E_SIGNATURE);
    assert_string_equal(err.text, "ECDSA signature out of range");
}

static void ecdsa_refuses_r_and_s_out_of_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(curves); i++)
        for (size_t j = 0; j < COUNT(out_of_range); j++)
            for (unsigned which = 1; which <= 3; which++) { /* r, s, both */
                print_message("  %s: %s, %u\n", curves[i].name, out_of_range[j].why, which);
                assert_range_matters(&curves[i], j, which);
            }
}

static void ecdsa_does_not_sign_without_room_or_private_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(curves); i++) {
        print_message("  %s\n", curves[i].name);
        uint8_t sig[LEN_MAX];
        size_t len = 2 * curves[i].half - 1;
        const uint8_t *input = digest_of(curves[i].hash, jeton_str(text));
        jt_pkey *key = numbers_public_key(curves[i].type);
        assert_int_equal(
            jt_ecdsa_sign(numbers_key(curves[i].type), curves[i].hash, input, sig, &len, NULL),
            JETON_E_ARGUMENT);
        len = sizeof sig;
        assert_int_equal(jt_ecdsa_sign(key, curves[i].hash, input, sig, &len, NULL),
                         JETON_E_CRYPTO);
        jt_pkey_free(&key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ecdsa_verifies_its_signatures_with_the_public_key),
        cmocka_unit_test(ecdsa_refuses_what_differs),
        cmocka_unit_test(ecdsa_refuses_signatures_of_another_length),
        cmocka_unit_test(ecdsa_refuses_the_der_form),
        cmocka_unit_test(ecdsa_refuses_r_and_s_out_of_range),
        cmocka_unit_test(ecdsa_does_not_sign_without_room_or_private_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
