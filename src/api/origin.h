/* SPDX-License-Identifier: Apache-2.0 */
/* api/origin.h - the origin of the page behind a request (RFC 6454 §7, Fetch Metadata), and which
 * pages may call. */
#ifndef JD_API_ORIGIN_H
#define JD_API_ORIGIN_H

#include <jeton/error.h>
#include <jeton/span.h>

typedef struct jd_call jd_call;

#define JD_ORIGINS_MAX 32U

/* Exact origins, borrowed from the setting. */
typedef struct jd_origins {
    jeton_span at[JD_ORIGINS_MAX];
    size_t count;
} jd_origins;

/* Reads "https://app.example.com,https://admin.example.com:8443": scheme http or https, host in
 * lower case, port only when it is not the scheme's own, nothing behind. That is how browsers write
 * them, and they are compared byte for byte; neither "*" nor "null" is one.
 *
 * JETON_E_ARGUMENT  something else, or too many */
JETON_MUST jeton_status jd_origins_parse(const char *list, jd_origins *origins, jeton_err *err);

bool jd_origins_has(const jd_origins *origins, jeton_span origin);

/* The origin of a URL, "https://auth.example.com" of "https://auth.example.com/x"; the empty span
 * when it has none. */
jeton_span jd_origin_of(jeton_span url);

/* Whether a host with or without port is this machine's own name for itself: localhost, a name
 * below it, 127.0.0.1 or [::1]. */
bool jd_origin_is_local(jeton_span host);

/* Whether the page behind a request may have it do something. It may when it is of our own host,
 * of the issuer's origin, or in the setting allowed-origins. A request that says nothing of a page
 * is not a browser's.
 *
 * JETON_E_CSRF     a stranger's page
 * JETON_E_REQUEST  more than one Origin or Sec-Fetch-Site */
JETON_MUST jeton_status jd_origin_check(const jd_call *call, jeton_err *err);

#endif
