/* SPDX-License-Identifier: Apache-2.0 */
/* oauth/bearer.h - bearer tokens over HTTP (RFC 6750): taking one out of a header, and the
 * challenge that goes back. Pure functions. */
#ifndef JD_OAUTH_BEARER_H
#define JD_OAUTH_BEARER_H

#include <jeton/error.h>
#include <jeton/span.h>

#define JD_CHALLENGE_MAX 256U

/* Takes the token out of the value of an Authorization header: "Bearer TOKEN", the scheme in any
 * case (RFC 9110 §11.1), exactly one space, no white space in the token. False, and *token is
 * empty, otherwise. */
JETON_MUST bool jd_bearer_token(jeton_span authorization, jeton_span *token);

/* Writes the value of a WWW-Authenticate header (RFC 6750 §3).
 *
 * error  "invalid_token", "insufficient_scope", …; NULL when no token was sent (§3.1 asks to say
 *        nothing more then)
 * why    a sentence of ours, without quotes and backslashes; NULL: none
 */
void jd_bearer_challenge(const char *error, const char *why, char to[JD_CHALLENGE_MAX]);

#endif
