/* SPDX-License-Identifier: Apache-2.0 */
/* keys/oct.h - the secret of an HMAC key (kty oct, RFC 7518 §6.4), prepared for each hash. */
#ifndef JT_KEYS_OCT_H
#define JT_KEYS_OCT_H

#include "core/secret.h"
#include "crypto/hmac.h"

#define JT_OCT_MIN 32U /* bytes: the shortest hash there is (RFC 7518 §3.2) */

/* Never changes once made. */
typedef struct jt_oct {
    const jeton_ctx *ctx;
    jt_secret secret;
    jt_hmac_key macs[JT_HASH_COUNT]; /* for every hash: without "alg", any may be asked for */
} jt_oct;

/* Copies the secret. *oct is the caller's: jt_oct_free().
 *
 * JETON_E_KEY    shorter than JT_OCT_MIN
 * JETON_E_LIMIT  longer than JT_LIMIT_SECRET
 * JETON_E_NOMEM
 */
JETON_MUST jeton_status jt_oct_new(const jeton_ctx *ctx, jeton_span secret, jt_oct **oct,
                                   jeton_err *err);

/* Wipes, frees and sets to NULL. */
void jt_oct_free(jt_oct **oct);

#endif
