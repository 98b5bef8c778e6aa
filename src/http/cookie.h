/* SPDX-License-Identifier: Apache-2.0 */
/* http/cookie.h - the Cookie header (RFC 6265 §4.2.1): "name=value; name=value". */
#ifndef JD_HTTP_COOKIE_H
#define JD_HTTP_COOKIE_H

#include <jeton/span.h>

/* How often the cookie occurs in one header; `value` gets the first one, or the empty span.
 *
 * Names are compared with their case, values are given as sent (quotes included), white space
 * around both is dropped. A piece without "=" is no cookie. A value with a byte that cookies may
 * not hold (RFC 6265 cookie-octet, quotes excepted) counts, but is given as the empty span: it
 * cannot pass for absent, and not for anything good either. */
size_t jd_cookie_find(jeton_span header, const char *name, jeton_span *value);

#endif
