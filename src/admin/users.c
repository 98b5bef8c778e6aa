/* SPDX-License-Identifier: Apache-2.0 */
/* admin/users.c - the operations on users. */
#include "accounts/user.h"

#include "accounts/password.h"
#include "admin/operations.h"
#include "admin/task.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/roles.h"
#include "store/users.h"

#define USERS_USUAL 80U /* with an e-mail and 32 roles each they fit a line of the socket */
#define USERS_MOST  500U

/* A user as he is by now: the change may have been to his texts. */
static jeton_status show(const jd_task *task, const jd_id *id, jeton_err *err)
{
    jd_user user;
    JT_TRY(jd_store_user_get(task->accounts->store, id, task->arena, &user, err));
    jd_put_user(task->tree, task->result, &user);
    jd_put_texts(task->tree, task->result, "permissions", user.permissions, user.permission_count);
    return JETON_OK;
}

static jeton_status user_show(jd_task *task, jeton_err *err)
{
    jd_user user;
    JT_TRY(jd_task_user(task, &user, err));
    return show(task, &user.id, err);
}

/* ---- lists ---------------------------------------------------------------------------------- */

static void put_users(const jd_task *task, const jd_user *users, size_t count)
{
    jt_node *list = jt_tree_array(task->tree);
    for (size_t i = 0; i < count; i++) {
        jt_node *user = jt_tree_object(task->tree);
        jd_put_user(task->tree, user, &users[i]);
        jt_add_node(task->tree, list, user);
    }
    jt_put_node(task->tree, task->result, "users", list);
}

/* The one user of that name or e-mail, or nobody. */
static jeton_status list_one(const jd_task *task, jeton_err *err)
{
    jd_user user;
    jeton_err why = {0};
    const bool by_name = jd_task_has(task, "name");
    const jeton_span text = jd_task_text(task, by_name ? "name" : "email");
    jd_store *store = task->accounts->store;
    const jeton_status status =
        by_name ? jd_store_user_find(store, text, task->arena, &user, &why)
                : jd_store_user_find_email(store, text, task->arena, &user, &why);
    if (status != JETON_OK && status != JETON_E_NOT_FOUND)
        return jt_fail(err, status, "%s", why.text);
    put_users(task, &user, status == JETON_OK ? 1 : 0);
    return JETON_OK;
}

static jeton_status user_list(jd_task *task, jeton_err *err)
{
    jd_users users;
    jd_user_page page = {.after = jd_task_text(task, "after"),
                         .prefix = jd_task_text(task, "prefix")};
    if (jd_task_has(task, "name") || jd_task_has(task, "email"))
        return list_one(task, err);
    JT_TRY(jd_task_limit(task, USERS_USUAL, USERS_MOST, &page.most, err));
    JT_TRY(jd_store_user_list(task->accounts->store, &page, task->arena, &users, err));
    put_users(task, users.at, users.count);
    if (users.count == page.most)
        jt_put_text(task->tree, task->result, "next", users.at[users.count - 1].name);
    return JETON_OK;
}

/* ---- add ------------------------------------------------------------------------------------ */

static jeton_status read_user(const jd_task *task, jd_new_user *asked,
                              jeton_span roles[JD_ROLES_MAX], jeton_err *err)
{
    *asked = (jd_new_user){.name = jd_task_text(task, "name"),
                           .email = jd_task_text(task, "email"),
                           .password = jd_task_text(task, "password"),
                           .roles = roles,
                           .must_change = jd_task_bool(task, "must_change"),
                           .disabled = jd_task_bool(task, "disabled"),
                           .without_password = !jd_task_has(task, "password")};
    return jd_task_texts(task, "roles", roles, JD_ROLES_MAX, &asked->role_count, err);
}

/* Memory for a hash between the two steps. */
static jeton_status make_room(jd_task *task, jeton_err *err)
{
    task->hashed = jt_arena_alloc(task->arena, JT_PWHASH_TEXT);
    return task->hashed != NULL ? JETON_OK : jt_fail(err, JETON_E_NOMEM, "memory for a hash");
}

