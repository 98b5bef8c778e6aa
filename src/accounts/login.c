/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/login.c - the steps of a login. */
#include "accounts/login.h"

#include "accounts/alias.h"
#include "accounts/password.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/passwords.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/metrics.h"

static jeton_status refuse(const jd_login *login, size_t outcome, const char *why, jeton_err *err)
{
    jd_metric_add(JD_METRIC_LOGINS, outcome, 0);
    jd_log(JD_WARN, EV_LOGIN_FAILED, JD_REQUEST(login->request), JD_SPAN("user", login->said),
           JD_TEXT("address", login->address), JD_TEXT("why", why));
    return jt_fail(err, JETON_E_CREDENTIALS, "%s", jeton_status_text(JETON_E_CREDENTIALS));
}

static jeton_status refuse_credentials(const jd_login *login, jeton_err *err)
{
    const bool known = login->user.password.len > 0;
    return refuse(login, known ? JD_LOGIN_PASSWORD : JD_LOGIN_NAME, known ? "password" : "name",
                  err);
}

jeton_status jd_login_find(jd_accounts *accounts, jd_login *login, jt_arena *arena, jeton_err *err)
{
    jeton_err why = {0};
    login->upgraded[0] = '\0';
    const jeton_status status =
        jd_store_user_find(accounts->store, login->username, arena, &login->user, &why);
    if (status != JETON_OK && status != JETON_E_NOT_FOUND)
        return jt_fail(err, status, "%s", why.text);
    login->said = status == JETON_OK ? login->username
                                     : jd_alias_of(&accounts->aliases, login->username, arena);
    return JETON_OK; /* for who is not there, the decoy takes over */
}

/* Only who knows the password is told so. */
static jeton_status must_change(const jd_login *login, jeton_err *err)
{
    jd_metric_add(JD_METRIC_LOGINS, JD_LOGIN_MUST_CHANGE, 0);
    jd_log(JD_INFO, EV_LOGIN_FAILED, JD_REQUEST(login->request), JD_SPAN("user", login->said),
           JD_TEXT("address", login->address), JD_TEXT("why", "must change"));
    return jt_fail(err, JETON_E_MUST_CHANGE,
                   "the password has to be changed first: POST /password with username, "
                   "old_password and new_password");
}

/* Checks the password of a try that has begun. A lock is told after the check only, which takes its
 * time whether there is one or not. */
static jeton_status check(jd_accounts *accounts, const jd_login *login, const jd_try *at,
                          jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status =
        jd_password_check(accounts, login->user.password, login->password, &why);
    if (status != JETON_OK && status != JETON_E_CREDENTIALS) {
        jd_limits_forget(accounts->limits, at, jd_monotonic());
        return jt_fail(err, status, "%s", why.text);
    }
    if (at->locked)
        return refuse(login, JD_LOGIN_LOCKED, "locked", err);
    if (status == JETON_E_CREDENTIALS)
        return refuse_credentials(login, err);
    if (login->user.disabled)
        return refuse(login, JD_LOGIN_DISABLED, "disabled", err);
    jd_limits_succeed(accounts->limits, at, jd_monotonic());
    return JETON_OK;
}

jeton_status jd_login_check(jd_accounts *accounts, jd_login *login, jeton_err *err)
{
    jd_try at = {.client = login->client_address, .name = login->username};
    const jeton_status status =
        jd_limits_begin(accounts->limits, &at, jd_monotonic(), login->wait, err);
    if (status == JETON_E_RATE)
        jd_metric_add(JD_METRIC_LOGINS, JD_LOGIN_LIMITED, 0);
    JT_TRY(status);
    JT_TRY(check(accounts, login, &at, err));
    if (login->user.must_change)
        return must_change(login, err);
    /* A hash of another format or an older cost is replaced now, while the password is known. */
    jd_password_upgrade(accounts, login->user.password, login->password, login->upgraded);
    return JETON_OK;
}

jeton_status jd_login_begin(jd_accounts *accounts, jd_login *login, jd_tokens *tokens,
                            jeton_err *err)
{
    jeton_err why = {0};
    const jd_beginning beginning = {.user = &login->user,
                                    .client = login->client,
                                    .scope = login->scope,
                                    .device = login->device,
                                    .address = login->address,
                                    .cookies = login->cookies};
    const jeton_status status = jd_session_begin(accounts, &beginning, tokens, &why);
    if (status == JETON_E_CREDENTIALS)
        return refuse(login, JD_LOGIN_OTHER, "disabled or changed meanwhile", err);
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    if (login->upgraded[0] != '\0' &&
        jd_store_user_rehash(accounts->store, &login->user.id, login->user.password,
                             jeton_str(login->upgraded), NULL) == JETON_OK)
        jd_log(JD_DEBUG, EV_PASSWORD_REHASHED, JD_REQUEST(login->request));
    jd_metric_add(JD_METRIC_LOGINS, JD_LOGIN_OK, 0);
    jd_log(JD_INFO, EV_LOGIN_OK, JD_REQUEST(login->request), JD_SPAN("user", login->user.name),
           JD_TEXT("address", login->address));
    return JETON_OK;
}
