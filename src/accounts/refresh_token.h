/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/refresh_token.h - the refresh token as bytes (DESIGN.md §5): no row stands behind it.
 *
 *     version (1) ‖ session id (16) ‖ counter (8, big-endian) ‖ HMAC-SHA-256 (32)
 *
 * as base64url. The MAC is under the key of its session, over all that stands before it, so the
 * same session and counter give the same token, byte for byte. Pure functions: what a good token
 * means is session.h's business.
 */
#ifndef JD_ACCOUNTS_REFRESH_TOKEN_H
#define JD_ACCOUNTS_REFRESH_TOKEN_H

#include "sys/id.h"

#define JD_REFRESH_KEY   32U
#define JD_REFRESH_BYTES (1U + JD_ID_BYTES + 8U + 32U)
#define JD_REFRESH_CHARS 76U

typedef struct jd_refresh_token {
    jd_id session;
    uint64_t counter;
    uint8_t bytes[JD_REFRESH_BYTES]; /* all of it, for the MAC */
} jd_refresh_token;

/* Writes JD_REFRESH_CHARS characters and a NUL. `key` is JD_REFRESH_KEY secret bytes. */
void jd_refresh_token_print(const jd_id *session, uint64_t counter, jeton_span key,
                            char to[JD_REFRESH_CHARS + 1]);

/* Reads the shape. Nothing in it is to be believed before jd_refresh_token_is_authentic().
 * False, and *token is zeros, for anything that print cannot have written. */
JETON_MUST bool jd_refresh_token_parse(jeton_span text, jd_refresh_token *token);

/* Whether the MAC was made with this key. Constant time. */
JETON_MUST bool jd_refresh_token_is_authentic(const jd_refresh_token *token, jeton_span key);

#endif
