/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_roles.c - the operations on roles. */
#include "accounts/role.h"
#include "core/auto.h"
#include "core/err.h"
#include "daemon/admin_operations.h"

static void put_role(jt_tree *tree, jt_node *object, const jd_role *role)
{
    jt_put_text(tree, object, "name", role->name);
    jd_admin_put_texts(tree, object, "permissions", role->permissions, role->permission_count);
}

typedef jeton_status change_fn(jd_accounts *accounts, const jd_role *role, jeton_err *err);

/* {"name","permissions":[…]} → the same */
static jeton_status change(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                           jt_node *result, change_fn *run, jeton_err *err)
{
    jeton_span permissions[JD_PERMISSIONS_MAX];
    jd_role role = {.permissions = permissions};
    JT_TRY(jd_admin_text(arguments, "name", &role.name, err));
    JT_TRY(jd_admin_texts(arguments, "permissions", permissions, JD_PERMISSIONS_MAX,
                          &role.permission_count, err));
    JT_TRY(run(accounts, &role, err));
    put_role(tree, result, &role);
    return JETON_OK;
}

jeton_status jd_admin_role_add(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                               jt_node *result, jeton_err *err)
{
    return change(accounts, arguments, tree, result, jd_role_add, err);
}

jeton_status jd_admin_role_grant(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                 jt_node *result, jeton_err *err)
{
    return change(accounts, arguments, tree, result, jd_role_grant, err);
}

jeton_status jd_admin_role_revoke(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                  jt_node *result, jeton_err *err)
{
    return change(accounts, arguments, tree, result, jd_role_revoke, err);
}

/* {"name"} → {"name"} */
jeton_status jd_admin_role_remove(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                  jt_node *result, jeton_err *err)
{
    jeton_span name;
    JT_TRY(jd_admin_text(arguments, "name", &name, err));
    JT_TRY(jd_role_remove(accounts, name, err));
    jt_put_text(tree, result, "name", name);
    return JETON_OK;
}

/* {} → {"roles":[{"name","permissions":[…],"users"}]} */
jeton_status jd_admin_role_list(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                jt_node *result, jeton_err *err)
{
    (void)arguments;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_roles roles;
    JT_TRY(jd_store_role_list(accounts->store, &arena, &roles, err));
    jt_node *list = jt_tree_array(tree);
    for (size_t i = 0; i < roles.count; i++) {
        jt_node *role = jt_tree_object(tree);
        put_role(tree, role, &roles.at[i]);
        jt_put_int(tree, role, "users", (int64_t)roles.at[i].users);
        jt_add_node(tree, list, role);
    }
    jt_put_node(tree, result, "roles", list);
    return JETON_OK;
}
