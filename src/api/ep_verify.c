/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_verify.c - GET /verify?role=R&scope=A+B&fresh=1: forward auth. 200 with who it is, 401 or
 * 403 with a challenge. */
#include "api/csrf.h"
#include "api/endpoints.h"
#include "api/guard.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "http/form.h"
#include "token/verdict.h"

/* What the query demands, on top of a good token. */
typedef struct demand {
    jeton_span role, scope, fresh;
} demand;

/* A parameter we do not know is refused: ?roles=admin must not pass for ?role=admin. */
static jeton_status read_demand(jd_call *call, demand *of, jeton_err *err)
{
    const struct {
        const char *name;
        jeton_span *to;
    } known[] = {{"role", &of->role}, {"scope", &of->scope}, {"fresh", &of->fresh}};
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
        return jt_fail(err, JETON_E_REQUEST, "the query may hold role, scope and fresh only");
    if (of->fresh.len > 0 && !jeton_span_equal(of->fresh, jeton_str("1")))
        return jt_fail(err, JETON_E_REQUEST, "fresh can only be 1");
    return JETON_OK;
}

static jeton_status check_role(const jd_call *call, const demand *of, jeton_err *err)
{
    if (of->role.len == 0 || jeton_verdict_has(call->verdict, "roles", of->role))
        return JETON_OK;
    return jt_fail(err, JETON_E_SCOPE, "the role is missing");
}

/* Every word of the demand must be one of the token's. */
static jeton_status check_scope(const jd_call *call, const demand *of, jeton_err *err)
{
    jeton_span rest = of->scope;
    while (rest.len > 0) {
        const uint8_t *space = memchr(rest.ptr, ' ', rest.len);
        const size_t len = space != NULL ? (size_t)(space - rest.ptr) : rest.len;
        if (!jeton_verdict_has_word(call->verdict, "scope", jeton_bytes(rest.ptr, len)))
            return jt_fail(err, JETON_E_SCOPE, "a scope is missing");
        rest = space != NULL ? jeton_bytes(space + 1, rest.len - len - 1) : jeton_str(NULL);
    }
    return JETON_OK;
}

static jeton_status check_fresh(const jd_call *call, const demand *of, jeton_err *err)
{
    jeton_time login;
    if (of->fresh.len == 0)
        return JETON_OK;
    const jeton_time oldest = jt_now(NULL) - call->app->accounts->config.fresh_ttl * 1000;
    if (jeton_verdict_date(call->verdict, "auth_time", &login) && login >= oldest)
        return JETON_OK;
    return jt_fail(err, JETON_E_NOT_FRESH, "%s", jeton_status_text(JETON_E_NOT_FRESH));
}

static jeton_status put_header(jd_call *call, const char *name, jeton_span value, jeton_err *err)
{
    const char *text = jt_arena_text(call->arena, value);
    if (text == NULL)
        return jt_fail(err, JETON_E_NOMEM, "header");
    jd_call_header(call, name, text);
    return JETON_OK;
}

/* Role names hold no comma (accounts/user.h), so they can be listed with one. */
static jeton_status put_roles(jd_call *call, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf list = jt_buf_init(NULL);
    for (jt_iter it = jt_iter_of(jt_get(call->verdict->claims, "roles")); jt_iter_next(&it);) {
        jeton_span role;
        if (!jt_val_text(it.val, &role))
            continue;
        if (list.len > 0)
            JT_TRY(jt_buf_add(&list, jeton_str(","), err));
        JT_TRY(jt_buf_add(&list, role, err));
    }
    return put_header(call, "X-Jeton-Roles", jt_buf_span(&list), err);
}

static jeton_status put_identity(jd_call *call, jeton_err *err)
{
    static const struct {
        const char *claim, *header;
    } identity[] = {{"sub", "X-Jeton-Sub"}, {"sid", "X-Jeton-Sid"}};
    for (size_t i = 0; i < JT_COUNT(identity); i++) {
        jeton_span value;
        (void)jeton_verdict_text(call->verdict, identity[i].claim, &value);
        JT_TRY(put_header(call, identity[i].header, value, err));
    }
    return put_roles(call, err);
}

static jeton_status verify(jd_call *call, jeton_err *err)
{
    demand of = {0};
    JT_TRY(read_demand(call, &of, err));
    JT_TRY(jd_guard_behind(call, jd_csrf_is_unsafe_behind, err));
    JT_TRY(check_role(call, &of, err));
    JT_TRY(check_scope(call, &of, err));
    JT_TRY(check_fresh(call, &of, err));
    JT_TRY(put_identity(call, err));
    jd_call_answer_empty(call, 200);
    return JETON_OK;
}

const jd_step jd_ep_verify[] = {
    {JD_ON_LOOP, verify},
    {.run = NULL},
};
