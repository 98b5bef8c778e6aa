/* SPDX-License-Identifier: Apache-2.0 */
/* guard/cookie.h - the Cookie header (RFC 6265 §4.2.1), "name=value; name=value", and Set-Cookie.
 */
#ifndef JT_GUARD_COOKIE_H
#define JT_GUARD_COOKIE_H

#include "core/buf.h"

/* How often the cookie occurs in one header; `value` gets the first one, or the empty span.
 *
 * Names are compared with their case, values are given as sent (quotes included), white space
 * around both is dropped. A piece without "=" is no cookie. A value with a byte that cookies may
 * not hold (RFC 6265 cookie-octet, quotes excepted) counts, but is given as the empty span: it
 * cannot pass for absent, and not for anything good either. */
size_t jt_cookie_find(jeton_span header, const char *name, jeton_span *value);

/* A cookie to be set. Texts but the value are ours; nothing is escaped. */
typedef struct jt_cookie {
    const char *name;
    jeton_span value;
    const char *path;
    const char *domain;    /* NULL: the host that sets it, and no other */
    int64_t max_age;       /* seconds; 0 takes the cookie away, < 0: until the browser is closed */
    bool secure;           /* sent over TLS only */
    bool http_only;        /* scripts do not see it */
    const char *same_site; /* "Strict", "Lax", "None"; NULL: not said */
} jt_cookie;

/* What browsers keep at least of name, value and attributes together (RFC 6265 §6.1), and all that
 * some do. */
#define JT_COOKIE_MAX 4096U

/* Adds the value of a Set-Cookie header (RFC 6265 §4.1.1).
 *
 * JETON_E_LIMIT     longer than JT_COOKIE_MAX: a browser would drop it without a word
 * JETON_E_ARGUMENT  the value holds what a cookie may not
 * JETON_E_NOMEM */
JETON_MUST jeton_status jt_cookie_print(const jt_cookie *cookie, jt_buf *to, jeton_err *err);

/* Whether it is the name of a cookie or header (RFC 9110 §5.6.2, a token). */
bool jt_is_http_name(const char *name);

/* Whether it can be an attribute's value (RFC 6265 §4.1.1): no ";" and no control characters. */
bool jt_is_attribute(const char *text);

#endif
