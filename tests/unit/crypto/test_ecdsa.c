/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_ecdsa.c - ECDSA signatures: what verifies, and that nothing else does. */
#include "crypto/ecdsa.h"

#include "crypto/ecdsa_der.h"
#include "numbers.h"

#define HALF 32U
#define LEN  (2U * HALF)

static const char text[] = "header.payload";

static const uint8_t order[HALF] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

static void sign(uint8_t sig[LEN])
{
    size_t len = LEN;
    assert_int_equal(
        jt_ecdsa_sign(numbers_key(JT_PKEY_P256), JT_SHA256, jeton_str(text), sig, &len, NULL),
        JETON_OK);
    assert_int_equal(len, LEN);
}

static jeton_status verify(const char *input, jeton_span sig)
{
    return jt_ecdsa_verify(numbers_key(JT_PKEY_P256), JT_SHA256, jeton_str(input), sig, NULL);
}

/* Often enough for r or s to start with zero bytes now and then. */
static void ecdsa_verifies_its_signatures_with_the_public_key(void **state)
{
    (void)state;
    jt_pkey *key = numbers_public_key(JT_PKEY_P256);
    for (int i = 0; i < 600; i++) {
        uint8_t sig[LEN];
        sign(sig);
        assert_int_equal(
            jt_ecdsa_verify(key, JT_SHA256, jeton_str(text), jeton_bytes(sig, LEN), NULL),
            JETON_OK);
    }
    jt_pkey_free(&key);
}

static void ecdsa_refuses_what_differs(void **state)
{
    (void)state;
    uint8_t sig[LEN];
    sign(sig);
    for (size_t bit = 0; bit < 8 * LEN; bit += 5) {
        sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(verify(text, jeton_bytes(sig, LEN)), JETON_E_SIGNATURE);
        sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(verify("header.payloae", jeton_bytes(sig, LEN)), JETON_E_SIGNATURE);
    assert_int_equal(verify(text, jeton_bytes(sig, LEN)), JETON_OK); /* also after refusals */

    jt_pkey *other = NULL;
    assert_int_equal(jt_pkey_generate(NULL, JT_PKEY_P256, &other, NULL), JETON_OK);
    assert_int_equal(
        jt_ecdsa_verify(other, JT_SHA256, jeton_str(text), jeton_bytes(sig, LEN), NULL),
        JETON_E_SIGNATURE);
    jt_pkey_free(&other);
}

static void ecdsa_refuses_signatures_of_another_length(void **state)
{
    (void)state;
    uint8_t sig[LEN + 2] = {0};
    sign(sig + 1);
    assert_int_equal(verify(text, jeton_bytes(sig + 1, 0)), JETON_E_SIGNATURE);
    assert_int_equal(verify(text, jeton_bytes(sig + 1, LEN - 1)), JETON_E_SIGNATURE);
    assert_int_equal(verify(text, jeton_bytes(sig + 1, LEN + 1)), JETON_E_SIGNATURE);
    assert_int_equal(verify(text, jeton_bytes(sig, LEN + 1)), JETON_E_SIGNATURE);
    assert_int_equal(verify(text, jeton_bytes(sig + 1, LEN)), JETON_OK);
}

static void ecdsa_refuses_the_der_form(void **state)
{
    (void)state;
    uint8_t sig[LEN];
    uint8_t der[JT_ECDSA_DER_MAX];
    sign(sig);
    const size_t len = jt_ecdsa_der_print(jeton_bytes(sig, LEN), der);
    assert_int_equal(verify(text, jeton_bytes(der, len)), JETON_E_SIGNATURE);
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

static void ecdsa_refuses_r_and_s_out_of_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(out_of_range); i++)
        for (unsigned which = 1; which <= 3; which++) { /* r, s, both */
            print_message("  %s, %u\n", out_of_range[i].why, which);
            uint8_t sig[LEN];
            sign(sig);
            for (unsigned half = 0; half < 2; half++) {
                if ((which & 1U << half) == 0)
                    continue;
                uint8_t *at = sig + half * HALF;
                memcpy(at, order, HALF);
                at[HALF - 1] = (uint8_t)(at[HALF - 1] + out_of_range[i].last);
                if (out_of_range[i].is_zero)
                    memset(at, 0, HALF);
            }
            jeton_err err = {0};
            assert_int_equal(jt_ecdsa_verify(numbers_key(JT_PKEY_P256), JT_SHA256, jeton_str(text),
                                             jeton_bytes(sig, LEN), &err),
                             JETON_E_SIGNATURE);
            assert_string_equal(err.text, "ECDSA signature out of range");
        }
}

static void ecdsa_does_not_sign_without_room_or_private_key(void **state)
{
    (void)state;
    uint8_t sig[LEN];
    size_t len = LEN - 1;
    assert_int_equal(
        jt_ecdsa_sign(numbers_key(JT_PKEY_P256), JT_SHA256, jeton_str(text), sig, &len, NULL),
        JETON_E_ARGUMENT);
    len = LEN;
    jt_pkey *key = numbers_public_key(JT_PKEY_P256);
    assert_int_equal(jt_ecdsa_sign(key, JT_SHA256, jeton_str(text), sig, &len, NULL),
                     JETON_E_CRYPTO);
    jt_pkey_free(&key);
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
