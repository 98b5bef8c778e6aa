/* SPDX-License-Identifier: Apache-2.0 */
/* http/cookie.h - the Cookie header (RFC 6265 §4.2.1), "name=value; name=value", and Set-Cookie. */
#ifndef JD_HTTP_COOKIE_H
#define JD_HTTP_COOKIE_H

#include "core/arena.h"
#include <jeton/error.h>
#include <jeton/span.h>

/* How often the cookie occurs in one header; `value` gets the first one, or the empty span.
 *
 * Names are compared with their case, values are given as sent (quotes included), white space
 * around both is dropped. A piece without "=" is no cookie. A value with a byte that cookies may
 * not hold (RFC 6265 cookie-octet, quotes excepted) counts, but is given as the empty span: it
 * cannot pass for absent, and not for anything good either. */
size_t jd_cookie_find(jeton_span header, const char *name, jeton_span *value);

/* A cookie for the whole host that sets it, and for no other: Path=/ and no Domain, as the prefix
 * __Host- demands it. Name and SameSite are texts of ours; nothing is escaped. */
typedef struct jd_cookie {
    const char *name;
    jeton_span value;
    int64_t max_age;       /* seconds; 0 takes the cookie away */
    bool secure;           /* sent over TLS only */
    bool http_only;        /* scripts do not see it */
    const char *same_site; /* "Strict", "Lax" */
} jd_cookie;

/* What browsers keep at least of name, value and attributes together (RFC 6265 §6.1), and all that
 * some do. */
#define JD_COOKIE_MAX 4096U

/* Writes the value of a Set-Cookie header into the arena (RFC 6265 §4.1.1).
 *
 * text  NULL first
 *
 * JETON_E_LIMIT     longer than JD_COOKIE_MAX: a browser would drop it without a word
 * JETON_E_ARGUMENT  the value holds what a cookie may not
 * JETON_E_NOMEM */
JETON_MUST jeton_status jd_cookie_print(const jd_cookie *cookie, jt_arena *arena, const char **text,
                                        jeton_err *err);

#endif
