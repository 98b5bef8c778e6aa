/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_pure.c - Ed448 and ML-DSA signatures: what verifies, and that nothing else
 * does. */
#include "crypto/pure.h"

#include "hex.h"
#include "numbers.h"

#define LEN_MAX 4627U

static const char text[] = "header.payload";

static const struct scheme {
    const char *name;
    jt_pkey_type type;
    size_t len;
} schemes[] = {
    {"Ed448", JT_PKEY_ED448, 114},
    {"ML-DSA-44", JT_PKEY_ML_DSA_44, 2420},
    {"ML-DSA-65", JT_PKEY_ML_DSA_65, 3309},
    {"ML-DSA-87", JT_PKEY_ML_DSA_87, 4627},
};

/* RFC 8032 §7.4 */
static const struct {
    const char *why, *d, *x, *message, *sig;
} vectors[] = {
    {"blank",
     "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b9449"
     "2f8f032e7549a20098f95b",
     "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e5"
     "0f6cd1fa1abeafe8256180",
     "",
     "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd4"
     "7d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a1"
     "13a0f4dbb61149f05a7363268c71d95808ff2e652600"},
    {"1 octet",
     "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00acda2c463afbea67c5e8d2877c5e3bc397a659"
     "949ef8021e954e0a12274e",
     "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c6798c0866aea01eb00742802b8438ea4cb82"
     "169c235160627b4c3a9480",
     "03",
     "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd0087810f4352541b143c4b981b7e18f62de8ccd"
     "f633fc1bf037ab7cd779805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7e0a6472905e799f1"
     "953d2a0ff3348ab21aa4adafd1d234441cf807c03a00"},
};

static void pure_gives_the_signatures_of_rfc_8032(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        print_message("  %s\n", vectors[i].why);
        uint8_t d[57];
        uint8_t x[57];
        uint8_t message[32];
        uint8_t sig[114];
        size_t len = sizeof sig;
        const jt_numbers pair = {{hex_parse(jeton_str(vectors[i].x), x, sizeof x),
                                  hex_parse(jeton_str(vectors[i].d), d, sizeof d)}};
        const jeton_span input = hex_parse(jeton_str(vectors[i].message), message, sizeof message);
        jt_pkey *key = NULL;
        assert_int_equal(jt_pkey_import(NULL, JT_PKEY_ED448, &pair, &key, NULL), JETON_OK);
        assert_int_equal(jt_pure_sign(key, input, sig, &len, NULL), JETON_OK);
        hex_assert(sig, len, vectors[i].sig);
        assert_int_equal(jt_pure_verify(key, input, jeton_bytes(sig, len), NULL), JETON_OK);
        jt_pkey_free(&key);
    }
}

static void sign(const struct scheme *with, uint8_t *sig)
{
    size_t len = LEN_MAX;
    print_message("  %s\n", with->name);
    assert_int_equal(jt_pure_sign(numbers_key(with->type), jeton_str(text), sig, &len, NULL),
                     JETON_OK);
    assert_int_equal(len, with->len);
}

static void assert_refused(const jt_pkey *key, const char *input, jeton_span sig)
{
    jeton_err err = {0};
    assert_int_equal(jt_pure_verify(key, jeton_str(input), sig, &err), JETON_E_SIGNATURE);
    assert_int_equal(err.status, JETON_E_SIGNATURE);
}

static void pure_refuses_what_differs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(schemes); i++) {
        if (!numbers_has(schemes[i].type))
            continue;
        uint8_t sig[LEN_MAX] = {0};
        sign(&schemes[i], sig);
        jt_pkey *key = numbers_public_key(schemes[i].type);
        const jeton_span span = jeton_bytes(sig, schemes[i].len);
        assert_int_equal(jt_pure_verify(key, jeton_str(text), span, NULL), JETON_OK);
        for (size_t bit = 0; bit < 8 * span.len; bit += 1 + span.len / 20) {
            sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
            assert_refused(key, text, span);
            sig[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        assert_refused(key, "header.payloae", span);
        assert_refused(key, "", span);
        assert_int_equal(jt_pure_verify(key, jeton_str(text), span, NULL), JETON_OK);
        jt_pkey_free(&key);

        assert_int_equal(jt_pkey_generate(NULL, schemes[i].type, &key, NULL), JETON_OK);
        assert_refused(key, text, span);
        jt_pkey_free(&key);
    }
}

static void pure_refuses_signatures_of_another_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(schemes); i++) {
        if (!numbers_has(schemes[i].type))
            continue;
        const jt_pkey *key = numbers_key(schemes[i].type);
        const size_t len = schemes[i].len;
        uint8_t sig[LEN_MAX + 2] = {0};
        sign(&schemes[i], sig + 1);
        const jeton_span spans[] = {
            jeton_bytes(sig + 1, 0),       jeton_bytes(sig + 1, 1),   jeton_bytes(sig + 1, len - 1),
            jeton_bytes(sig + 2, len - 1), jeton_bytes(sig, len + 1), jeton_bytes(sig + 1, len + 1),
        };
        for (size_t j = 0; j < COUNT(spans); j++)
            assert_refused(key, text, spans[j]);
        assert_int_equal(jt_pure_verify(key, jeton_str(text), jeton_bytes(sig + 1, len), NULL),
                         JETON_OK);
    }
}

/* S is below the order of the group (RFC 8032 §5.2.7), or each signature had a second form. */
static void pure_refuses_the_other_form_of_an_ed448_signature(void **state)
{
    (void)state;
    uint8_t order[57];
    uint8_t sig[LEN_MAX];
    sign(&schemes[0], sig);
    (void)hex_parse(jeton_str("f34458ab92c27823558fc58d72c26c219036d6ae49db4ec4e923ca7cffffffff"
                              "ffffffffffffffffffffffffffffffffffffffffffffff3f00"),
                    order, sizeof order);
    unsigned carry = 0;
    for (size_t i = 0; i < sizeof order; i++) {
        carry += (unsigned)sig[57 + i] + order[i];
        sig[57 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    assert_refused(numbers_key(JT_PKEY_ED448), text, jeton_bytes(sig, 114));
}

static void pure_does_not_sign_without_room_or_private_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(schemes); i++) {
        if (!numbers_has(schemes[i].type))
            continue;
        uint8_t sig[LEN_MAX];
        size_t len = schemes[i].len - 1;
        jt_pkey *key = numbers_public_key(schemes[i].type);
        assert_int_equal(
            jt_pure_sign(numbers_key(schemes[i].type), jeton_str(text), sig, &len, NULL),
            JETON_E_ARGUMENT);
        len = sizeof sig;
        assert_int_equal(jt_pure_sign(key, jeton_str(text), sig, &len, NULL), JETON_E_CRYPTO);
        jt_pkey_free(&key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pure_gives_the_signatures_of_rfc_8032),
        cmocka_unit_test(pure_refuses_what_differs),
        cmocka_unit_test(pure_refuses_signatures_of_another_length),
        cmocka_unit_test(pure_refuses_the_other_form_of_an_ed448_signature),
        cmocka_unit_test(pure_does_not_sign_without_room_or_private_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
