/* SPDX-License-Identifier: Apache-2.0 */
/* api/cookies.c - sets, clears and finds the cookies. */
#include "api/cookies.h"

#include "core/auto.h"
#include "core/err.h"
#include "guard/cookie.h"
#include "sys/log.h"

typedef enum which { ACCESS, REFRESH, CSRF } which;

/* Strict would make somebody who follows a link to a page behind /verify look signed out; the other
 * two are only ever used by scripts of a page that is already there. */
static const struct {
    const char *secure, *insecure; /* the name */
    const char *same_site;
    bool http_only;
} kinds[] = {
    [ACCESS] = {"__Host-jeton-access", "jeton-access", "Lax", true},
    [REFRESH] = {"__Host-jeton-refresh", "jeton-refresh", "Strict", true},
    [CSRF] = {"__Host-jeton-csrf", "jeton-csrf", "Strict", false},
};

static bool is_insecure(const jd_call *call)
{
    return call->app->accounts->config->insecure_cookies;
}

static const char *name_of(const jd_call *call, which kind)
{
    return is_insecure(call) ? kinds[kind].insecure : kinds[kind].secure;
}

static jeton_status put(jd_call *call, which kind, jeton_span value, int64_t max_age,
                        jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf made = jt_buf_init(NULL);
    const jt_cookie cookie = {
        .name = name_of(call, kind),
        .value = value,
        .path = "/",
        .max_age = max_age,
        .secure = !is_insecure(call),
        .http_only = kinds[kind].http_only,
        .same_site = kinds[kind].same_site,
    };
    JT_TRY(jt_cookie_print(&cookie, &made, err));
    const char *text = jt_arena_text(call->arena, jt_buf_span(&made));
    if (text == NULL)
        return jt_fail(err, JETON_E_NOMEM, "cookie");
    jd_call_header(call, "Set-Cookie", text);
    return JETON_OK;
}

static bool is_local(const jd_call *call)
{
    jeton_span host;
    return jd_request_header(call->request, "Host", &host) == 1 && jd_origin_is_local(host);
}

/* The only value here that can be too long. What helps is the operator's business. */
static jeton_status put_access(jd_call *call, const jd_tokens *tokens, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status =
        put(call, ACCESS, jeton_text_span(tokens->access), tokens->expires_in, &why);
    if (status == JETON_E_LIMIT)
        return jt_fail(err, JETON_E_ARGUMENT, "%s: shorten it by token-roles", why.text);
    return status == JETON_OK ? status : jt_fail(err, status, "%s", why.text);
}

jeton_status jd_cookies_check(const jd_call *call, jeton_err *err)
{
    if (is_insecure(call) && !is_local(call))
        return jt_fail(err, JETON_E_REQUEST, "insecure-cookies is on: cookies for localhost only");
    return JETON_OK;
}

jeton_status jd_cookies_put(jd_call *call, const jd_tokens *tokens, jeton_err *err)
{
    JT_TRY(jd_cookies_check(call, err));
    JT_TRY(put_access(call, tokens, err));
    JT_TRY(put(call, REFRESH, jeton_str(tokens->refresh), tokens->refresh_expires_in, err));
    return put(call, CSRF, jeton_str(tokens->csrf), tokens->refresh_expires_in, err);
}

void jd_cookies_clear(jd_call *call)
{
    jeton_status status = JETON_OK;
    for (which kind = ACCESS; kind <= CSRF && status == JETON_OK; kind++)
        status = put(call, kind, jeton_str(NULL), 0, NULL);
}

size_t jd_cookies_access(const jd_call *call, jeton_span *token)
{
    return jd_request_cookie(call->request, name_of(call, ACCESS), token);
}

size_t jd_cookies_refresh(const jd_call *call, jeton_span *token)
{
    return jd_request_cookie(call->request, name_of(call, REFRESH), token);
}
