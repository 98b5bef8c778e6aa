/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_refresh.c - POST /refresh: a refresh token in, the next pair out. */
#include "accounts/client.h"
#include "api/body.h"
#include "api/endpoints.h"
#include "api/token_answer.h"
#include "core/auto.h"
#include "core/err.h"
#include "sys/log.h"

static jeton_status read_fields(jd_call *call, jeton_err *err)
{
    jeton_span *token = jt_arena_alloc(call->arena, sizeof *token);
    if (token == NULL)
        return jt_fail(err, JETON_E_NOMEM, "refresh");
    call->state = token;
    const jd_want wants[] = {{"refresh_token", token, true}};
    return jd_body_read(call, wants, JT_COUNT(wants), err);
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

static jeton_status refresh(jd_call *call, jeton_err *err)
{
    const jeton_span *token = call->state;
    JT_AUTO(jd_tokens_done) jd_tokens tokens = {0};
    jd_client client;
    JT_TRY(jd_client_find(call->app->accounts, jeton_str(JD_CLIENT), call->arena, &client, err));
    const jd_refreshing refreshing = {.client = &client, .token = *token};
    const jeton_status status = jd_session_refresh(call->app->accounts, &refreshing, &tokens, err);
    if (status != JETON_OK) {
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
