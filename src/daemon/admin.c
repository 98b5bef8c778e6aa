/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin.c - the operations on users, by name. */
#include "daemon/admin.h"

#include "accounts/user.h"
#include "core/auto.h"
#include "core/err.h"
#include "daemon/admin_operations.h"

#define USERS_AT_ONCE 80U /* with an e-mail and 32 roles each they fit a line of the socket */

jeton_status jd_admin_text(const jt_val *arguments, const char *name, jeton_span *text,
                           jeton_err *err)
{
    if (jt_val_text(jt_get(arguments, name), text))
        return JETON_OK;
    return jt_fail(err, JETON_E_REQUEST, "%s is missing or not a text", name);
}

void jd_admin_put_id(jt_tree *tree, jt_node *object, const char *name, const jd_id *id)
{
    char text[JD_ID_CHARS + 1];
    jd_id_print(id, text);
    jt_put_text(tree, object, name, jeton_str(text));
}

void jd_admin_put_texts(jt_tree *tree, jt_node *object, const char *name, const jeton_span *texts,
                        size_t count)
{
    jt_node *list = jt_tree_array(tree);
    for (size_t i = 0; i < count; i++)
        jt_add_text(tree, list, texts[i]);
    jt_put_node(tree, object, name, list);
}

void jd_admin_put_user(jt_tree *tree, jt_node *object, const jd_user *user)
{
    jd_admin_put_id(tree, object, "id", &user->id);
    jt_put_text(tree, object, "name", user->name);
    jd_admin_put_texts(tree, object, "roles", user->roles, user->role_count);
    jt_put_bool(tree, object, "disabled", user->disabled);
    jt_put_int(tree, object, "created", user->created / 1000);
    if (user->email.len > 0)
        jt_put_text(tree, object, "email", user->email);
    if (user->must_change)
        jt_put_bool(tree, object, "must_change", true);
}

jeton_status jd_admin_texts(const jt_val *arguments, const char *name, jeton_span *texts,
                            size_t most, size_t *count, jeton_err *err)
{
    const jt_val *list = jt_get(arguments, name);
    *count = 0;
    if (list != NULL && jt_kind_of(list) != JT_ARRAY)
        return jt_fail(err, JETON_E_REQUEST, "%s is not a list", name);
    for (jt_iter it = jt_iter_of(list); jt_iter_next(&it);) {
        if (*count == most)
            return jt_fail(err, JETON_E_REQUEST, "at most %zu %s are taken", most, name);
        if (!jt_val_text(it.val, &texts[(*count)++]))
            return jt_fail(err, JETON_E_REQUEST, "%s holds something that is not a text", name);
    }
    return JETON_OK;
}

jeton_status jd_admin_switch(const jt_val *arguments, const char *name, bool *value, bool *given,
                             jeton_err *err)
{
    const jt_val *val = jt_get(arguments, name);
    *value = false;
    *given = val != NULL;
    if (*given && !jt_val_bool(val, value))
        return jt_fail(err, JETON_E_REQUEST, "%s is neither true nor false", name);
    return JETON_OK;
}

/* {"name","password","email","roles":[…],"must_change"} → the user */
static jeton_status user_add(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                             jt_node *result, jeton_err *err)
{
    jd_new_user asked = {.email = jt_get_text(arguments, "email")};
    jeton_span roles[JD_ROLES_MAX];
    bool given;
    jd_user user;
    JT_TRY(jd_admin_text(arguments, "name", &asked.name, err));
    JT_TRY(jd_admin_text(arguments, "password", &asked.password, err));
    JT_TRY(jd_admin_texts(arguments, "roles", roles, JD_ROLES_MAX, &asked.role_count, err));
    JT_TRY(jd_admin_switch(arguments, "must_change", &asked.must_change, &given, err));
    asked.roles = roles;
    JT_TRY(jd_user_add(accounts, &asked, &user, err));
    jd_admin_put_user(tree, result, &user);
    return JETON_OK;
}

