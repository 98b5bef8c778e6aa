/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_token.c - POST /token: the token endpoint of OAuth 2 (RFC 6749 §3.2). Carries a request
 * through its grant, whose parts run on the lanes they need. */
#include "api/client_guard.h"
#include "api/endpoints.h"
#include "api/knock.h"
#include "api/token_answer.h"
#include "core/auto.h"
#include "core/err.h"
#include "oauth/token.h"
#include "sys/log.h"

typedef struct token {
    jd_token_request request;
    const jd_grant *grant;
} token;

static jeton_status check(jd_call *call, jeton_err *err)
{
    token *on = call->state;
    return on->grant->check(&on->request, err);
}

static jeton_status issue(jd_call *call, jeton_err *err)
{
    token *on = call->state;
    JT_AUTO(jd_tokens_done) jd_tokens tokens = {0};
    const jeton_status status = on->grant->issue(&on->request, &tokens, err);
    if (status == JETON_E_REPLAY)
        jd_log(JD_WARN, EV_REFRESH_REPLAYED, JD_REQUEST(call->id),
               JD_TEXT("address", on->request.address), JD_TEXT("next", "the session is ended"));
    JT_TRY(status);
    jd_log(JD_DEBUG, EV_TOKEN_ISSUED, JD_REQUEST(call->id), JD_TEXT("grant", on->grant->name),
           JD_SPAN("client", on->request.client.id));
    return jd_token_answer(call, &tokens, err);
}

static jeton_status prepare(jd_call *call, jeton_err *err)
{
    token *on = call->state;
    return on->grant->prepare(&on->request, err);
}

static const jd_step hashed[] = {
    {JD_ON_READ, prepare}, {JD_ON_HASH, check}, {JD_ON_COMMIT, issue}, {.run = NULL}};
static const jd_step written[] = {{JD_ON_COMMIT, issue}, {.run = NULL}};
static const jd_step at_once[] = {{JD_ON_READ, issue}, {.run = NULL}};

static const jd_step *rest_of(const jd_grant *grant)
{
    if (grant->check != NULL)
        return hashed;
    return grant->writes ? written : at_once;
}

static jeton_status begin(jd_call *call, jeton_err *err)
{
    token *on = jt_arena_alloc(call->arena, sizeof *on);
    if (on == NULL)
        return jt_fail(err, JETON_E_NOMEM, "token");
    *on = (token){.request = {.accounts = call->app->accounts,
                              .arena = call->arena,
                              .address = jd_request_client(call->request),
                              .client_address = jd_request_client_address(call->request),
                              .wait = &call->wait,
                              .id = call->id}};
    call->state = on;
    jd_token_request *request = &on->request;
    call->attempt = &request->login.said;
    const jd_want wants[] = {
        {"grant_type", &request->grant_type, false},       {"scope", &request->scope, false},
        {"username", &request->username, false},           {"password", &request->password, false},
        {"refresh_token", &request->refresh_token, false},
    };
    (void)jd_request_header(call->request, "User-Agent", &request->device);
    JT_TRY(jd_client_guard(call, wants, JT_COUNT(wants), false, &request->client, err));
    JT_TRY(jd_grant_of(request, &on->grant, err));
    call->next = rest_of(on->grant);
    return on->grant->check != NULL ? jd_knock(call, err) /* a password, and the user's is read */
                                    : on->grant->prepare(request, err);
}

const jd_step jd_ep_token[] = {
    {JD_ON_LOOP, begin},
    {.run = NULL},
};
