/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_login.c - POST /login: user name and password in, a pair of tokens out.
 *
 * Every reason to fail has one status, one text and one amount of work: a name that nobody has is
 * hashed against a decoy, and a disabled user's password is checked like any other. */
#include "accounts/password.h"
#include "api/body.h"
#include "api/endpoints.h"
#include "api/token_answer.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/secret.h"
#include "sys/log.h"

typedef struct login {
    jeton_span username, password;
    jd_user user;                  /* no password and a zero id: there is none of that name */
    char upgraded[JT_PWHASH_TEXT]; /* a better hash of the same password, or "" */
} login;

static jeton_status refuse(const jd_call *call, const login *on, const char *why, jeton_err *err)
{
    jd_log(JD_WARN, EV_LOGIN_FAILED, JD_REQUEST(call->id), JD_SPAN("user", on->username),
           JD_TEXT("address", jd_request_peer(call->request)), JD_TEXT("why", why));
    return jt_fail(err, JETON_E_CREDENTIALS, "%s", jeton_status_text(JETON_E_CREDENTIALS));
}

static jeton_status read_fields(jd_call *call, jeton_err *err)
{
    login *on = jt_arena_alloc(call->arena, sizeof *on);
    if (on == NULL)
        return jt_fail(err, JETON_E_NOMEM, "login");
    call->state = on;
    const jd_want wants[] = {
        {"username", &on->username, true},
        {"password", &on->password, true},
    };
    return jd_body_read(call, wants, JT_COUNT(wants), err);
}

static jeton_status find_user(jd_call *call, jeton_err *err)
{
    login *on = call->state;
    const jeton_status status =
        jd_store_user_find(call->app->accounts->store, on->username, call->arena, &on->user, err);
    return status == JETON_E_NOT_FOUND ? JETON_OK : status; /* the decoy takes over */
}

/* A hash of an older cost is replaced now, while the password is known. Failing to make a better
 * one harms nobody. */
static void upgrade(const jd_accounts *accounts, login *on)
{
    if (jt_pwhash_is_weaker(on->user.password, &accounts->cost) &&
        jt_pwhash_print(NULL, on->password, &accounts->cost, on->upgraded, NULL) != JETON_OK)
        on->upgraded[0] = '\0';
}

static jeton_status check_password(jd_call *call, jeton_err *err)
{
    login *on = call->state;
    const jd_accounts *accounts = call->app->accounts;
    jeton_err why = {0};
    const jeton_status status = jd_password_check(accounts, on->user.password, on->password, &why);
    if (status == JETON_E_CREDENTIALS)
        return refuse(call, on, on->user.password.len > 0 ? "password" : "name", err);
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    if (on->user.disabled)
        return refuse(call, on, "disabled", err);
    upgrade(accounts, on);
    return JETON_OK;
}

static jeton_status begin_session(jd_call *call, jeton_err *err)
{
    login *on = call->state;
    jd_accounts *accounts = call->app->accounts;
    jeton_span device;
    (void)jd_request_header(call->request, "User-Agent", &device);
    JT_AUTO(jd_tokens_done) jd_tokens tokens = {0};
    jeton_err why = {0};
    const jeton_status status = jd_session_begin(accounts, &on->user, device,
                                                 jd_request_peer(call->request), &tokens, &why);
    if (status == JETON_E_CREDENTIALS)
        return refuse(call, on, "disabled", err);
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    if (on->upgraded[0] != '\0' &&
        jd_store_user_rehash(accounts->store, &on->user.id, on->user.password,
                             jeton_str(on->upgraded), NULL) == JETON_OK)
        jd_log(JD_DEBUG, EV_PASSWORD_REHASHED, JD_REQUEST(call->id));
    jd_log(JD_INFO, EV_LOGIN_OK, JD_REQUEST(call->id), JD_SPAN("user", on->user.name),
           JD_TEXT("address", jd_request_peer(call->request)));
    return jd_token_answer(call, &tokens, err);
}

const jd_step jd_ep_login[] = {
    {JD_ON_LOOP, read_fields},     {JD_ON_LOOP, find_user}, {JD_ON_HASH, check_password},
    {JD_ON_COMMIT, begin_session}, {.run = NULL},
};
