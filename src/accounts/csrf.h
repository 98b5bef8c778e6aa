/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/csrf.h - the value that shows that a request was made by a page that may read our
 * answers, not by a stranger's page that can only send (cross-site request forgery).
 *
 * There is one for each session, made of the key of its refresh tokens: nothing has to be stored,
 * and what one session is asked for says nothing about another. It stands in a cookie that scripts
 * may read, in the claim "csrf" of the session's access tokens in cookies, and has to come back in
 * a header, which a form of a stranger cannot set. Pure functions.
 */
#ifndef JD_ACCOUNTS_CSRF_H
#define JD_ACCOUNTS_CSRF_H

#include <jeton/error.h>
#include <jeton/span.h>

#define JD_CSRF_CHARS 32U
#define JD_CSRF_CLAIM "csrf"

/* Writes the value of the session with this key: JD_CSRF_CHARS characters of base64url and a NUL.
 */
void jd_csrf_print(jeton_span key, char to[JD_CSRF_CHARS + 1]);

/* Whether `given` is the expected value, in constant time; never when none is expected. The one
 * place where the two are compared. JETON_E_CSRF. */
JETON_MUST jeton_status jd_csrf_check(jeton_span expected, jeton_span given, jeton_err *err);

#endif
