/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_whoami.c - GET /whoami: what the server knows about the bearer of a token. */
#include "api/endpoints.h"
#include "api/guard.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/users.h"
#include "token/verdict.h"

static void put_text(jt_tree *tree, jt_node *answer, const jeton_verdict *verdict, const char *name)
{
    jeton_span text;
    (void)jeton_verdict_text(verdict, name, &text);
    jt_put_text(tree, answer, name, text);
}

static void put_roles(jt_tree *tree, jt_node *answer, const jeton_verdict *verdict)
{
    jt_node *roles = jt_tree_array(tree);
    for (jt_iter it = jt_iter_of(jt_get(verdict->claims, "roles")); jt_iter_next(&it);)
        jt_add_node(tree, roles, jt_tree_copy(tree, it.val));
    jt_put_node(tree, answer, "roles", roles);
}

static jeton_status put_answer(jd_call *call, jeton_span username, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *answer = jt_tree_object(tree);
    jeton_time expires;
    (void)jeton_verdict_date(call->verdict, "exp", &expires);
    put_text(tree, answer, call->verdict, "sub");
    jt_put_text(tree, answer, "username", username);
    put_roles(tree, answer, call->verdict);
    put_text(tree, answer, call->verdict, "scope");
    put_text(tree, answer, call->verdict, "sid");
    jt_put_int(tree, answer, "expires_at", expires / 1000);
    return jd_call_answer(call, 200, tree, answer, err);
}

static jeton_status check(jd_call *call, jeton_err *err)
{
    return jd_guard(call, err);
}

static jeton_status whoami(jd_call *call, jeton_err *err)
{
    jd_id id;
    jd_id session;
    jd_user user;
    JT_TRY(jd_guard_owner(call, &id, &session, err));
    const jeton_status status =
        jd_store_user_get(call->app->accounts->store, &id, call->arena, &user, err);
    if (status == JETON_E_NOT_FOUND)
        return JETON_E_REVOKED; /* the user is gone, and the token with him */
    JT_TRY(status);
    return put_answer(call, user.name, err);
}

const jd_step jd_ep_whoami[] = {
    {JD_ON_LOOP, check},
    {JD_ON_READ, whoami},
    {.run = NULL},
};
