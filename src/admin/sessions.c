/* SPDX-License-Identifier: Apache-2.0 */
/* admin/sessions.c - the operations on sessions. */
#include "accounts/session.h"

#include "admin/operations.h"
#include "admin/task.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/sessions.h"
#include "store/users.h"
#include "sys/clock.h"

#define SESSIONS_AT_ONCE 200U /* they fit a line of the control socket */

static void put_session(jt_tree *tree, jt_node *list, const jd_session *session)
{
    jt_node *object = jt_tree_object(tree);
    jd_put_id(tree, object, "id", &session->id);
    jt_put_text(tree, object, "client_id", session->client);
    jt_put_text(tree, object, "device", session->device);
    jt_put_text(tree, object, "address", session->address);
    jd_put_time(tree, object, "created_at", session->created);
    jd_put_time(tree, object, "last_used_at", session->rotated);
    jd_put_time(tree, object, "expires_at", session->idle_expires);
    jt_add_node(tree, list, object);
}

static jeton_status session_list(jd_task *task, jeton_err *err)
{
    jd_user user;
    jd_sessions sessions;
    JT_TRY(jd_task_user(task, &user, err));
    JT_TRY(jd_store_session_list(task->accounts->store, &user.id, jd_now(), task->arena, &sessions,
                                 err));
    jt_node *list = jt_tree_array(task->tree);
    for (size_t i = 0; i < sessions.count && i < SESSIONS_AT_ONCE; i++)
        put_session(task->tree, list, &sessions.at[i]);
    jt_put_node(task->tree, task->result, "sessions", list);
    jt_put_bool(task->tree, task->result, "more", sessions.count > SESSIONS_AT_ONCE);
    return JETON_OK;
}

static jeton_status session_end(jd_task *task, jeton_err *err)
{
    jd_id id;
    if (!jd_id_parse(jd_task_text(task, "id"), &id))
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such session");
    return jd_session_end(task->accounts, NULL, &id, JD_SESSIONS_THIS, err);
}

static jeton_status session_end_all(jd_task *task, jeton_err *err)
{
    jd_user user;
    JT_TRY(jd_task_user(task, &user, err));
    return jd_session_end(task->accounts, &user.id, NULL, JD_SESSIONS_ALL, err);
}

const jd_operation jd_session_operations[] = {
    /* → {"sessions":[…],"more"}: the newest ones of a user */
    {.name = "session.list",
     .arguments = {JD_ARGUMENT_USER},
     .run = session_list,
     .method = "GET",
     .path = "/admin/users/{id}/sessions",
     .status = 200},
    {.name = "session.end_all",
     .arguments = {JD_ARGUMENT_USER},
     .run = session_end_all,
     .joins = true,
     .method = "DELETE",
     .path = "/admin/users/{id}/sessions",
     .status = 204},
    {.name = "session.end",
     .arguments = {{"id", JT_TEXT, true}},
     .run = session_end,
     .joins = true,
     .method = "DELETE",
     .path = "/admin/sessions/{id}",
     .status = 204},
    {.name = NULL},
};
