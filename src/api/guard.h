/* SPDX-License-Identifier: Apache-2.0 */
/* api/guard.h - who sends this request, and may he? The one place that looks at access tokens. */
#ifndef JD_API_GUARD_H
#define JD_API_GUARD_H

#include "api/call.h"

/* Verifies the bearer token of the request; call->verdict holds the claims afterwards.
 *
 * JETON_E_MISSING  no token was sent
 * JETON_E_REQUEST  more than one Authorization header
 * what jeton_verify() gives
 */
JETON_MUST jeton_status jd_guard(jd_call *call, jeton_err *err);

/* The same, and the token has the role "admin": for everything under /admin/.
 * JETON_E_SCOPE: it has not. */
JETON_MUST jeton_status jd_guard_admin(jd_call *call, jeton_err *err);

/* Whose token it was. Only after jd_guard() said JETON_OK. JETON_E_CLAIM. */
JETON_MUST jeton_status jd_guard_owner(const jd_call *call, jd_id *user, jd_id *session,
                                       jeton_err *err);

#endif