/* {"after":NAME} → {"users":[…],"more"}: a page in the order of names, since a line is bounded. */
static jeton_status user_list(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                              jt_node *result, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_users users;
    JT_TRY(jd_store_user_list(accounts->store, jt_get_text(arguments, "after"), USERS_AT_ONCE,
                              &arena, &users, err));
    jt_node *list = jt_tree_array(tree);
    for (size_t i = 0; i < users.count; i++) {
        jt_node *user = jt_tree_object(tree);
        jd_admin_put_user(tree, user, &users.at[i]);
        jt_add_node(tree, list, user);
    }
    jt_put_node(tree, result, "users", list);
    jt_put_bool(tree, result, "more", users.count == USERS_AT_ONCE);
    return JETON_OK;
}

/* {"name"} → {"name","disabled":true,"changed"} */
static jeton_status user_disable(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                 jt_node *result, jeton_err *err)
{
    jeton_span name;
    bool changed;
    JT_TRY(jd_admin_text(arguments, "name", &name, err));
    JT_TRY(jd_user_disable(accounts, name, &changed, err));
    jt_put_text(tree, result, "name", name);
    jt_put_bool(tree, result, "disabled", true);
    jt_put_bool(tree, result, "changed", changed);
    return JETON_OK;
}

/* {"name"} → {"name","disabled":false} */
static jeton_status user_enable(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                jt_node *result, jeton_err *err)
{
    jeton_span name;
    JT_TRY(jd_admin_text(arguments, "name", &name, err));
    JT_TRY(jd_user_enable(accounts, name, err));
    jt_put_text(tree, result, "name", name);
    jt_put_bool(tree, result, "disabled", false);
    return JETON_OK;
}

static const struct {
    const char *name;
    jd_admin_operation *run;
} operations[] = {
    {"audit.list", jd_admin_audit_list},
    {"audit.verify", jd_admin_audit_verify},
    {"ban.add", jd_admin_ban_add},
    {"ban.lift", jd_admin_ban_lift},
    {"ban.list", jd_admin_ban_list},
    {"backup", jd_admin_backup},
    {"role.add", jd_admin_role_add},
    {"role.grant", jd_admin_role_grant},
    {"role.list", jd_admin_role_list},
    {"role.remove", jd_admin_role_remove},
    {"role.revoke", jd_admin_role_revoke},
    {"client.add", jd_admin_client_add},
    {"client.list", jd_admin_client_list},
    {"client.secret", jd_admin_client_secret},
    {"client.disable", jd_admin_client_disable},
    {"client.enable", jd_admin_client_enable},
    {"client.remove", jd_admin_client_remove},
    {"key.list", jd_admin_key_list},
    {"key.rotate", jd_admin_key_rotate},
    {"key.withdraw", jd_admin_key_withdraw},
    {"key.secret", jd_admin_key_secret},
    {"revoke", jd_admin_revoke},
    {"session.list", jd_admin_session_list},
    {"session.end", jd_admin_session_end},
    {"user.add", user_add},
    {"user.list", user_list},
    {"user.disable", user_disable},
    {"user.enable", user_enable},
    {"user.import", jd_admin_user_import},
    {"user.remove", jd_admin_user_remove},
    {"user.reset", jd_admin_user_reset},
    {"user.roles", jd_admin_user_roles},
    {"user.set", jd_admin_user_set},
    {"user.show", jd_admin_user_show},
};

static jeton_status run(jd_accounts *accounts, jeton_span name, const jt_val *arguments,
                        jt_tree *tree, jt_node *result, jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(operations); i++)
        if (jeton_span_equal(name, jeton_str(operations[i].name)))
            return operations[i].run(accounts, arguments, tree, result, err);
    return jt_fail(err, JETON_E_UNSUPPORTED, "there is no such operation");
}

/* Whoever may use the control socket, or the files, is the operator. */
jeton_status jd_admin_run(jd_accounts *accounts, jeton_span name, const jt_val *arguments,
                          jt_tree *tree, jt_node *result, jeton_err *err)
{
    static const jd_audit_who operator= {.actor = "operator", .address = "local"};
    jd_audit_within(&operator);
    const jeton_status status = run(accounts, name, arguments, tree, result, err);
    jd_audit_within(NULL);
    return status;
}
