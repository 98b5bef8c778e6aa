/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pwhash.h - password hashes as text: made in one format, checked in many.
 *
 * New ones are Argon2id (RFC 9106) in the PHC form, "$argon2id$v=19$m=65536,t=2,p=1$salt$hash".
 * Those that other software made are checked too, so that its users can be brought along:
 *
 *   $argon2id$ $argon2i$            PHC
 *   $2a$ $2b$ $2y$                  bcrypt
 *   pbkdf2:sha256:N$ scrypt:N:r:p$  Werkzeug (Flask), also without the numbers; pbkdf2:sha512 too
 *   $pbkdf2-sha256$N$               passlib, also sha512
 *   pbkdf2_sha256$N$                Django
 *   $5$ $6$ $y$                     crypt(5): SHA-256, SHA-512, yescrypt
 *
 * Each call takes the memory and the time that the text says, within the limits of core/limits.h,
 * which are looked at first; so callers run few of them side by side. Bounds on the length of a
 * password are the caller's. These files belong to the program: libjeton has no use for them.
 */
#ifndef JT_CRYPTO_PWHASH_H
#define JT_CRYPTO_PWHASH_H

#include <jeton/ctx.h>
#include <jeton/error.h>
#include <jeton/span.h>

#define JT_PWHASH_TEXT 128U /* the longest text that is made here, with its NUL */

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
 * bcrypt reads 72 bytes of a password and no more, and the crypt family stops at a NUL byte: a
 * password that goes on behind that never matches, although a truncated one would. Nobody can tell
 * whether the rest of it is right.
 *
 * JETON_E_CREDENTIALS  it is not
 * JETON_E_SYNTAX       not such a text: what is stored is damaged or of another kind
 * JETON_E_LIMIT        it asks for more memory or time than core/limits.h allows
 * JETON_E_NOMEM        the memory that the text asks for could not be had
 */
JETON_MUST jeton_status jt_pwhash_verify(jeton_span text, jeton_span password, jeton_err *err);

/* Whether jt_pwhash_verify() could tell a right password from a wrong one: the text is complete
 * and within the limits. Takes no time. *name becomes the format in words ("bcrypt"), or NULL;
 * static.
 *
 * JETON_E_SYNTAX, JETON_E_LIMIT */
JETON_MUST jeton_status jt_pwhash_check(jeton_span text, const char **name, jeton_err *err);

/* Whether the text costs less memory or fewer passes than `cost`, is no Argon2id, or no such text
 * at all: to be hashed anew at the next login. */
bool jt_pwhash_is_weaker(jeton_span text, const jt_pwhash_cost *cost);

#endif
