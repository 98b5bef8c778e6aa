/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/session.h - sessions: begun by a login, kept alive by refreshing, ended. The rules of
 * DESIGN.md §5 are written here and nowhere else. */
#ifndef JD_ACCOUNTS_SESSION_H
#define JD_ACCOUNTS_SESSION_H

#include "accounts/accounts.h"
#include "accounts/refresh_token.h"

#include <jeton/text.h>

#define JD_CLIENT "jeton" /* the client_id of logins that name no client */

/* What a login or a refresh gives. jd_tokens_done() wipes it. */
typedef struct jd_tokens {
    jeton_text *access;
    char refresh[JD_REFRESH_CHARS + 1];
    int64_t expires_in; /* seconds, of the access token */
    jd_id session;
} jd_tokens;

void jd_tokens_done(jd_tokens *tokens);

/* Begins a session for a user whose password was right.
 *
 * device   what the client says it is: its User-Agent, of which a summary is kept (device.h)
 * address  where it comes from
 * tokens   emptied first; the caller's: jd_tokens_done()
 *
 * JETON_E_CREDENTIALS  the user is disabled or gone by now
 */
JETON_MUST jeton_status jd_session_begin(jd_accounts *accounts, const jd_user *user,
                                         jeton_span device, const char *address, jd_tokens *tokens,
                                         jeton_err *err);

/* Uses up a refresh token and gives the next pair. A token that was used less than the grace
 * window ago gives the same successor again; one that was used before that ends its session, and
 * that stays so although the call fails.
 *
 * JETON_E_SESSION  never issued here, or its session is over
 * JETON_E_REPLAY   used before: the session has been ended
 */
JETON_MUST jeton_status jd_session_refresh(jd_accounts *accounts, jeton_span text,
                                           jd_tokens *tokens, jeton_err *err);

/* Ends one session of a user; from its return on its access tokens are refused. Ending one that has
 * ended is fine.
 *
 * JETON_E_NOT_FOUND  he has no such session: somebody else's is not told from none */
JETON_MUST jeton_status jd_session_end_own(jd_accounts *accounts, const jd_id *user,
                                           const jd_id *session, jeton_err *err);

/* Which sessions of a user to end. */
typedef enum jd_sessions_which {
    JD_SESSIONS_THIS,
    JD_SESSIONS_OTHERS,
    JD_SESSIONS_ALL,
} jd_sessions_which;

/* Ends sessions; from its return on their access tokens are refused. Ending what has ended is
 * fine. */
JETON_MUST jeton_status jd_session_end(jd_accounts *accounts, const jd_id *user,
                                       const jd_id *session, jd_sessions_which which,
                                       jeton_err *err);

#endif
