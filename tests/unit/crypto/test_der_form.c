/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/test_der_form.c - jt_der_form_of: each form by its shape, and nothing else. */
#include "crypto/der_form.h"

#include "der_of.h"
#include "hex.h"
#include "pems.h"
#include "sealed.h"

static const struct {
    const char *why, *pem;
    jt_der_form form;
} forms[] = {
    {"SubjectPublicKeyInfo", PEM_EC_PUBLIC, JT_DER_PUBLIC},
    {"SubjectPublicKeyInfo, long", PEM_RSA_PUBLIC, JT_DER_PUBLIC},
    {"PrivateKeyInfo", PEM_OKP_PRIVATE, JT_DER_PRIVATE},
    {"PrivateKeyInfo, long", PEM_RSA_PRIVATE, JT_DER_PRIVATE},
    {"EncryptedPrivateKeyInfo", PEM_EC_SEALED_SHA256, JT_DER_ENCRYPTED},
    {"RSAPublicKey", PEM_RSA_OLD_PUBLIC, JT_DER_RSA_PUBLIC},
    {"RSAPrivateKey", PEM_RSA_OLD_PRIVATE, JT_DER_RSA_PRIVATE},
    {"ECPrivateKey", PEM_EC_OLD_PRIVATE, JT_DER_EC_PRIVATE},
    {"Certificate", PEM_EC_CERTIFICATE, JT_DER_CERTIFICATE},
};

static void der_form_is_told_by_the_outermost_elements(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        print_message("  %s\n", forms[i].why);
        const jeton_span der = der_of(forms[i].pem);
        assert_int_equal(jt_der_form_of(der), forms[i].form);
        der_free(der);
    }
}

/* No prefix of a form is one, and neither is anything with a byte behind it. */
static void der_form_wants_the_whole_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        const jeton_span der = der_of(forms[i].pem);
        for (size_t len = 0; len < der.len; len++) {
            uint8_t *part = malloc(len + 1);
            assert_non_null(part);
            memcpy(part, der.ptr, len);
            assert_int_equal(jt_der_form_of(jeton_bytes(part, len)), JT_DER_UNKNOWN);
            free(part);
        }
        uint8_t *more = malloc(der.len + 1);
        assert_non_null(more);
        memcpy(more, der.ptr, der.len);
        more[der.len] = 0;
        assert_int_equal(jt_der_form_of(jeton_bytes(more, der.len + 1)), JT_DER_UNKNOWN);
        free(more);
        der_free(der);
    }
}

static const struct {
    const char *why, *hex;
    jt_der_form form;
} small[] = {
    {"two integers", "3006020101020101", JT_DER_RSA_PUBLIC},
    {"a SET of two integers", "3106020101020101", JT_DER_UNKNOWN},
    {"an empty sequence", "3000", JT_DER_UNKNOWN},
    {"one integer", "3003020101", JT_DER_UNKNOWN},
    {"an integer and a text", "30060201010c0101", JT_DER_UNKNOWN},
    {"a length in two bytes that fits in one", "308106020101020101", JT_DER_UNKNOWN},
    {"a length in three bytes that fits in two", "30820006020101020101", JT_DER_UNKNOWN},
    {"no definite length (BER)", "30800201010201010000", JT_DER_UNKNOWN},
    {"a length that is cut", "3082", JT_DER_UNKNOWN},
    {"a length of four bytes", "308401000000020101", JT_DER_UNKNOWN},
    {"an inner length beyond the end", "3006020101020201", JT_DER_UNKNOWN},
    {"an inner length that is cut", "300402010102", JT_DER_UNKNOWN},
    {"a public key and more", "30083000030100020100", JT_DER_UNKNOWN},
    {"a public key", "30053000030100", JT_DER_PUBLIC},
};

static void der_form_refuses_what_is_not_der(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(small); i++) {
        print_message("  %s\n", small[i].why);
        uint8_t bytes[32];
        const jeton_span der = hex_parse(jeton_str(small[i].hex), bytes, sizeof bytes);
        assert_int_equal(jt_der_form_of(der), small[i].form);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(der_form_is_told_by_the_outermost_elements),
        cmocka_unit_test(der_form_wants_the_whole_text),
        cmocka_unit_test(der_form_refuses_what_is_not_der),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
