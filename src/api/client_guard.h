/* SPDX-License-Identifier: Apache-2.0 */
/* api/client_guard.h - which client sends this form? For the endpoints that OAuth clients use. */
#ifndef JD_API_CLIENT_GUARD_H
#define JD_API_CLIENT_GUARD_H

#include "accounts/client.h"
#include "api/body.h"
#include "store/clients.h"

/* Reads the fields of a form, and the client's own beside them, and authenticates it
 * (oauth/client_auth.h). The answers to this call are those of RFC 6749 §5.2 from now on.
 *
 * proven  only a client with a secret will do
 *
 * JETON_E_REQUEST  the body is not a form, or as in api/body.h
 * JETON_E_CLIENT
 */
JETON_MUST jeton_status jd_client_guard(jd_call *call, const jd_want *wants, size_t count,
                                        bool proven, jd_client *client, jeton_err *err);

#define JD_CLIENT_GUARD_WANTS 8U /* fields of an endpoint at most */

#endif
