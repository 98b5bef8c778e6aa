/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pure.h - signatures over the message itself, by schemes that hash inside ("pure", say
 * RFC 8032 and FIPS 204), through OpenSSL: Ed448 and ML-DSA, both with an empty context string.
 *
 * Ed25519 is such a scheme too, but goes through libsodium.
 */
#ifndef JT_CRYPTO_PURE_H
#define JT_CRYPTO_PURE_H

#include "crypto/pkey.h"

/* *len is what `sig` has room for, then what was written: 114 bytes for Ed448.
 *
 * JETON_E_ARGUMENT  no room for it
 * JETON_E_CRYPTO    a public key, or OpenSSL failed
 */
JETON_MUST jeton_status jt_pure_sign(const jt_pkey *key, jeton_span input, uint8_t *sig,
                                     size_t *len, jeton_err *err);

/* JETON_E_SIGNATURE  it does not match or has another length
 * JETON_E_CRYPTO     OpenSSL could not begin; refuse as well */
JETON_MUST jeton_status jt_pure_verify(const jt_pkey *key, jeton_span input, jeton_span sig,
                                       jeton_err *err);

#endif
