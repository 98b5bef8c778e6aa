/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/scheme.h - signing and verifying through OpenSSL, on contexts prepared once: for crypto/
 * only.
 *
 * The caller hashes and hands over the digest, jt_hash_len() bytes: re-using a context through
 * EVP_DigestVerifyInit refused good signatures, and hashing apart is faster.
 */
#ifndef JT_CRYPTO_SCHEME_H
#define JT_CRYPTO_SCHEME_H

#include "crypto/pkey.h"
#include "crypto/pool.h"
#include "crypto/sha2.h"

/* One way of signing with one type of key. */
typedef struct jt_scheme {
    size_t index; /* tells the schemes of a key type apart, from 0 */
    /* What a new context needs besides its operation. False when OpenSSL refuses. */
    bool (*prepare)(EVP_PKEY_CTX *ctx, const EVP_MD *md);
} jt_scheme;

#define JT_SCHEMES ((size_t)2) /* the most that a key type has: RSA, PKCS #1 v1.5 and PSS */

/* Pools that a key has: one for each scheme, hash and operation. */
#define JT_POOLS (JT_SCHEMES * JT_HASH_COUNT * 2U)

/* Whether `sig`, in OpenSSL's form, is the signature of what has that digest.
 *
 * JETON_E_SIGNATURE  it is not
 * JETON_E_CRYPTO     OpenSSL could not begin, which refuses as well
 */
JETON_MUST jeton_status jt_scheme_verify(const jt_scheme *scheme, const jt_pkey *key, jt_hash hash,
                                         const uint8_t *digest, jeton_span sig, jeton_err *err);

/* *len is what `sig` has room for, then what was written. JETON_E_CRYPTO. */
JETON_MUST jeton_status jt_scheme_sign(const jt_scheme *scheme, const jt_pkey *key, jt_hash hash,
                                       const uint8_t *digest, uint8_t *sig, size_t *len,
                                       jeton_err *err);

#endif
