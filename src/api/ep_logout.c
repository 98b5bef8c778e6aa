/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_logout.c - POST /logout: ends this session, the others, or all of a user's. */
#include "accounts/access_token.h"
#include "accounts/client.h"
#include "accounts/session.h"
#include "api/body.h"
#include "api/cookies.h"
#include "api/csrf.h"
#include "api/endpoints.h"
#include "api/guard.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/clients.h"
#include "sys/log.h"

typedef struct logout {
    jeton_span scope;
    jd_sessions_which which;
    jd_id user, session;
    jd_token_name token; /* that was shown; no jti: none was */
} logout;

static const struct {
    const char *scope;
    jd_sessions_which which;
} scopes[] = {
    {"", JD_SESSIONS_THIS},
    {"this", JD_SESSIONS_THIS},
    {"others", JD_SESSIONS_OTHERS},
    {"all", JD_SESSIONS_ALL},
};

static jeton_status read_scope(logout *on, jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(scopes); i++) {
        if (jeton_span_equal(on->scope, jeton_str(scopes[i].scope))) {
            on->which = scopes[i].which;
            return JETON_OK;
        }
    }
    return jt_fail(err, JETON_E_REQUEST, "scope is one of: this, others, all");
}

/* Who wants to leave after his access token has expired does not have to refresh first. */
static jeton_status read_refresh_cookie(jd_call *call, logout *on, jeton_span token, jeton_err *err)
{
    jeton_span copy;
    jd_client client;
    char csrf[JD_CSRF_CHARS + 1];
    jd_accounts *accounts = call->app->accounts;
    call->by_cookie = true;
    JT_TRY(jd_csrf_begin(call, &copy, err));
    JT_TRY(jd_client_find(accounts, jeton_str(JD_CLIENT), call->arena, &client, err));
    JT_TRY(jd_session_csrf(accounts, &client, token, &on->user, &on->session, csrf, err));
    JT_TRY(jd_csrf_check(jeton_str(csrf), copy, err));
    jd_id_print(&on->user, call->actor); /* as the guard does it for who has an access token */
    call->who.actor = call->actor;
    return JETON_OK;
}

static jeton_status read_sender(jd_call *call, logout *on, jeton_err *err)
{
    jeton_span token;
    if (!jd_guard_has_token(call) && jd_cookies_refresh(call, &token) == 1)
        return read_refresh_cookie(call, on, token, err);
    JT_TRY(jd_guard(call, err));
    jd_access_token_name(call->verdict, &on->token);
    return jd_guard_owner(call, &on->user, &on->session, err);
}

static jeton_status check(jd_call *call, jeton_err *err)
{
    logout *on = jt_arena_alloc(call->arena, sizeof *on);
    if (on == NULL)
        return jt_fail(err, JETON_E_NOMEM, "logout");
    call->state = on;
    JT_TRY(read_sender(call, on, err));
    const jd_want wants[] = {{"scope", &on->scope, false}};
    JT_TRY(jd_body_read(call, wants, JT_COUNT(wants), err));
    return read_scope(on, err);
}

/* Verifiers that are not ours read bits and know nothing of sessions: the bit of the token that is
 * at hand is set as well, where tokens tell them of lists. One whose list is over needs none. */
static jeton_status end_token(jd_call *call, const logout *on, jeton_err *err)
{
    jeton_err why = {0};
    jd_accounts *accounts = call->app->accounts;
    if (!accounts->config->status_claim || !on->token.has_index || on->which == JD_SESSIONS_OTHERS)
        return JETON_OK;
    const jeton_status status = jd_revoke_named(accounts, &on->token, &why);
    return status == JETON_OK || status == JETON_E_NOT_FOUND ? JETON_OK
                                                             : jt_fail(err, status, "%s", why.text);
}

static jeton_status end_sessions(jd_call *call, jeton_err *err)
{
    const logout *on = call->state;
    JT_TRY(jd_session_end(call->app->accounts, &on->user, &on->session, on->which, err));
    JT_TRY(end_token(call, on, err));
    jd_log(JD_INFO, EV_LOGOUT, JD_REQUEST(call->id),
           JD_SPAN("scope", on->scope.len > 0 ? on->scope : jeton_str("this")));
    if (call->by_cookie && on->which != JD_SESSIONS_OTHERS)
        jd_cookies_clear(call);
    jd_call_answer_empty(call, 204);
    return JETON_OK;
}

const jd_step jd_ep_logout[] = {
    {JD_ON_LOOP, check},
    {JD_ON_COMMIT, end_sessions},
    {.run = NULL},
};
