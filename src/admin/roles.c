/* SPDX-License-Identifier: Apache-2.0 */
/* admin/roles.c - the operations on roles and what they permit. */
#include "accounts/role.h"

#include "admin/operations.h"
#include "admin/task.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/roles.h"

/* ---- lists ---------------------------------------------------------------------------------- */

static void put_role(jt_tree *tree, jt_node *object, const jd_role *role)
{
    jt_put_text(tree, object, "name", role->name);
    jd_put_texts(tree, object, "permissions", role->permissions, role->permission_count);
    jt_put_int(tree, object, "users", (int64_t)role->users);
}

static jeton_status role_list(jd_task *task, jeton_err *err)
{
    jd_roles roles;
    JT_TRY(jd_store_role_list(task->accounts->store, task->arena, &roles, err));
    jt_node *list = jt_tree_array(task->tree);
    for (size_t i = 0; i < roles.count; i++) {
        jt_node *role = jt_tree_object(task->tree);
        put_role(task->tree, role, &roles.at[i]);
        jt_add_node(task->tree, list, role);
    }
    jt_put_node(task->tree, task->result, "roles", list);
    return JETON_OK;
}

static jeton_status show(const jd_task *task, jeton_span name, jeton_err *err)
{
    jd_roles roles;
    JT_TRY(jd_store_role_list(task->accounts->store, task->arena, &roles, err));
    for (size_t i = 0; i < roles.count; i++) {
        if (!jeton_span_equal(roles.at[i].name, name))
            continue;
        put_role(task->tree, task->result, &roles.at[i]);
        return JETON_OK;
    }
    return jt_fail(err, JETON_E_NOT_FOUND, "there is no such role");
}

static jeton_status role_show(jd_task *task, jeton_err *err)
{
    return show(task, jd_task_text(task, "name"), err);
}

static bool permits(const jd_role *role, jeton_span permission)
{
    for (size_t i = 0; i < role->permission_count; i++)
        if (jeton_span_equal(role->permissions[i], permission))
            return true;
    return false;
}

static void put_permission(const jd_task *task, jt_node *list, const jd_roles *roles,
                           jeton_span permission)
{
    jt_node *object = jt_tree_object(task->tree);
    jt_node *names = jt_tree_array(task->tree);
    for (size_t i = 0; i < roles->count; i++)
        if (permits(&roles->at[i], permission))
            jt_add_text(task->tree, names, roles->at[i].name);
    jt_put_text(task->tree, object, "name", permission);
    jt_put_node(task->tree, object, "roles", names);
    jt_add_node(task->tree, list, object);
}

/* Whether a role before this one permits it, too: then it is in the list. */
static bool is_told(const jd_roles *roles, size_t before, jeton_span permission)
{
    for (size_t i = 0; i < before; i++)
        if (permits(&roles->at[i], permission))
            return true;
    return false;
}

static jeton_status permission_list(jd_task *task, jeton_err *err)
{
    jd_roles roles;
    JT_TRY(jd_store_role_list(task->accounts->store, task->arena, &roles, err));
    jt_node *list = jt_tree_array(task->tree);
    for (size_t i = 0; i < roles.count; i++)
        for (size_t j = 0; j < roles.at[i].permission_count; j++)
            if (!is_told(&roles, i, roles.at[i].permissions[j]))
                put_permission(task, list, &roles, roles.at[i].permissions[j]);
    jt_put_node(task->tree, task->result, "permissions", list);
    return JETON_OK;
}

/* ---- changes -------------------------------------------------------------------------------- */

typedef jeton_status change_fn(jd_accounts *accounts, const jd_role *role, jeton_err *err);

static jeton_status change(jd_task *task, change_fn *run, jeton_err *err)
{
    jeton_span permissions[JD_PERMISSIONS_MAX];
    jd_role role = {.name = jd_task_text(task, "name"), .permissions = permissions};
    JT_TRY(jd_task_texts(task, "permissions", permissions, JD_PERMISSIONS_MAX,
                         &role.permission_count, err));
    JT_TRY(run(task->accounts, &role, err));
    return show(task, role.name, err);
}

static jeton_status role_add(jd_task *task, jeton_err *err)
{
    return change(task, jd_role_add, err);
}

static jeton_status role_grant(jd_task *task, jeton_err *err)
{
    return change(task, jd_role_grant, err);
}

static jeton_status role_revoke(jd_task *task, jeton_err *err)
{
    return change(task, jd_role_revoke, err);
}

static jeton_status role_remove(jd_task *task, jeton_err *err)
{
    const jeton_span name = jd_task_text(task, "name");
    JT_TRY(jd_role_remove(task->accounts, name, err));
    jt_put_text(task->tree, task->result, "name", name);
    return JETON_OK;
}

/* ---- the rows ------------------------------------------------------------------------------- */

const jd_operation jd_role_operations[] = {
    /* → {"roles":[{"name","permissions":[…],"users"}]} */
    {.name = "role.list", .run = role_list, .method = "GET", .path = "/admin/roles", .status = 200},
    /* → the role as in the list; so the next three */
    {.name = "role.add",
     .arguments = {{"name", JT_TEXT, true}, {"permissions", JT_ARRAY, false}},
     .run = role_add,
     .method = "POST",
     .path = "/admin/roles",
     .status = 201,
     .fresh = true},
    {.name = "role.grant",
     .arguments = {{"name", JT_TEXT, true}, {"permissions", JT_ARRAY, true}},
     .run = role_grant,
     .method = "POST",
     .path = "/admin/roles/{name}/grant",
     .status = 200,
     .fresh = true},
    {.name = "role.revoke",
     .arguments = {{"name", JT_TEXT, true}, {"permissions", JT_ARRAY, true}},
     .run = role_revoke,
     .method = "POST",
     .path = "/admin/roles/{name}/revoke",
     .status = 200,
     .fresh = true},
    {.name = "role.show",
     .arguments = {{"name", JT_TEXT, true}},
     .run = role_show,
     .method = "GET",
     .path = "/admin/roles/{name}",
     .status = 200},
    {.name = "role.remove",
     .arguments = {{"name", JT_TEXT, true}},
     .run = role_remove,
     .method = "DELETE",
     .path = "/admin/roles/{name}",
     .status = 204,
     .fresh = true},
    /* → {"permissions":[{"name","roles":[…]}]} */
    {.name = "permission.list",
     .run = permission_list,
     .method = "GET",
     .path = "/admin/permissions",
     .status = 200},
    {.name = NULL},
};
