/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_introspect.c - POST /introspect (RFC 7662): what is a token good for at this moment? For
 * clients with a secret. Of a token that is not good nothing is told but that. */
#include "accounts/session.h"
#include "api/client_guard.h"
#include "api/endpoints.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/clients.h"
#include "store/sessions.h"
#include "sys/metrics.h"
#include "token/verdict.h"

static const char inactive[] = "{\"active\":false}";

/* The claims that are told; those of RFC 7662 §2.2 and ours. */
static const char *const told[] = {"iss", "sub", "aud",   "client_id", "scope",    "exp",
                                   "iat", "jti", "roles", "sid",       "auth_time"};

static jeton_status answer_access(jd_call *call, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *answer = jt_tree_object(tree);
    jt_put_bool(tree, answer, "active", true);
    jt_put_text(tree, answer, "token_type", jeton_str("Bearer"));
    for (size_t i = 0; i < JT_COUNT(told); i++) {
        const jt_val *claim = jt_get(call->verdict->claims, told[i]);
        if (claim != NULL)
            jt_put_node(tree, answer, told[i], jt_tree_copy(tree, claim));
    }
    return jd_call_answer(call, 200, tree, answer, err);
}

static jeton_status answer_refresh(jd_call *call, const jd_session_view *view, jeton_err *err)
{
    char id[JD_ID_CHARS + 1];
    const jd_session *session = &view->session;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *answer = jt_tree_object(tree);
    jt_put_bool(tree, answer, "active", true);
    jt_put_text(tree, answer, "iss", jeton_str(call->app->accounts->issuer));
    jd_id_print(&session->user, id);
    jt_put_text(tree, answer, "sub", jeton_str(id));
    jd_id_print(&session->id, id);
    jt_put_text(tree, answer, "sid", jeton_str(id));
    jt_put_text(tree, answer, "client_id", session->client);
    jt_put_text(tree, answer, "username", view->user.name);
    jt_put_int(tree, answer, "exp", session->idle_expires / 1000);
    jt_put_int(tree, answer, "iat", session->rotated / 1000);
    return jd_call_answer(call, 200, tree, answer, err);
}

typedef struct introspection {
    jeton_span token;
    jd_client client;
} introspection;

static jeton_status introspect(jd_call *call, jeton_err *err)
{
    introspection *on = jt_arena_alloc(call->arena, sizeof *on);
    if (on == NULL)
        return jt_fail(err, JETON_E_NOMEM, "introspection");
    *on = (introspection){0};
    call->state = on;
    const jd_want wants[] = {{"token", &on->token, true}};
    JT_TRY(jd_client_guard(call, wants, JT_COUNT(wants), true, &on->client, err));
    JT_TRY(jd_verdicts_take(&call->app->verdicts, &call->verdict, err));
    const jeton_status status = jd_app_verify(call->app, JD_TAKE_ANY, on->token, call->verdict);
    jd_metric_add(JD_METRIC_VERIFICATIONS, status, 0);
    if (status == JETON_OK)
        return answer_access(call, err);
    if (status == JETON_E_NOMEM || status == JETON_E_STALE) /* it may be good: nobody can tell */
        return jt_fail(err, status, "%s", jeton_status_text(status));
    return JETON_OK;
}

/* What is no access token may be a refresh token, of which the store knows. */
static jeton_status introspect_refresh(jd_call *call, jeton_err *err)
{
    const introspection *on = call->state;
    jd_session_view view;
    jeton_err why = {0};
    const jeton_status status =
        jd_session_peek(call->app->accounts, &on->client, on->token, call->arena, &view, &why);
    if (status == JETON_OK)
        return answer_refresh(call, &view, err);
    if (status != JETON_E_SESSION)
        return jt_fail(err, status, "%s", why.text);
    jd_call_answer_text(call, 200, jeton_bytes(inactive, sizeof inactive - 1));
    return JETON_OK;
}

const jd_step jd_ep_introspect[] = {
    {JD_ON_LOOP, introspect},
    {JD_ON_READ, introspect_refresh},
    {.run = NULL},
};
