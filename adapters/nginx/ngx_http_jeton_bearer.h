/* SPDX-License-Identifier: Apache-2.0 */

/*
 * ngx_http_jeton_bearer.h - the token within the value of Authorization.
 *
 * The one text of a client that the module reads by itself; without anything
 * of nginx, so that tests/fuzz/fuzz_nginx_bearer.c can have it.
 */


#ifndef _NGX_HTTP_JETON_BEARER_H_INCLUDED_
#define _NGX_HTTP_JETON_BEARER_H_INCLUDED_


#include <stddef.h>


/*
 * How many bytes stand before the token: "Bearer" (RFC 6750, section 2.1), the
 * scheme in any case (RFC 9110, section 11.1), and one or more spaces.  All of
 * them, `len`, when there is no token, or one of another scheme.
 */

static inline size_t
ngx_http_jeton_bearer(const unsigned char *value, size_t len)
{
    static const char  scheme[] = "bearer";
    size_t             i, n;

    n = sizeof(scheme) - 1;

    if (len <= n || value[n] != ' ') {
        return len;
    }

    for (i = 0; i < n; i++) {
        if ((value[i] | 0x20) != scheme[i]) {
            return len;
        }
    }

    while (n < len && value[n] == ' ') {
        n++;
    }

    return n;
}


#endif /* _NGX_HTTP_JETON_BEARER_H_INCLUDED_ */
