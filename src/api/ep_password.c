/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_password.c - POST /password: the old password and a new one in; the other sessions end.
 *
 * Who it is says the access token, whose session goes on, or the field username: that is the way
 * for somebody who has no token because the password has to be changed first. Without a token every
 * reason to fail looks like a failed login and takes as long. */
#include "accounts/alias.h"
#include "accounts/password.h"
#include "api/body.h"
#include "api/endpoints.h"
#include "api/guard.h"
#include "api/knock.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/users.h"
#include "sys/clock.h"
#include "sys/log.h"

typedef struct change {
    jeton_span username, old_password, new_password;
    bool has_token;
    jd_id id, session; /* of the token */
    jd_user user;      /* no password and a zero id: there is none of that name */
    jeton_span said;   /* what logs call it by: the name, or an alias (accounts/alias.h) */
    char hash[JT_PWHASH_TEXT];
} change;

static jeton_status read_fields(jd_call *call, jeton_err *err)
{
    change *on = jt_arena_alloc(call->arena, sizeof *on);
    if (on == NULL)
        return jt_fail(err, JETON_E_NOMEM, "password");
    call->state = on;
    call->attempt = &on->said;
    const jd_want wants[] = {
        {"username", &on->username, false},
        {"old_password", &on->old_password, true},
        {"new_password", &on->new_password, true},
    };
    JT_TRY(jd_body_read(call, wants, JT_COUNT(wants), err));
    return jd_knock(call, err);
}

/* A token that is there is judged: a bad one is no reason to look at the name instead. A cookie is
 * there whether the page wants it or not, so a name goes before it. */
static jeton_status check_sender(jd_call *call, jeton_err *err)
{
    change *on = call->state;
    on->has_token = jd_request_header(call->request, "Authorization", &(jeton_span){0}) > 0 ||
                    (on->username.len == 0 && jd_guard_has_token(call));
    if (!on->has_token) /* as for a login */
        JT_TRY(jd_origin_check(call, err));
    if (!on->has_token && on->username.len == 0)
        return jt_fail(err, JETON_E_MISSING, "send an access token, or username");
    if (on->has_token && on->username.len > 0)
        return jt_fail(err, JETON_E_REQUEST, "send an access token or username, not both");
    if (!on->has_token)
        return JETON_OK;
    JT_TRY(jd_guard(call, err));
    return jd_guard_owner(call, &on->id, &on->session, err);
}

static jeton_status find_user(jd_call *call, jeton_err *err)
{
    change *on = call->state;
    jd_store *store = call->app->accounts->store;
    JT_TRY(check_sender(call, err));
    const jeton_status status =
        on->has_token ? jd_store_user_get(store, &on->id, call->arena, &on->user, err)
                      : jd_store_user_find(store, on->username, call->arena, &on->user, err);
    if (status == JETON_E_NOT_FOUND && on->has_token)
        return JETON_E_REVOKED; /* the user is gone, and the token with him */
    if (status != JETON_OK && status != JETON_E_NOT_FOUND)
        return status;
    on->said = status == JETON_OK
                   ? on->user.name
                   : jd_alias_of(&call->app->accounts->aliases, on->username, call->arena);
    return JETON_OK; /* for who is not there, the decoy takes over */
}

static jeton_status refuse(const jd_call *call, const change *on, const char *why, jeton_err *err)
{
    jd_log(JD_WARN, EV_PASSWORD_REFUSED, JD_REQUEST(call->id), JD_SPAN("user", on->said),
           JD_TEXT("address", jd_request_client(call->request)), JD_TEXT("why", why));
    return jt_fail(err, JETON_E_CREDENTIALS, "%s", jeton_status_text(JETON_E_CREDENTIALS));
}

/* Checks the old password of a try that has begun (limits.h). */
static jeton_status judge_old(const jd_call *call, const change *on, const jd_try *at,
                              jeton_err *err)
{
    const jd_accounts *accounts = call->app->accounts;
    jeton_err why = {0};
    const jeton_status status =
        jd_password_check(accounts, on->user.password, on->old_password, &why);
    if (status != JETON_OK && status != JETON_E_CREDENTIALS) {
        jd_limits_forget(accounts->limits, at, jd_monotonic());
        return jt_fail(err, status, "%s", why.text);
    }
    if (at->locked)
        return refuse(call, on, "locked", err);
    if (status == JETON_E_CREDENTIALS)
        return refuse(call, on, on->user.password.len > 0 ? "password" : "name", err);
    if (on->user.disabled)
        return refuse(call, on, "disabled", err);
    jd_limits_succeed(accounts->limits, at, jd_monotonic());
    return JETON_OK;
}

static jeton_status check_old(jd_call *call, jeton_err *err)
{
    const change *on = call->state;
    jd_try at = {.client = jd_request_client_address(call->request),
                 .name = on->has_token ? on->user.name : on->username};
    JT_TRY(jd_limits_begin(call->app->accounts->limits, &at, jd_monotonic(), &call->wait, err));
    return judge_old(call, on, &at, err);
}

/* The new one is judged only after the old one was right: what is wrong with it could tell a
 * stranger something about the user. */
static jeton_status hash_new(jd_call *call, jeton_err *err)
{
    change *on = call->state;
    JT_TRY(check_old(call, err));
    if (jeton_span_equal(on->old_password, on->new_password))
        return jt_fail(err, JETON_E_REQUEST, "the new password is the old one");
    return jd_password_new(call->app->accounts, &on->user, on->new_password, on->hash, err);
}

static jeton_status keep_new(jd_call *call, jeton_err *err)
{
    const change *on = call->state;
    jeton_err why = {0};
    const jeton_status status =
        jd_password_set(call->app->accounts, &on->user, on->hash, jeton_str(NULL),
                        on->has_token ? &on->session : NULL, &why);
    if (status == JETON_E_CREDENTIALS)
        return refuse(call, on, "changed meanwhile", err);
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    jd_call_answer_empty(call, 204);
    return JETON_OK;
}

const jd_step jd_ep_password[] = {
    {JD_ON_LOOP, read_fields}, {JD_ON_READ, find_user}, {JD_ON_HASH, hash_new},
    {JD_ON_COMMIT, keep_new},  {.run = NULL},
};
