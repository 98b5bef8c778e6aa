/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/session.h - sessions: begun by a login, kept alive by refreshing, ended. The rules of
 * DESIGN.md §5 are written here and nowhere else. */
#ifndef JD_ACCOUNTS_SESSION_H
#define JD_ACCOUNTS_SESSION_H

#include "accounts/client.h"
#include "accounts/csrf.h"
#include "accounts/refresh_token.h"
#include "store/clients.h"
#include "store/sessions.h"
#include "store/users.h"

#include <jeton/text.h>

#define JD_SCOPE_TEXT 2048U

/* What a login or a refresh gives. jd_tokens_done() wipes it. */
typedef struct jd_tokens {
    jeton_text *access;
    char refresh[JD_REFRESH_CHARS + 1]; /* "" for none */
    char scope[JD_SCOPE_TEXT];  /* of the access token; "" when it has none, or one too long to tell
                                 */
    int64_t expires_in;         /* seconds, of the access token */
    int64_t refresh_expires_in; /* seconds, of the refresh token if nobody uses it */
    char
        csrf[JD_CSRF_CHARS + 1]; /* of the session, when the tokens are for cookies; "" otherwise */
    jd_id session;
} jd_tokens;

void jd_tokens_done(jd_tokens *tokens);

/* What a session is begun with, for a user whose password was right. */
typedef struct jd_beginning {
    const jd_user *user;
    const jd_client *client; /* whose the tokens are, and how long they live */
    jeton_span scope;        /* words that were asked for; empty: nothing in particular */
    jeton_span device;       /* the User-Agent, of which a summary is kept (device.h) */
    const char *address;     /* where it comes from */
    bool cookies;            /* the tokens go into cookies: they are bound to a CSRF value */
} jd_beginning;

/* tokens  emptied first; the caller's: jd_tokens_done()
 *
 * JETON_E_CREDENTIALS  the user is disabled or gone by now
 * JETON_E_WIDER        a scope was asked for, and none of it is allowed
 *
 * The scope of a user's token is what the roles permit, as far as the client may have it, and as
 * far as it was asked for. A session that was begun without asking follows the roles.
 */
JETON_MUST jeton_status jd_session_begin(jd_accounts *accounts, const jd_beginning *beginning,
                                         jd_tokens *tokens, jeton_err *err);

/* What a refresh is asked with. */
typedef struct jd_refreshing {
    const jd_client *client; /* who asks: only whose the session is gets anything */
    jeton_span token;
    jeton_span scope; /* words to narrow the access token to; empty: all of the session's */
    bool cookies;     /* the token came in a cookie, and the next ones go into cookies */
    jeton_span csrf;  /* the copy of the session's CSRF value that came with it then */
} jd_refreshing;

/* Uses up a refresh token and gives the next pair. A token that was used less than the grace
 * window ago gives the same successor again; one that was used before that ends its session, and
 * that stays so although the call fails.
 *
 * JETON_E_SESSION  never issued here or to another client, or its session is over
 * JETON_E_REPLAY   used before: the session has been ended
 * JETON_E_CSRF     in a cookie, without the right copy: nothing has changed
 * JETON_E_WIDER    the session has none of the scope
 */
JETON_MUST jeton_status jd_session_refresh(jd_accounts *accounts, const jd_refreshing *refreshing,
                                           jd_tokens *tokens, jeton_err *err);

/* An access token for the client itself (RFC 6749 §4.4): no user, no session, no refresh token,
 * and nothing is written. `scope` is narrowed already. */
JETON_MUST jeton_status jd_session_none(jd_accounts *accounts, const jd_client *client,
                                        jeton_span scope, jd_tokens *tokens, jeton_err *err);

/* Ends the session of a refresh token that is authentic, whatever its counter. Ending what has
 * ended is fine.
 *
 * JETON_E_SESSION       never issued here
 * JETON_E_UNAUTHORIZED  it is another client's */
JETON_MUST jeton_status jd_session_revoke(jd_accounts *accounts, const jd_client *client,
                                          jeton_span token, jeton_err *err);

/* Says whether a refresh token is good at this moment for this client, changing nothing: the
 * session and its user in *view then, texts in the arena. JETON_E_SESSION. */
JETON_MUST jeton_status jd_session_peek(jd_accounts *accounts, const jd_client *client,
                                        jeton_span token, jt_arena *arena, jd_session_view *view,
                                        jeton_err *err);

/* The CSRF value of the session of a refresh token that is good at this moment, changing nothing;
 * *session says which that is. JETON_E_SESSION, and both are empty. */
JETON_MUST jeton_status jd_session_csrf(jd_accounts *accounts, const jd_client *client,
                                        jeton_span token, jd_id *user, jd_id *session,
                                        char csrf[JD_CSRF_CHARS + 1], jeton_err *err);

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
