/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_login.c - POST /login: user name and password in, a pair of tokens out,
 * in cookies when "cookies" is true. */
#include "accounts/client.h"
#include "accounts/login.h"
#include "api/body.h"
#include "api/cookies.h"
#include "api/endpoints.h"
#include "api/knock.h"
#include "api/token_answer.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/clients.h"

static jeton_status read_fields(jd_call *call, jeton_err *err)
{
    jd_login *on = jt_arena_alloc(call->arena, sizeof *on);
    jd_client *client = jt_arena_alloc(call->arena, sizeof *client);
    if (on == NULL || client == NULL)
        return jt_fail(err, JETON_E_NOMEM, "login");
    *on = (jd_login){.client = client,
                     .address = jd_request_client(call->request),
                     .client_address = jd_request_client_address(call->request),
                     .wait = &call->wait,
                     .request = call->id};
    call->state = on;
    call->attempt = &on->said;
    const jd_want wants[] = {
        {"username", &on->username, true},
        {"password", &on->password, true},
    };
    (void)jd_request_header(call->request, "User-Agent", &on->device);
    JT_TRY(jd_origin_check(call, err)); /* nobody is signed in by a stranger's page */
    JT_TRY(jd_client_find(call->app->accounts, jeton_str(JD_CLIENT), call->arena, client, err));
    JT_TRY(jd_body_read(call, wants, JT_COUNT(wants), err));
    JT_TRY(jd_body_switch(call, "cookies", &on->cookies, err));
    if (on->cookies)
        JT_TRY(jd_cookies_check(call, err));
    return jd_knock(call, err);
}

static jeton_status find_user(jd_call *call, jeton_err *err)
{
    return jd_login_find(call->app->accounts, call->state, call->arena, err);
}

static jeton_status check_password(jd_call *call, jeton_err *err)
{
    return jd_login_check(call->app->accounts, call->state, err);
}

static jeton_status begin_session(jd_call *call, jeton_err *err)
{
    JT_AUTO(jd_tokens_done) jd_tokens tokens = {0};
    JT_TRY(jd_login_begin(call->app->accounts, call->state, &tokens, err));
    return jd_token_answer(call, &tokens, err);
}

const jd_step jd_ep_login[] = {
    {JD_ON_LOOP, read_fields},     {JD_ON_READ, find_user}, {JD_ON_HASH, check_password},
    {JD_ON_COMMIT, begin_session}, {.run = NULL},
};
