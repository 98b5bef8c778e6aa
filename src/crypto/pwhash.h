/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pwhash.h - Argon2 password hashes (RFC 9106) in the PHC text form,
 * "$argon2id$v=19$m=65536,t=2,p=1$salt$hash".
 *
 * New ones are Argon2id; Argon2i of other software is still checked. Each call takes the memory
 * and the time that the cost says, so callers run few of them side by side. Bounds on the length
 * of a password are the caller's.
 */
#ifndef JT_CRYPTO_PWHASH_H
#define JT_CRYPTO_PWHASH_H

#include <jeton/ctx.h>
#include <jeton/error.h>
#include <jeton/span.h>

#define JT_PWHASH_TEXT 128U /* the longest text, with its NUL */

/* What one hash costs. */
typedef struct jt_pwhash_cost {
    size_t memory;   /* bytes; the text has it in KiB, rounded down. At least 8 KiB */
    unsigned passes; /* over that memory. At least 1 */
} jt_pwhash_cost;

/* Hashes a password with a new random salt. `out` becomes "" first, and a NUL-terminated text on
 * JETON_OK. The salt comes from libsodium; `ctx` may be NULL.
 *
 * JETON_E_ARGUMENT  a cost out of range
 * JETON_E_NOMEM     the memory could not be had
 */
JETON_MUST jeton_status jt_pwhash_print(const jeton_ctx *ctx, jeton_span password,
                                        const jt_pwhash_cost *cost, char out[JT_PWHASH_TEXT],
                                        jeton_err *err);

/* JETON_OK when the text is that of this password.
 *
 * JETON_E_CREDENTIALS  it is not
 * JETON_E_SYNTAX       not such a text: what is stored is damaged or of another kind
 * JETON_E_NOMEM        the memory that the text asks for could not be had
 */
JETON_MUST jeton_status jt_pwhash_verify(jeton_span phc, jeton_span password, jeton_err *err);

/* Whether the text costs less memory or fewer passes than `cost`, is no Argon2id, or no such text
 * at all: to be hashed anew at the next login. */
bool jt_pwhash_is_weaker(jeton_span phc, const jt_pwhash_cost *cost);

#endif
