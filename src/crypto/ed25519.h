/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/ed25519.h - Ed25519 (RFC 8032 §5.1). */
#ifndef JT_CRYPTO_ED25519_H
#define JT_CRYPTO_ED25519_H

#include "crypto/pkey.h"

/* *len is what `sig` has room for, then what was written: 64 bytes.
 *
 * JETON_E_ARGUMENT  no room for it
 * JETON_E_CRYPTO    a public key
 */
JETON_MUST jeton_status jt_ed25519_sign(const jt_pkey *key, jeton_span input, uint8_t *sig,
                                        size_t *len, jeton_err *err);

/* JETON_E_SIGNATURE: it does not match or is not 64 bytes long. */
JETON_MUST jeton_status jt_ed25519_verify(const jt_pkey *key, jeton_span input, jeton_span sig,
                                          jeton_err *err);

#endif
