/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_users.c - the operations that show and change users; those that add, list and bar
 * them are in admin.c. */
#include "accounts/password.h"
#include "accounts/user.h"
#include "core/auto.h"
#include "core/err.h"
#include "daemon/admin_operations.h"

static jeton_status show(jd_accounts *accounts, jeton_span name, jt_tree *tree, jt_node *result,
                         jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_user user;
    JT_TRY(jd_store_user_find(accounts->store, name, &arena, &user, err));
    jd_admin_put_user(tree, result, &user);
    jd_admin_put_texts(tree, result, "permissions", user.permissions, user.permission_count);
    return JETON_OK;
}

/* {"name"} → the user, with "permissions" */
jeton_status jd_admin_user_show(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                jt_node *result, jeton_err *err)
{
    jeton_span name;
    JT_TRY(jd_admin_text(arguments, "name", &name, err));
    return show(accounts, name, tree, result, err);
}

/* {"name","email"?,"must_change"?:true} → the user. What needs no change may be left out. */
jeton_status jd_admin_user_set(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                               jt_node *result, jeton_err *err)
{
    jeton_span name;
    jeton_span email;
    bool must_change;
    bool given;
    const bool has_email = jt_get(arguments, "email") != NULL;
    JT_TRY(jd_admin_text(arguments, "name", &name, err));
    JT_TRY(jd_admin_switch(arguments, "must_change", &must_change, &given, err));
    if (given && !must_change)
        return jt_fail(err, JETON_E_REQUEST, "must_change ends when the password is changed");
    if (!has_email && !given)
        return jt_fail(err, JETON_E_REQUEST, "say what to change");
    if (has_email) {
        JT_TRY(jd_admin_text(arguments, "email", &email, err));
        JT_TRY(jd_user_set_email(accounts, name, email, err));
    }
    if (given)
        JT_TRY(jd_user_must_change(accounts, name, err));
    return show(accounts, name, tree, result, err);
}

/* {"name","give":[…],"take":[…]} → the user */
jeton_status jd_admin_user_roles(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                 jt_node *result, jeton_err *err)
{
    jeton_span name;
    jeton_span give[JD_ROLES_MAX];
    jeton_span take[JD_ROLES_MAX];
    jd_role_change change = {.give = give, .take = take};
    JT_TRY(jd_admin_text(arguments, "name", &name, err));
    JT_TRY(jd_admin_texts(arguments, "give", give, JD_ROLES_MAX, &change.give_count, err));
    JT_TRY(jd_admin_texts(arguments, "take", take, JD_ROLES_MAX, &change.take_count, err));
    JT_TRY(jd_user_change_roles(accounts, name, &change, err));
    return show(accounts, name, tree, result, err);
}

/* {"name"} → {"name"} */
jeton_status jd_admin_user_remove(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                  jt_node *result, jeton_err *err)
{
    jeton_span name;
    JT_TRY(jd_admin_text(arguments, "name", &name, err));
    JT_TRY(jd_user_remove(accounts, name, err));
    jt_put_text(tree, result, "name", name);
    return JETON_OK;
}

/* {"name"} → {"name","code","expires"} */
jeton_status jd_admin_user_reset(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                 jt_node *result, jeton_err *err)
{
    jeton_span name;
    char code[JD_ID_CHARS + 1];
    jeton_time expires;
    JT_TRY(jd_admin_text(arguments, "name", &name, err));
    JT_TRY(jd_reset_new(accounts, name, code, &expires, err));
    jt_put_text(tree, result, "name", name);
    jt_put_text(tree, result, "code", jeton_str(code));
    jt_put_int(tree, result, "expires", expires / 1000);
    return JETON_OK;
}