static jeton_status user_hash(jd_task *task, jeton_err *err)
{
    jd_new_user asked;
    jeton_span roles[JD_ROLES_MAX];
    JT_TRY(read_user(task, &asked, roles, err));
    JT_TRY(make_room(task, err));
    return jd_user_hash(task->accounts, &asked, task->hashed, err);
}

static jeton_status put_code(const jd_task *task, const jd_user *user, jeton_err *err)
{
    char code[JD_ID_CHARS + 1];
    jeton_time expires;
    JT_TRY(jd_reset_new(task->accounts, user, code, &expires, err));
    jt_put_text(task->tree, task->result, "code", jeton_str(code));
    jd_put_time(task->tree, task->result, "expires", expires);
    return JETON_OK;
}

/* A user without a password gets a code to set one with. */
static jeton_status user_add(jd_task *task, jeton_err *err)
{
    jd_new_user asked;
    jeton_span roles[JD_ROLES_MAX];
    jd_user user;
    JT_TRY(read_user(task, &asked, roles, err));
    JT_TRY(jd_user_add(task->accounts, &asked, task->hashed, &user, err));
    jd_put_user(task->tree, task->result, &user);
    return asked.without_password ? put_code(task, &user, err) : JETON_OK;
}

/* ---- change --------------------------------------------------------------------------------- */

static jeton_status user_set(jd_task *task, jeton_err *err)
{
    jd_user user;
    const jeton_span name = jd_task_text(task, "name");
    const jeton_span email = jd_task_text(task, "email");
    const bool disabled = jd_task_bool(task, "disabled");
    const jd_user_changes change = {.name = jd_task_has(task, "name") ? &name : NULL,
                                    .email = jd_task_has(task, "email") ? &email : NULL,
                                    .disabled = jd_task_has(task, "disabled") ? &disabled : NULL,
                                    .must_change = jd_task_bool(task, "must_change")};
    if (jd_task_has(task, "must_change") && !change.must_change)
        return jt_fail(err, JETON_E_REQUEST, "must_change ends when the password is changed");
    JT_TRY(jd_task_user(task, &user, err));
    JT_TRY(jd_user_change(task->accounts, &user, &change, err));
    return show(task, &user.id, err);
}

static jeton_status put_bar(const jd_task *task, const jd_user *user, bool disabled)
{
    jd_put_id(task->tree, task->result, "id", &user->id);
    jt_put_text(task->tree, task->result, "name", user->name);
    jt_put_bool(task->tree, task->result, "disabled", disabled);
    jt_put_bool(task->tree, task->result, "changed", user->disabled != disabled);
    return JETON_OK;
}

static jeton_status user_disable(jd_task *task, jeton_err *err)
{
    jd_user user;
    JT_TRY(jd_task_user(task, &user, err));
    JT_TRY(jd_user_disable(task->accounts, &user, err));
    return put_bar(task, &user, true);
}

static jeton_status user_enable(jd_task *task, jeton_err *err)
{
    jd_user user;
    JT_TRY(jd_task_user(task, &user, err));
    JT_TRY(jd_user_enable(task->accounts, &user, err));
    return put_bar(task, &user, false);
}

static jeton_status user_roles(jd_task *task, jeton_err *err)
{
    jd_user user;
    jeton_span give[JD_ROLES_MAX];
    jeton_span take[JD_ROLES_MAX];
    jd_role_change change = {.give = give, .take = take};
    JT_TRY(jd_task_texts(task, "give", give, JD_ROLES_MAX, &change.give_count, err));
    JT_TRY(jd_task_texts(task, "take", take, JD_ROLES_MAX, &change.take_count, err));
    JT_TRY(jd_task_user(task, &user, err));
    JT_TRY(jd_user_change_roles(task->accounts, &user, &change, err));
    return show(task, &user.id, err);
}

static jeton_status put_name(const jd_task *task, const jd_user *user)
{
    jd_put_id(task->tree, task->result, "id", &user->id);
    jt_put_text(task->tree, task->result, "name", user->name);
    return JETON_OK;
}

static jeton_status user_remove(jd_task *task, jeton_err *err)
{
    jd_user user;
    JT_TRY(jd_task_user(task, &user, err));
    JT_TRY(jd_user_remove(task->accounts, &user, err));
    return put_name(task, &user);
}

/* ---- passwords ------------------------------------------------------------------------------ */

