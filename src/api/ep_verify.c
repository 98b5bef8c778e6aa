/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_verify.c - GET /verify?role=R&scope=A+B&fresh=1&proxy=NAME: forward auth. 200 with who it
 * is, 401 or 403 with a challenge, or where the browser may log in. */
#include "api/csrf.h"
#include "api/endpoints.h"
#include "api/guard.h"
#include "api/identity.h"
#include "api/original.h"
#include "api/verify_rules.h"
#include "core/auto.h"
#include "core/err.h"
#include "guard/demands.h"
#include "http/form.h"

/* What the query says. */
typedef struct question {
    jeton_span role, scope, fresh, proxy;
} question;

/* A parameter we do not know is refused: ?roles=admin must not pass for ?role=admin. */
static jeton_status read_query(jd_call *call, question *of, jeton_err *err)
{
    const struct {
        const char *name;
        jeton_span *to;
    } known[] = {
        {"role", &of->role}, {"scope", &of->scope}, {"fresh", &of->fresh}, {"proxy", &of->proxy}};
    jd_form *query;
    size_t found = 0;
    const jeton_span text = jd_request_query_text(call->request);
    if (text.len == 0)
        return JETON_OK;
    JT_TRY(jd_form_parse(text, call->arena, &query, err));
    for (size_t i = 0; i < JT_COUNT(known); i++) {
        const size_t count = jd_form_find(query, known[i].name, known[i].to);
        if (count > 1 || (count == 1 && known[i].to->len == 0))
            return jt_fail(err, JETON_E_REQUEST, "%s is given twice or empty", known[i].name);
        found += count;
    }
    if (found != jd_form_count(query))
        return jt_fail(err, JETON_E_REQUEST,
                       "the query may hold role, scope, fresh and proxy only");
    if (of->fresh.len > 0 && !jeton_span_equal(of->fresh, jeton_str("1")))
        return jt_fail(err, JETON_E_REQUEST, "fresh can only be 1");
    return JETON_OK;
}

static jeton_status check(const jd_call *call, const jd_demand *demand, jeton_err *err)
{
    if (demand->role.len > 0 && !jt_claim_has_name(call->verdict, "roles", demand->role))
        return jt_fail(err, JETON_E_SCOPE, "the role is missing");
    if (!jt_claim_has_names(call->verdict, "scope", demand->scope))
        return jt_fail(err, JETON_E_SCOPE, "a scope is missing");
    return demand->fresh ? jd_guard_fresh(call, err) : JETON_OK;
}

/* Without a token that is good for it, an open request is nobody's. */
static jeton_status take_open(jd_call *call)
{
    jeton_err none = {0};
    if (!jd_guard_has_token(call) ||
        jd_guard_behind(call, jd_csrf_is_unsafe_behind, &none) != JETON_OK)
        jd_verdicts_give(&call->app->verdicts, &call->verdict);
    return JETON_OK;
}

/* What the query demands, and what the rule for the request behind it demands. */
static jeton_status decide(jd_call *call, const question *of, const jd_original *original,
                           jeton_err *err)
{
    const jd_demand asked = {.role = of->role, .scope = of->scope, .fresh = of->fresh.len > 0};
    const bool asks = of->role.len > 0 || of->scope.len > 0 || asked.fresh;
    const jd_verify_rules *rules = call->app->verify_rules;
    jd_demand ruled = {.open = false};
    if (rules != NULL)
        JT_TRY(jd_verify_rules_find(rules, original->method, original->target, call->arena, &ruled,
                                    err));
    if (ruled.open && !asks)
        return take_open(call);
    JT_TRY(jd_guard_behind(call, jd_csrf_is_unsafe_behind, err));
    JT_TRY(check(call, &asked, err));
    return check(call, &ruled, err);
}

/* Who has to log in is sent there, when the proxy passes that on and a browser waits for a page. */
static bool is_sent_to_login(const jd_call *call, const jd_original *original, jeton_status status)
{
    return call->app->accounts->config->login_url[0] != '\0' && jeton_status_http(status) == 401 &&
           original->proxy != NULL && original->proxy->redirects &&
           jd_original_is_navigation(call, original);
}

static jeton_status send_to_login(jd_call *call, const jd_original *original, jeton_err *err)
{
    const char *url =
        jd_original_login(original, call->app->accounts->config->login_url, call->arena);
    if (url == NULL)
        return jt_fail(err, JETON_E_NOMEM, "login");
    jd_call_header(call, "Location", url);
    jd_call_answer_empty(call, 302);
    return JETON_OK;
}

static jeton_status answer(jd_call *call, const question *of, jeton_err *err)
{
    jd_original original;
    jeton_err why = {0};
    JT_TRY(jd_original_read(call, of->proxy, call->app->verify_rules != NULL, &original, err));
    call->behind = original.proxy->name[0] != '\0' ? original.method : jeton_str(NULL);
    const jeton_status status = decide(call, of, &original, &why);
    if (is_sent_to_login(call, &original, status))
        return send_to_login(call, &original, err);
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    JT_TRY(jd_identity_put(call, &call->app->identity, err));
    jd_call_answer_empty(call, 200);
    return JETON_OK;
}

static jeton_status verify(jd_call *call, jeton_err *err)
{
    question of = {0};
    JT_TRY(read_query(call, &of, err));
    return answer(call, &of, err);
}

/* The query is the client's. */
static jeton_status verify_envoy(jd_call *call, jeton_err *err)
{
    const question of = {0};
    return answer(call, &of, err);
}

const jd_step jd_ep_verify[] = {
    {JD_ON_LOOP, verify},
    {.run = NULL},
};

const jd_step jd_ep_verify_envoy[] = {
    {JD_ON_LOOP, verify_envoy},
    {.run = NULL},
};
