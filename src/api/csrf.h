/* SPDX-License-Identifier: Apache-2.0 */
/* api/csrf.h - what is demanded of requests that bring their token in a cookie: a browser adds
 * cookies to whatever any page sends. What the CSRF value is says accounts/csrf.h. */
#ifndef JD_API_CSRF_H
#define JD_API_CSRF_H

#include "api/call.h"

/* Whether the request may change something: any method but GET, HEAD and OPTIONS. */
bool jd_csrf_is_unsafe(const jd_call *call);

/* The same of the request that a proxy asks about: its method is in X-Original-Method or
 * X-Forwarded-Method, and one unsafe of both is enough. When neither is there, a request with an
 * Origin counts as unsafe, since browsers send that with every method that is. */
bool jd_csrf_is_unsafe_behind(const jd_call *call);

/* Looks at what does not need the token: the page's origin, and that there is a copy of the CSRF
 * value, which is given for jd_csrf_check().
 *
 * JETON_E_CSRF, JETON_E_REQUEST */
JETON_MUST jeton_status jd_csrf_begin(const jd_call *call, jeton_span *copy, jeton_err *err);

#endif
