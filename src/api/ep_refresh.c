/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_refresh.c - POST /refresh: a refresh token in, the next pair out. */
#include "accounts/client.h"
#include "api/body.h"
#include "api/cookies.h"
#include "api/csrf.h"
#include "api/endpoints.h"
#include "api/token_answer.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/clients.h"
#include "sys/log.h"

static jeton_status read_body(jd_call *call, bool required, jeton_span *token, jeton_err *err)
{
    const jd_want wants[] = {{"refresh_token", token, required}};
    return jd_body_read(call, wants, JT_COUNT(wants), err);
}

/* A token in both places is the body's: who knows it needs no cookie. */
static jeton_status read_fields(jd_call *call, jeton_err *err)
{
    jeton_span cookie;
    jd_refreshing *on = jt_arena_alloc(call->arena, sizeof *on);
    if (on == NULL)
        return jt_fail(err, JETON_E_NOMEM, "refresh");
    call->state = on;
    const size_t cookies = jd_cookies_refresh(call, &cookie);
    JT_TRY(read_body(call, cookies == 0, &on->token, err));
    if (cookies > 1)
        return jt_fail(err, JETON_E_REQUEST, "the refresh cookie came twice");
    if (on->token.len > 0 && cookies == 1 && !jeton_span_equal(on->token, cookie))
        return jt_fail(err, JETON_E_REQUEST,
                       "one refresh token in the body, another in the cookie");
    if (on->token.len > 0)
        return JETON_OK;
    on->token = cookie;
    on->cookies = call->by_cookie = true;
    return jd_csrf_begin(call, &on->csrf, err);
}

static void log_refusal(const jd_call *call, jeton_status status)
{
    if (status == JETON_E_REPLAY)
        jd_log(JD_WARN, EV_REFRESH_REPLAYED, JD_REQUEST(call->id),
               JD_TEXT("address", jd_request_client(call->request)),
               JD_TEXT("next", "the session is ended"));
    else if (status == JETON_E_SESSION)
        jd_log(JD_INFO, EV_REFRESH_REFUSED, JD_REQUEST(call->id),
               JD_TEXT("address", jd_request_client(call->request)));
}

/* A cookie whose session is over is of no use to the browser any more. */
static void drop_cookies(jd_call *call, jeton_status status)
{
    if (call->by_cookie && (status == JETON_E_SESSION || status == JETON_E_REPLAY))
        jd_cookies_clear(call);
}

static jeton_status refresh(jd_call *call, jeton_err *err)
{
    jd_refreshing *on = call->state;
    JT_AUTO(jd_tokens_done) jd_tokens tokens = {0};
    jd_client client;
    JT_TRY(jd_client_find(call->app->accounts, jeton_str(JD_CLIENT), call->arena, &client, err));
    on->client = &client;
    const jeton_status status = jd_session_refresh(call->app->accounts, on, &tokens, err);
    if (status != JETON_OK) {
        drop_cookies(call, status);
        log_refusal(call, status);
        return status;
    }
    jd_log(JD_DEBUG, EV_REFRESH_OK, JD_REQUEST(call->id));
    return jd_token_answer(call, &tokens, err);
}

const jd_step jd_ep_refresh[] = {
    {JD_ON_LOOP, read_fields},
    {JD_ON_COMMIT, refresh},
    {.run = NULL},
};