static jeton_status password_hash(jd_task *task, jeton_err *err)
{
    jd_user user;
    JT_TRY(jd_task_user(task, &user, err));
    JT_TRY(make_room(task, err));
    return jd_password_new(task->accounts, &user, jd_task_text(task, "password"), task->hashed,
                           err);
}

/* The user is read again: while the hash was made he may have changed the password himself, and the
 * administrator's word is the later one. */
static jeton_status user_password(jd_task *task, jeton_err *err)
{
    jd_user user;
    JT_TRY(jd_task_user(task, &user, err));
    if (user.disabled)
        return jt_fail(err, JETON_E_REQUEST, "the user is disabled: enable him first");
    JT_TRY(jd_password_set(task->accounts, &user, task->hashed, jeton_str(NULL), NULL, err));
    return put_name(task, &user);
}

static jeton_status user_reset(jd_task *task, jeton_err *err)
{
    jd_user user;
    JT_TRY(jd_task_user(task, &user, err));
    JT_TRY(put_name(task, &user));
    return put_code(task, &user, err);
}

/* ---- the rows ------------------------------------------------------------------------------- */

const jd_operation jd_user_operations[] = {
    /* → {"users":[…],"next"}: in the order of their names; next is the after of the next page */
    {.name = "user.list",
     .arguments = {{"name", JT_TEXT, false},
                   {"email", JT_TEXT, false},
                   {"prefix", JT_TEXT, false},
                   {"after", JT_TEXT, false},
                   {"limit", JT_NUMBER, false}},
     .run = user_list,
     .method = "GET",
     .path = "/admin/users",
     .status = 200},
    /* → the user; without a password also "code", "expires" */
    {.name = "user.add",
     .arguments = {{"name", JT_TEXT, true},
                   {"password", JT_TEXT, false},
                   {"email", JT_TEXT, false},
                   {"roles", JT_ARRAY, false},
                   {"must_change", JT_BOOL, false},
                   {"disabled", JT_BOOL, false}},
     .hash = user_hash,
     .run = user_add,
     .method = "POST",
     .path = "/admin/users",
     .status = 201,
     .fresh = true},
    /* → the user, with "permissions" */
    {.name = "user.show",
     .arguments = {JD_ARGUMENT_USER},
     .run = user_show,
     .method = "GET",
     .path = "/admin/users/{id}",
     .status = 200},
    /* → the user. What needs no change may be left out. */
    {.name = "user.set",
     .arguments = {JD_ARGUMENT_USER,
                   {"name", JT_TEXT, false},
                   {"email", JT_TEXT, false},
                   {"disabled", JT_BOOL, false},
                   {"must_change", JT_BOOL, false}},
     .run = user_set,
     .method = "PATCH",
     .path = "/admin/users/{id}",
     .status = 200,
     .fresh = true},
    {.name = "user.remove",
     .arguments = {JD_ARGUMENT_USER},
     .run = user_remove,
     .method = "DELETE",
     .path = "/admin/users/{id}",
     .status = 204,
     .fresh = true},
    /* → the user */
    {.name = "user.roles",
     .arguments = {JD_ARGUMENT_USER, {"give", JT_ARRAY, false}, {"take", JT_ARRAY, false}},
     .run = user_roles,
     .method = "PATCH",
     .path = "/admin/users/{id}/roles",
     .status = 200,
     .fresh = true},
    {.name = "user.password",
     .arguments = {JD_ARGUMENT_USER, {"password", JT_TEXT, true}},
     .hash = password_hash,
     .run = user_password,
     .method = "PUT",
     .path = "/admin/users/{id}/password",
     .status = 204,
     .fresh = true},
    /* → {"id","name","code","expires"} */
    {.name = "user.reset",
     .arguments = {JD_ARGUMENT_USER},
     .run = user_reset,
     .method = "POST",
     .path = "/admin/users/{id}/reset",
     .status = 200,
     .fresh = true},
    /* → {"id","name","disabled","changed"}; over HTTP these two are user.set */
    {.name = "user.disable", .arguments = {JD_ARGUMENT_USER}, .run = user_disable},
    {.name = "user.enable", .arguments = {JD_ARGUMENT_USER}, .run = user_enable},
    {.name = NULL},
};
