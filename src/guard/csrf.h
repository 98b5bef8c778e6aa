/* SPDX-License-Identifier: Apache-2.0 */
/* guard/csrf.h - whether a request was made by a page that may read our answers, not by a
 * stranger's page that can only send (cross-site request forgery). */
#ifndef JT_GUARD_CSRF_H
#define JT_GUARD_CSRF_H

#include <jeton/span.h>

#include <stdbool.h>

/* The claim of an access or refresh token with the value that has to come back with it. */
#define JT_CSRF_CLAIM "csrf"

/* Values shorter than this could be guessed, and never match. */
#define JT_CSRF_SHORTEST 16U

/* Whether `given` is the value that is expected, in constant time; never when none is. The one
 * place where the two are compared. */
bool jt_csrf_match(jeton_span expected, jeton_span given);

/* Whether a request of this method changes nothing (RFC 9110 §9.2.1): GET, HEAD and OPTIONS. Not
 * TRACE, which nobody needs. */
bool jt_method_is_safe(jeton_span method);

#endif
