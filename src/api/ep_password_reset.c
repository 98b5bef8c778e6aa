/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_password_reset.c - POST /password/reset: a one-time code and a new password in; all
 * sessions end. A password that may not be set leaves the code as it is. */
#include "accounts/password.h"
#include "api/body.h"
#include "api/endpoints.h"
#include "api/knock.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/passwords.h"
#include "store/users.h"
#include "sys/log.h"

typedef struct reset {
    jeton_span code, new_password;
    jd_user user;
    uint8_t digest[JD_RESET_DIGEST];
    char hash[JT_PWHASH_TEXT];
} reset;

static jeton_status read_fields(jd_call *call, jeton_err *err)
{
    reset *on = jt_arena_alloc(call->arena, sizeof *on);
    if (on == NULL)
        return jt_fail(err, JETON_E_NOMEM, "password");
    call->state = on;
    const jd_want wants[] = {
        {"code", &on->code, true},
        {"new_password", &on->new_password, true},
    };
    JT_TRY(jd_body_read(call, wants, JT_COUNT(wants), err));
    return jd_knock(call, err);
}

static jeton_status refuse(const jd_call *call, const jeton_err *why, jeton_err *err)
{
    jd_log(JD_WARN, EV_PASSWORD_REFUSED, JD_REQUEST(call->id),
           JD_TEXT("address", jd_request_client(call->request)), JD_TEXT("why", "code"));
    return jt_fail(err, JETON_E_CREDENTIALS, "%s", why->text);
}

static jeton_status find_code(jd_call *call, jeton_err *err)
{
    reset *on = call->state;
    jeton_err why = {0};
    const jeton_status status =
        jd_reset_find(call->app->accounts, on->code, call->arena, &on->user, on->digest, &why);
    if (status == JETON_E_CREDENTIALS)
        return refuse(call, &why, err);
    return status == JETON_OK ? status : jt_fail(err, status, "%s", why.text);
}

static jeton_status hash_new(jd_call *call, jeton_err *err)
{
    reset *on = call->state;
    return jd_password_new(call->app->accounts, &on->user, on->new_password, on->hash, err);
}

static jeton_status keep_new(jd_call *call, jeton_err *err)
{
    const reset *on = call->state;
    jeton_err why = {0};
    const jeton_status status =
        jd_password_set(call->app->accounts, &on->user, on->hash,
                        jeton_bytes(on->digest, sizeof on->digest), NULL, &why);
    if (status == JETON_E_CREDENTIALS)
        return refuse(call, &why, err);
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    jd_call_answer_empty(call, 204);
    return JETON_OK;
}

const jd_step jd_ep_password_reset[] = {
    {JD_ON_LOOP, read_fields}, {JD_ON_READ, find_code}, {JD_ON_HASH, hash_new},
    {JD_ON_COMMIT, keep_new},  {.run = NULL},
};
