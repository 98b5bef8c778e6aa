/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_ed25519.c - Ed25519 signatures: what verifies, and that nothing else does.
 */
#include "crypto/ed25519.h"

#include "hex.h"
#include "numbers.h"

#define LEN 64U

static const char text[] = "header.payload";

/* RFC 8032 §7.1 */
static const struct {
    const char *why, *d, *x, *message, *sig;
} vectors[] = {
    {"test 1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "4"
     "6bd25bf5f0595bbe24655141438e7a100b"},
    {"test 2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d"
     "8c387b2eaeb4302aeeb00d291612bb0c00"},
};

static void ed25519_gives_the_signatures_of_rfc_8032(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        print_message("  %s\n", vectors[i].why);
        uint8_t d[32];
        uint8_t x[32];
        uint8_t message[32];
        uint8_t sig[LEN];
        size_t len = LEN;
        const jt_numbers pair = {{hex_parse(jeton_str(vectors[i].x), x, sizeof x),
                                  hex_parse(jeton_str(vectors[i].d), d, sizeof d)}};
        const jeton_span input = hex_parse(jeton_str(vectors[i].message), message, sizeof message);
        jt_pkey *key = NULL;
        assert_int_equal(jt_pkey_import(NULL, JT_PKEY_ED25519, &pair, &key, NULL), JETON_OK);
        assert_int_equal(jt_ed25519_sign(key, input, sig, &len, NULL), JETON_OK);
        hex_assert(sig, len, vectors[i].sig);
        assert_int_equal(jt_ed25519_verify(key, input, jeton_bytes(sig, len), NULL), JETON_OK);
        jt_pkey_free(&key);
    }
}

static void ed25519_refuses_what_differs(void **state)
{
    (void)state;
    jt_pkey *key = numbers_public_key(JT_PKEY_ED25519);
    uint8_t sig[LEN + 1] = {0};
    size_t len = LEN;
    assert_int_equal(
        jt_ed25519_sign(numbers_key(JT_PKEY_ED25519), jeton_str(text), sig, &len, NULL), JETON_OK);
    assert_int_equal(jt_ed25519_verify(key, jeton_str(text), jeton_bytes(sig, len), NULL),
                     JETON_OK);
    for (size_t bit = 0; bit < 8 * LEN; bit++) {
        sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_equal(jt_ed25519_verify(key, jeton_str(text), jeton_bytes(sig, len), NULL),
                         JETON_E_SIGNATURE);
        sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(jt_ed25519_verify(key, jeton_str("x"), jeton_bytes(sig, len), NULL),
                     JETON_E_SIGNATURE);
    for (size_t other = 0; other <= LEN + 1; other++)
        assert_int_equal(jt_ed25519_verify(key, jeton_str(text), jeton_bytes(sig, other), NULL),
                         other == LEN ? JETON_OK : JETON_E_SIGNATURE);
    jt_pkey_free(&key);
}

/* S is below the order of the group (RFC 8032 §5.1.7), or each signature had a second form. */
static void ed25519_refuses_the_other_form_of_a_signature(void **state)
{
    (void)state;
    static const uint8_t group[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
                                      0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10};
    uint8_t sig[LEN];
    size_t len = LEN;
    const jt_pkey *key = numbers_key(JT_PKEY_ED25519);
    assert_int_equal(jt_ed25519_sign(key, jeton_str(text), sig, &len, NULL), JETON_OK);
    unsigned carry = 0;
    for (size_t i = 0; i < 32; i++) {
        carry += (unsigned)sig[32 + i] + group[i];
        sig[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_int_equal(jt_ed25519_verify(key, jeton_str(text), jeton_bytes(sig, len), NULL),
                     JETON_E_SIGNATURE);
}

static void ed25519_does_not_sign_without_room_or_private_key(void **state)
{
    (void)state;
    uint8_t sig[LEN];
    size_t len = LEN - 1;
    assert_int_equal(
        jt_ed25519_sign(numbers_key(JT_PKEY_ED25519), jeton_str(text), sig, &len, NULL),
        JETON_E_ARGUMENT);
    len = LEN;
    jt_pkey *key = numbers_public_key(JT_PKEY_ED25519);
    assert_int_equal(jt_ed25519_sign(key, jeton_str(text), sig, &len, NULL), JETON_E_CRYPTO);
    jt_pkey_free(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ed25519_gives_the_signatures_of_rfc_8032),
        cmocka_unit_test(ed25519_refuses_what_differs),
        cmocka_unit_test(ed25519_refuses_the_other_form_of_a_signature),
        cmocka_unit_test(ed25519_does_not_sign_without_room_or_private_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
