/* SPDX-License-Identifier: Apache-2.0 */
/* api/guard.h - who sends this request, and may he? The one place that looks at access tokens. */
#ifndef JD_API_GUARD_H
#define JD_API_GUARD_H

#include "api/call.h"

/* Verifies the access token of the request, from the Authorization header or from the cookie;
 * call->verdict holds the claims afterwards. One from the cookie needs the CSRF value in the header
 * X-CSRF-Token, and a page of an allowed origin, when the method is unsafe.
 *
 * JETON_E_MISSING  no token was sent
 * JETON_E_REQUEST  more than one Authorization header or cookie, or another token in each
 * JETON_E_CSRF     a stranger's page may be behind it
 * what jeton_verify() gives
 */
JETON_MUST jeton_status jd_guard(jd_call *call, jeton_err *err);

/* The same for a request behind the request: is_unsafe() is asked whether that may change
 * something, when the token came in the cookie. */
JETON_MUST jeton_status jd_guard_behind(jd_call *call, bool (*is_unsafe)(const jd_call *call),
                                        jeton_err *err);

/* Whether an access token came at all, in the header or in the cookie. */
bool jd_guard_has_token(const jd_call *call);

/* The same, and the token has the role "admin": for everything under /admin/.
 * JETON_E_SCOPE: it has not. */
JETON_MUST jeton_status jd_guard_admin(jd_call *call, jeton_err *err);

/* Whether the login behind the token is younger than the setting fresh-ttl. Only after jd_guard()
 * said JETON_OK. JETON_E_NOT_FRESH. */
JETON_MUST jeton_status jd_guard_fresh(const jd_call *call, jeton_err *err);

/* Whose token it was. Only after jd_guard() said JETON_OK. JETON_E_CLAIM. */
JETON_MUST jeton_status jd_guard_owner(const jd_call *call, jd_id *user, jd_id *session,
                                       jeton_err *err);

#endif
