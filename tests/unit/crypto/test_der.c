/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_der.c - jt_der_parse and jt_der_print: the keys of the PEM blocks without
 * the text around. */
#include "crypto/der.h"

#include "crypto/pem.h"
#include "der_of.h"
#include "pems.h"
#include "sealed.h"

static const struct {
    const char *why, *pem, *same;
} accepted[] = {
    {"RSA", PEM_RSA_PRIVATE, PEM_RSA_PRIVATE},
    {"RSA, PKCS #1", PEM_RSA_OLD_PRIVATE, PEM_RSA_PRIVATE},
    {"RSA, public", PEM_RSA_PUBLIC, PEM_RSA_PUBLIC},
    {"RSA, public PKCS #1", PEM_RSA_OLD_PUBLIC, PEM_RSA_PUBLIC},
    {"EC", PEM_EC_PRIVATE, PEM_EC_PRIVATE},
    {"EC, SEC 1", PEM_EC_OLD_PRIVATE, PEM_EC_PRIVATE},
    {"EC, public", PEM_EC_PUBLIC, PEM_EC_PUBLIC},
    {"P-521", PEM_P521_PRIVATE, PEM_P521_PRIVATE},
    {"secp256k1", PEM_K256_PUBLIC, PEM_K256_PUBLIC},
    {"Ed25519", PEM_OKP_PRIVATE, PEM_OKP_PRIVATE},
    {"Ed25519, public", PEM_OKP_PUBLIC, PEM_OKP_PUBLIC},
    {"Ed448", PEM_ED448_PRIVATE, PEM_ED448_PRIVATE},
    {"EC, a certificate", PEM_EC_CERTIFICATE, PEM_EC_PUBLIC},
    {"Ed25519, a certificate", PEM_OKP_CERTIFICATE, PEM_OKP_PUBLIC},
};

static void der_is_read_and_printed_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(accepted); i++) {
        print_message("  %s\n", accepted[i].why);
        const jeton_span der = der_of(accepted[i].pem);
        const jeton_span want = der_of(accepted[i].same);
        jt_pkey *key = BOGUS;
        jt_buf out = jt_buf_init(NULL);
        assert_int_equal(jt_buf_add(&out, jeton_str("x"), NULL), JETON_OK);
        assert_int_equal(jt_der_parse(NULL, jt_der_form_of(der), der, &key, NULL), JETON_OK);
        assert_int_equal(jt_der_print(key, jt_pkey_is_private(key), &out, NULL), JETON_OK);
        assert_int_equal(out.len, 1 + want.len); /* added at the end */
        assert_memory_equal(out.ptr + 1, want.ptr, want.len);
        jt_buf_done(&out);
        jt_pkey_free(&key);
        der_free(want);
        der_free(der);
    }
}

static void der_print_gives_the_public_half_and_no_private_one_that_is_not_there(void **state)
{
    (void)state;
    const jeton_span private = der_of(PEM_EC_PRIVATE);
    const jeton_span public = der_of(PEM_EC_PUBLIC);
    jt_pkey *key = NULL;
    jt_buf out = jt_buf_init(NULL);
    assert_int_equal(jt_der_parse(NULL, JT_DER_PRIVATE, private, &key, NULL), JETON_OK);
    assert_int_equal(jt_der_print(key, false, &out, NULL), JETON_OK);
    assert_true(jeton_span_equal(jt_buf_span(&out), public));
    jt_pkey_free(&key);

    assert_int_equal(jt_der_parse(NULL, JT_DER_PUBLIC, public, &key, NULL), JETON_OK);
    assert_int_equal(jt_der_print(key, true, &out, NULL), JETON_E_KEY_USE);
    assert_int_equal(out.len, public.len);
    jt_pkey_free(&key);
    jt_buf_done(&out);
    der_free(public);
    der_free(private);
}

static const struct {
    const char *why, *pem;
    jt_der_form form;
    jeton_status want;
} refused[] = {
    {"a public key said to be private", PEM_EC_PUBLIC, JT_DER_PRIVATE, JETON_E_KEY},
    {"a private key said to be public", PEM_EC_PRIVATE, JT_DER_PUBLIC, JETON_E_KEY},
    {"a key said to be nothing", PEM_EC_PRIVATE, JT_DER_UNKNOWN, JETON_E_KEY},
    {"an encrypted key", PEM_EC_SEALED_SHA256, JT_DER_ENCRYPTED, JETON_E_UNSUPPORTED},
    {"a curve written out", PEM_EC_EXPLICIT, JT_DER_PUBLIC, JETON_E_UNSUPPORTED},
    {"another curve", PEM_BRAINPOOL, JT_DER_PUBLIC, JETON_E_UNSUPPORTED},
    {"RSA of 1024 bits", PEM_RSA_1024, JT_DER_PUBLIC, JETON_E_KEY},
};

static void der_parse_refuses_what_is_refused_everywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        const jeton_span der = der_of(refused[i].pem);
        jeton_err err = {0};
        jt_pkey *key = BOGUS;
        assert_int_equal(jt_der_parse(NULL, refused[i].form, der, &key, &err), refused[i].want);
        assert_int_equal(err.status, refused[i].want);
        assert_null(key);
        der_free(der);
    }
}

/* Whatever bit is wrong in a certificate: its key is read, as it stands there, or nothing is. */
static void der_parse_survives_certificates_with_a_wrong_bit(void **state)
{
    (void)state;
    const jeton_span der = der_of(PEM_OKP_CERTIFICATE);
    uint8_t *bytes = malloc(der.len);
    assert_non_null(bytes);
    size_t read = 0;
    for (size_t bit = 0; bit < 8 * der.len; bit++) {
        memcpy(bytes, der.ptr, der.len);
        bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        jt_pkey *key = BOGUS;
        const jeton_status status =
            jt_der_parse(NULL, JT_DER_CERTIFICATE, jeton_bytes(bytes, der.len), &key, NULL);
        assert_int_equal(key != NULL, status == JETON_OK);
        read += key != NULL;
        jt_pkey_free(&key);
    }
    assert_in_range(read, 1, 8 * der.len - 1); /* the signature, for one, is not looked at */
    free(bytes);
    der_free(der);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(der_is_read_and_printed_again),
        cmocka_unit_test(der_print_gives_the_public_half_and_no_private_one_that_is_not_there),
        cmocka_unit_test(der_parse_refuses_what_is_refused_everywhere),
        cmocka_unit_test(der_parse_survives_certificates_with_a_wrong_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
