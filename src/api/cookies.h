/* SPDX-License-Identifier: Apache-2.0 */
/* api/cookies.h - tokens in cookies, for pages in browsers: scripts never get to see them.
 *
 *     __Host-jeton-access    HttpOnly, SameSite=Lax     the access token, as long as it lives
 *     __Host-jeton-refresh   HttpOnly, SameSite=Strict  the refresh token, as long as it lives
 *     __Host-jeton-csrf      SameSite=Strict            the CSRF value, for scripts to read
 *
 * The prefix has browsers demand Secure, Path=/ and no Domain, so that no other host of the site
 * can set or overwrite them. Chromium takes them from http://localhost, too; for development with
 * browsers that do not, the setting insecure-cookies has them called jeton-access and so on,
 * without Secure, and set for localhost only. */
#ifndef JD_API_COOKIES_H
#define JD_API_COOKIES_H

#include "accounts/session.h"
#include "api/call.h"

/* Whether cookies may be set at all. JETON_E_REQUEST: insecure-cookies is on, and the request's
 * Host is not this machine. */
JETON_MUST jeton_status jd_cookies_check(const jd_call *call, jeton_err *err);

/* Adds the three to the answer. `tokens` are of a session for cookies.
 *
 * JETON_E_REQUEST   as above
 * JETON_E_ARGUMENT  the access token is longer than a cookie may be
 * JETON_E_NOMEM */
JETON_MUST jeton_status jd_cookies_put(jd_call *call, const jd_tokens *tokens, jeton_err *err);

/* Takes the three away from the browser: goes into the answer, whatever that will be. */
void jd_cookies_clear(jd_call *call);

/* How often the cookie came; `token` gets the first. One that came twice is to be refused: which of
 * them was meant nobody knows. */
size_t jd_cookies_access(const jd_call *call, jeton_span *token);
size_t jd_cookies_refresh(const jd_call *call, jeton_span *token);

#endif
