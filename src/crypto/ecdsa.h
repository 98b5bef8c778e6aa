/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/ecdsa.h - ECDSA (FIPS 186-5) with signatures as JWS has them: r ‖ s, each as long as the
 * order of the curve (RFC 7518 §3.4). The caller hashes: `digest` is jt_hash_len() bytes. */
#ifndef JT_CRYPTO_ECDSA_H
#define JT_CRYPTO_ECDSA_H

#include "crypto/pkey.h"
#include "crypto/sha2.h"

/* *len is what `sig` has room for, then what was written: 64 bytes for P-256 and secp256k1, 96 for
 * P-384, 132 for P-521.
 *
 * JETON_E_ARGUMENT  no room for it
 * JETON_E_CRYPTO
 */
JETON_MUST jeton_status jt_ecdsa_sign(const jt_pkey *key, jt_hash hash, const uint8_t *digest,
                                      uint8_t *sig, size_t *len, jeton_err *err);

/* JETON_E_SIGNATURE  it does not match, has another length (DER included), or r or s is not
 *                    between 1 and the order
 * JETON_E_CRYPTO     OpenSSL failed; refuse as well */
JETON_MUST jeton_status jt_ecdsa_verify(const jt_pkey *key, jt_hash hash, const uint8_t *digest,
                                        jeton_span sig, jeton_err *err);

#endif
