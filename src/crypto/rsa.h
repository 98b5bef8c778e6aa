/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/rsa.h - RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC 8017 §8), of what the caller
 * has hashed: `digest` is jt_hash_len() bytes. */
#ifndef JT_CRYPTO_RSA_H
#define JT_CRYPTO_RSA_H

#include "crypto/pkey.h"
#include "crypto/sha2.h"

/* *len is what `sig` has room for, then what was written: the length of the modulus.
 *
 * JETON_E_ARGUMENT  no room for it
 * JETON_E_CRYPTO
 */
JETON_MUST jeton_status jt_rsa_sign(const jt_pkey *key, jt_hash hash, const uint8_t *digest,
                                    uint8_t *sig, size_t *len, jeton_err *err);

/* JETON_E_SIGNATURE  it does not match, or is not exactly as long as the modulus
 * JETON_E_CRYPTO     OpenSSL failed; refuse as well */
JETON_MUST jeton_status jt_rsa_verify(const jt_pkey *key, jt_hash hash, const uint8_t *digest,
                                      jeton_span sig, jeton_err *err);

/* The same with PSS as RFC 7518 §3.5 has it: MGF1 with the same hash, and a salt exactly as long as
 * that. Outcomes as above. */
JETON_MUST jeton_status jt_rsa_pss_sign(const jt_pkey *key, jt_hash hash, const uint8_t *digest,
                                        uint8_t *sig, size_t *len, jeton_err *err);
JETON_MUST jeton_status jt_rsa_pss_verify(const jt_pkey *key, jt_hash hash, const uint8_t *digest,
                                          jeton_span sig, jeton_err *err);

#endif
