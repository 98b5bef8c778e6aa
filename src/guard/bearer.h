/* SPDX-License-Identifier: Apache-2.0 */
/* guard/bearer.h - bearer tokens over HTTP (RFC 6750): taking one out of a header, and the
 * challenge that goes back. Pure functions; the guard of `jeton serve` uses them, too. */
#ifndef JT_GUARD_BEARER_H
#define JT_GUARD_BEARER_H

#include "core/buf.h"

/* What the value of a header is. */
typedef enum jt_bearer {
    JT_BEARER_GOOD,  /* the scheme and a token */
    JT_BEARER_OTHER, /* of another scheme, or empty */
    JT_BEARER_BAD,   /* the scheme, and not one token behind it */
} jt_bearer;

/* Takes the token out of "SCHEME TOKEN": the scheme in any case (RFC 9110 §11.1), exactly one
 * space, no white space in the token. With the scheme "" it is "TOKEN". *token is emptied first. */
jt_bearer jt_bearer_find(jeton_span value, const char *scheme, jeton_span *token);

/* The same as Flask-JWT-Extended reads it: the value may be a list parted by commas, in which one
 * field is of the scheme, with its case, and any white space stands in front of the token. */
jt_bearer jt_bearer_find_lax(jeton_span value, const char *scheme, jeton_span *token);

/* How many scopes a challenge names at most, and how long a text in it may be. */
#define JT_CHALLENGE_SCOPES 8U
#define JT_CHALLENGE_TEXT   512U

/* What a challenge says; NULL and 0: not said. */
typedef struct jt_challenge {
    const char *realm;
    const char *error;         /* "invalid_token"; NULL when no token was sent (RFC 6750 §3.1) */
    const char *description;   /* said behind an error only */
    const char *const *scopes; /* what is needed, up to a NULL */
    unsigned max_age;          /* seconds since the login (RFC 9470 §3) */
    const char *resource_metadata; /* RFC 9728 §5.1 */
} jt_challenge;

/* Adds the value of a WWW-Authenticate header. JETON_E_NOMEM. */
JETON_MUST jeton_status jt_challenge_print(const jt_challenge *challenge, jt_buf *to,
                                           jeton_err *err);

#endif
