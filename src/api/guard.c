/* SPDX-License-Identifier: Apache-2.0 */
/* api/guard.c - verifies the access token of a request. */
#include "api/guard.h"

#include "accounts/access_token.h"
#include "accounts/csrf.h"
#include "api/cookies.h"
#include "api/csrf.h"
#include "core/auto.h"
#include "core/err.h"
#include "guard/demands.h"
#include "guard/locate.h"
#include "oauth/bearer.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/metrics.h"

static jeton_status find_in_header(const jd_call *call, jeton_span *token, jeton_err *err)
{
    jeton_span value;
    *token = jeton_str(NULL);
    const size_t count = jd_request_header(call->request, "Authorization", &value);
    if (count > 1)
        return jt_fail(err, JETON_E_REQUEST, "more than one Authorization header");
    if (count == 1 && !jd_bearer_token(value, token))
        return jt_fail(err, JETON_E_SYNTAX, "the Authorization header is not: Bearer TOKEN");
    return JETON_OK;
}

/* Whose token it is stands in the audit log beside what he does. */
static void note_actor(jd_call *call)
{
    jeton_span sub;
    if (!jeton_verdict_text(call->verdict, "sub", &sub) || sub.len >= sizeof call->actor)
        return;
    memcpy(call->actor, sub.ptr, sub.len);
    call->actor[sub.len] = '\0';
    call->who.actor = call->actor;
}

/* A token in both places is the header's: no page of a stranger can send that. */
static jeton_status find_token(jd_call *call, jeton_span *token, jeton_err *err)
{
    jt_found found = {0};
    JT_TRY(find_in_header(call, token, err));
    if (token->len > 0) /* it is the first, so nothing is against it */
        (void)jt_found_take(&found, JETON_IN_HEADER, *token);
    const size_t cookies = jd_cookies_access(call, token);
    if (cookies > 1)
        return jt_fail(err, JETON_E_REQUEST, "the access cookie came twice");
    if (cookies == 1 && jt_found_take(&found, JETON_IN_COOKIE, *token) != JT_FAULT_NONE)
        return jt_fail(err, JETON_E_REQUEST,
                       "one access token in the header, another in the cookie");
    if (found.location == JETON_NOWHERE)
        return jt_fail(err, JETON_E_MISSING, "no access token was sent");
    if (found.location == JETON_IN_COOKIE)
        call->by_cookie = true;
    *token = found.token;
    return JETON_OK;
}

static jeton_status verify(jd_call *call, jeton_span token, jeton_err *err)
{
    if (call->verdict == NULL)
        JT_TRY(jd_verdicts_take(&call->app->verdicts, &call->verdict, err));
    const jeton_status status = jd_app_verify(call->app, JD_TAKE_OURS, token, call->verdict);
    jd_metric_add(JD_METRIC_VERIFICATIONS, status, 0);
    if (status == JETON_OK) {
        note_actor(call);
        return JETON_OK;
    }
    jd_log(JD_INFO, EV_TOKEN_REFUSED, JD_REQUEST(call->id),
           JD_TEXT("outcome", jeton_status_name(status)),
           JD_TEXT("why", jeton_verdict_why(call->verdict)));
    return jt_fail(err, status, "%s", jeton_verdict_why(call->verdict));
}

/* What does not need the token is looked at first: a stranger's page learns nothing about it. */
static jeton_status verify_cookie(jd_call *call, jeton_span token, jeton_err *err)
{
    jeton_span copy;
    jeton_span csrf;
    JT_TRY(jd_csrf_begin(call, &copy, err));
    JT_TRY(verify(call, token, err));
    (void)jeton_verdict_text(call->verdict, JD_CSRF_CLAIM, &csrf); /* without one it is refused */
    return jd_csrf_check(csrf, copy, err);
}

jeton_status jd_guard_behind(jd_call *call, bool (*is_unsafe)(const jd_call *call), jeton_err *err)
{
    jeton_span token;
    JT_TRY(find_token(call, &token, err));
    return call->by_cookie && is_unsafe(call) ? verify_cookie(call, token, err)
                                              : verify(call, token, err);
}

jeton_status jd_guard(jd_call *call, jeton_err *err)
{
    return jd_guard_behind(call, jd_csrf_is_unsafe, err);
}

bool jd_guard_has_token(const jd_call *call)
{
    jeton_span token;
    return jd_request_header(call->request, "Authorization", &token) > 0 ||
           jd_cookies_access(call, &token) > 0;
}

jeton_status jd_guard_admin(jd_call *call, jeton_err *err)
{
    JT_TRY(jd_guard(call, err));
    if (jt_claim_has_name(call->verdict, "roles", jeton_str("admin")))
        return JETON_OK;
    return jt_fail(err, JETON_E_SCOPE, "the role admin is missing");
}

jeton_status jd_guard_fresh(const jd_call *call, jeton_err *err)
{
    const int64_t most = call->app->accounts->config->fresh_ttl;
    if (jt_login_is_within(call->verdict, jd_now(), (uint64_t)most))
        return JETON_OK;
    return jt_fail(err, JETON_E_NOT_FRESH, "%s", jeton_status_text(JETON_E_NOT_FRESH));
}

jeton_status jd_guard_owner(const jd_call *call, jd_id *user, jd_id *session, jeton_err *err)
{
    if (jd_access_token_owner(call->verdict, user, session))
        return JETON_OK;
    return jt_fail(err, JETON_E_CLAIM, "the token does not say whose it is");
}
