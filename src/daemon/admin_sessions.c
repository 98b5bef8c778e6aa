/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_sessions.c - the operations on sessions. */
#include "accounts/session.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "daemon/admin_operations.h"

#define SESSIONS_AT_ONCE 200U /* they fit a line of the control socket */

static jeton_status find_user(jd_accounts *accounts, jeton_span name, jt_arena *arena, jd_id *id,
                              jeton_err *err)
{
    jd_user user;
    JT_TRY(jd_store_user_find(accounts->store, name, arena, &user, err));
    *id = user.id;
    return JETON_OK;
}

static void put_session(jt_tree *tree, jt_node *list, const jd_session *session)
{
    jt_node *object = jt_tree_object(tree);
    jd_admin_put_id(tree, object, "id", &session->id);
    jt_put_text(tree, object, "client_id", session->client);
    jt_put_text(tree, object, "device", session->device);
    jt_put_text(tree, object, "address", session->address);
    jt_put_int(tree, object, "created_at", session->created / 1000);
    jt_put_int(tree, object, "last_used_at", session->rotated / 1000);
    jt_put_int(tree, object, "expires_at", session->idle_expires / 1000);
    jt_add_node(tree, list, object);
}

/* {"user":NAME} → {"sessions":[…],"more"}: the newest ones */
jeton_status jd_admin_session_list(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                   jt_node *result, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jeton_span name;
    jd_id user;
    jd_sessions sessions;
    JT_TRY(jd_admin_text(arguments, "user", &name, err));
    JT_TRY(find_user(accounts, name, &arena, &user, err));
    JT_TRY(jd_store_session_list(accounts->store, &user, jt_now(NULL), &arena, &sessions, err));
    jt_node *list = jt_tree_array(tree);
    for (size_t i = 0; i < sessions.count && i < SESSIONS_AT_ONCE; i++)
        put_session(tree, list, &sessions.at[i]);
    jt_put_node(tree, result, "sessions", list);
    jt_put_bool(tree, result, "more", sessions.count > SESSIONS_AT_ONCE);
    return JETON_OK;
}

static jeton_status end_all(jd_accounts *accounts, jeton_span name, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_id user;
    JT_TRY(find_user(accounts, name, &arena, &user, err));
    return jd_session_end(accounts, &user, NULL, JD_SESSIONS_ALL, err);
}

/* {"id"} or {"user":NAME} → {}: one session, or all of a user's */
jeton_status jd_admin_session_end(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                  jt_node *result, jeton_err *err)
{
    (void)tree;
    (void)result;
    jeton_span text;
    jd_id id;
    if (jt_val_text(jt_get(arguments, "user"), &text))
        return end_all(accounts, text, err);
    JT_TRY(jd_admin_text(arguments, "id", &text, err));
    if (!jd_id_parse(text, &id))
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such session");
    return jd_session_end(accounts, NULL, &id, JD_SESSIONS_THIS, err);
}
