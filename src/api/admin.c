/* SPDX-License-Identifier: Apache-2.0 */
/* api/admin.c - from a request to the arguments of an operation, and from its result to an answer.
 *
 * An operation runs on a lane of its own: it may take long (a backup), and it keeps in memory what
 * it has brought to disk, so it is no part of a batch whose end nobody knows yet. Those that say
 * that they join, which revoke, are: many of them reach the disk together. What hashes passwords
 * has been on the hash lane before.
 */
#include "api/admin.h"

#include "api/admin_arguments.h"
#include "api/guard.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/roles.h"
#include "store/users.h"

/* ---- who may -------------------------------------------------------------------------------- */

static jeton_status read(jd_call *call, jeton_err *err)
{
    JT_TRY(jd_guard_admin(call, err));
    if (call->operation->fresh)
        JT_TRY(jd_guard_fresh(call, err));
    return jd_admin_read(call, call->operation, &call->arguments, err);
}

static bool has_role(const jd_user *user)
{
    for (size_t i = 0; i < user->role_count; i++)
        if (jeton_span_equal(user->roles[i], jeton_str(JD_ROLE_ADMIN)))
            return !user->disabled;
    return false;
}

/* The token says what was true when it was issued. Here it has to be so now: who was an
 * administrator must not use the rest of a quarter of an hour. */
static jeton_status is_admin_now(jd_call *call, jeton_err *err)
{
    jd_id id;
    jd_id session;
    jd_user user;
    jeton_err why = {0};
    JT_TRY(jd_guard_owner(call, &id, &session, err));
    const jeton_status status =
        jd_store_user_get(call->app->accounts->store, &id, call->arena, &user, &why);
    if (status == JETON_E_NOT_FOUND || (status == JETON_OK && !has_role(&user)))
        return jt_fail(err, JETON_E_SCOPE, "the role admin has been taken away");
    return status == JETON_OK ? status : jt_fail(err, status, "%s", why.text);
}

/* ---- doing it ------------------------------------------------------------------------------- */

/* Outcomes that are about what was asked for. As those of a token they would be a 401. */
static const jeton_status askings[] = {
    JETON_E_LIMIT,   JETON_E_SYNTAX, JETON_E_ENCODING,    JETON_E_KEY,
    JETON_E_KEY_USE, JETON_E_ALG,    JETON_E_UNSUPPORTED,
};

static jeton_status told(jeton_status status, const jeton_err *why, jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(askings); i++)
        if (status == askings[i])
            return jt_fail(err, JETON_E_REQUEST, "%s", why->text);
    if (status == JETON_E_CREDENTIALS) /* the user was changed in this very moment */
        return jt_fail(err, JETON_E_BUSY, "%s", why->text);
    return jt_fail(err, status, "%s", why->text);
}

static jeton_status run_step(jd_task *task, jd_task_step *step, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status = step(task, &why);
    return status == JETON_OK ? status : told(status, &why, err);
}

static jd_task task_of(jd_call *call)
{
    return (jd_task){.accounts = call->app->accounts,
                     .arguments = jt_json_root(call->arguments),
                     .arena = call->arena,
                     .hashed = call->state,
                     .left = call->state,
                     .ticket = call->ticket};
}

static jeton_status hash(jd_call *call, jeton_err *err)
{
    jd_task task = task_of(call);
    JT_TRY(run_step(&task, call->operation->hash, err));
    call->state = task.hashed;
    return JETON_OK;
}

static void settled(jd_call *call, jeton_status status)
{
    jd_task task = task_of(call);
    call->operation->settled(&task, status);
}

static jeton_status run(jd_call *call, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jd_task task = task_of(call);
    JT_TRY(jt_tree_new(NULL, &tree, err));
    task.tree = tree;
    task.result = jt_tree_object(tree);
    JT_TRY(run_step(&task, call->operation->run, err));
    call->ticket = task.ticket;
    call->state = task.left;
    if (call->operation->settled != NULL)
        call->settled = settled;
    if (task.ticket != 0)
        return JETON_OK; /* the next step answers */
    if (call->operation->status != 204)
        return jd_call_answer(call, call->operation->status, tree, task.result, err);
    jd_call_answer_empty(call, 204);
    return JETON_OK;
}

static jeton_status tell(jd_call *call, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jd_task task = task_of(call);
    JT_TRY(jt_tree_new(NULL, &tree, err));
    task.tree = tree;
    task.result = jt_tree_object(tree);
    JT_TRY(run_step(&task, call->operation->told, err));
    return jd_call_answer(call, 200, tree, task.result, err);
}

void jd_admin_begin(jd_call *call, const jd_operation *operation)
{
    static const jd_step hashing[] = {
        {JD_ON_LOOP, read},     {JD_ON_HASH, hash}, {JD_ON_OPERATION, is_admin_now},
        {JD_ON_OPERATION, run}, {.run = NULL},
    };
    static const jd_step plain[] = {
        {JD_ON_LOOP, read},
        {JD_ON_OPERATION, is_admin_now},
        {JD_ON_OPERATION, run},
        {.run = NULL},
    };
    static const jd_step joining[] = {
        {JD_ON_LOOP, read}, {JD_ON_READ, is_admin_now}, {JD_ON_COMMIT, run}, {JD_ON_NODES, tell},
        {.run = NULL},
    };
    call->operation = operation;
    if (operation->joins)
        jd_call_run(call, joining);
    else
        jd_call_run(call, operation->hash != NULL ? hashing : plain);
}
