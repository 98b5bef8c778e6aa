/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pkey.h - asymmetric keys: numbers in, checked; numbers and PEM out.
 *
 * What a JWK or a policy makes of a key is not known here. Signing and verifying is in the file of
 * each algorithm. A key never changes once made, so threads may share it.
 */
#ifndef JT_CRYPTO_PKEY_H
#define JT_CRYPTO_PKEY_H

#include "core/buf.h"

typedef enum jt_pkey_type {
    JT_PKEY_RSA,
    JT_PKEY_P256,
    JT_PKEY_P384,
    JT_PKEY_P521,
    JT_PKEY_K256, /* secp256k1 */
    JT_PKEY_ED25519,
    JT_PKEY_ED448,
    JT_PKEY_ML_DSA_44,
    JT_PKEY_ML_DSA_65,
    JT_PKEY_ML_DSA_87,
} jt_pkey_type;

#define JT_PKEY_TYPES 10U

typedef struct jt_pkey jt_pkey;

/* What a key is made of: big-endian bytes, first the public numbers, then the private ones, which
 * are all there or all empty.
 *
 *   RSA      n e      d p q dp dq qi   n and e without leading zeros
 *   EC       x y      d                as long as the curve's field and order: 32, 48 or 66 bytes
 *   Ed25519  x        d                32 bytes each, as in RFC 8032
 *   Ed448    x        d                57 bytes each, likewise
 *   ML-DSA   pub      seed             1312, 1952 or 2592 bytes, and 32, as in FIPS 204
 */
#define JT_PKEY_NUMBERS 8U
typedef struct jt_numbers {
    jeton_span at[JT_PKEY_NUMBERS];
} jt_numbers;

/* Makes a key. The numbers are borrowed for the call only.
 *
 * key   set to NULL first; on JETON_OK the caller owns it: jt_pkey_free()
 *
 * JETON_E_KEY          numbers missing, of the wrong length, too weak, or not belonging together.
 *                      That p and q are prime is not asked: it takes 40 ms, and a wrong answer
 *                      harms nobody but the owner, whose signatures fail.
 * JETON_E_UNSUPPORTED  a type this build does not have: ML-DSA with OpenSSL before 3.5
 * JETON_E_CRYPTO, JETON_E_NOMEM
 */
JETON_MUST jeton_status jt_pkey_import(const jeton_ctx *ctx, jt_pkey_type type,
                                       const jt_numbers *numbers, jt_pkey **key, jeton_err *err);

/* All numbers there are. They point into *bytes, which is the caller's and replaced. */
JETON_MUST jeton_status jt_pkey_export(const jt_pkey *key, jt_buf *bytes, jt_numbers *numbers,
                                       jeton_err *err);

/* A new private key: RSA of 2048 bits, or one of the type's curve or parameters.
 * JETON_E_UNSUPPORTED as above; JETON_E_CRYPTO, JETON_E_RANDOM, JETON_E_NOMEM. */
JETON_MUST jeton_status jt_pkey_generate(const jeton_ctx *ctx, jt_pkey_type type, jt_pkey **key,
                                         jeton_err *err);

/* Whether two keys have the same public part. */
bool jt_pkey_is_same(const jt_pkey *a, const jt_pkey *b);

/* Wipes, frees and sets to NULL. */
void jt_pkey_free(jt_pkey **key);

jt_pkey_type jt_pkey_type_of(const jt_pkey *key);
bool jt_pkey_is_private(const jt_pkey *key);

#endif
