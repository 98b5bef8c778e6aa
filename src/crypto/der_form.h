/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/der_form.h - which structure a DER text is: told by its shape, never by trying. */
#ifndef JT_CRYPTO_DER_FORM_H
#define JT_CRYPTO_DER_FORM_H

#include <jeton/span.h>

typedef enum jt_der_form {
    JT_DER_UNKNOWN,
    JT_DER_PUBLIC,      /* SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) */
    JT_DER_PRIVATE,     /* PrivateKeyInfo, PKCS #8 (RFC 5958 §2) */
    JT_DER_ENCRYPTED,   /* EncryptedPrivateKeyInfo (RFC 5958 §3) */
    JT_DER_RSA_PUBLIC,  /* RSAPublicKey, PKCS #1 (RFC 8017 A.1.1) */
    JT_DER_RSA_PRIVATE, /* RSAPrivateKey (RFC 8017 A.1.2) */
    JT_DER_EC_PRIVATE,  /* ECPrivateKey, SEC 1 (RFC 5915 §3) */
    JT_DER_CERTIFICATE, /* Certificate (RFC 5280 §4.1) */
} jt_der_form;

/* The form whose outermost elements `der` has. JT_DER_UNKNOWN for all else, and when the outermost
 * element is not DER or does not end where `der` does. What is inside is not looked at. */
jt_der_form jt_der_form_of(jeton_span der);

#endif
