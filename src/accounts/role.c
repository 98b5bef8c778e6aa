/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/role.c - roles and permissions. */
#include "accounts/role.h"

#include "core/auto.h"
#include "core/err.h"
#include "sys/log.h"

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_name(jeton_span name, const char *marks)
{
    if (name.len == 0 || name.len > JD_ROLE_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        const uint8_t c = name.ptr[i];
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool digit = c >= '0' && c <= '9';
        if (!letter && !digit && (c == '\0' || strchr(marks, c) == NULL))
            return false;
    }
    return true;
}

jeton_status jd_role_may_be(jeton_span role, jeton_err *err)
{
    return is_name(role, "._:-")
               ? JETON_OK
               : jt_fail(err, JETON_E_REQUEST,
                         "a role has 1 to %u letters, digits and . _ : - characters", JD_ROLE_MAX);
}

jeton_status jd_permission_may_be(jeton_span permission, jeton_err *err)
{
    return is_name(permission, "._:-/")
               ? JETON_OK
               : jt_fail(err, JETON_E_REQUEST,
                         "a permission has 1 to %u letters, digits and . _ : - / characters",
                         JD_ROLE_MAX);
}

static jeton_status all_may_be(const jd_role *role, jeton_err *err)
{
    JT_TRY(jd_role_may_be(role->name, err));
    for (size_t i = 0; i < role->permission_count; i++)
        JT_TRY(jd_permission_may_be(role->permissions[i], err));
    return JETON_OK;
}

/* ---- changes --------------------------------------------------------------------------------- */

static jeton_status done(jeton_span role, const char *what)
{
    jd_log(JD_INFO, EV_ROLE_CHANGED, JD_SPAN("role", role), JD_TEXT("what", what));
    return JETON_OK;
}

jeton_status jd_role_add(jd_accounts *accounts, const jd_role *role, jeton_err *err)
{
    JT_TRY(all_may_be(role, err));
    jeton_err why = {0};
    const jeton_status status = jd_store_role_add(accounts->store, role, &why);
    if (status == JETON_E_EXISTS)
        return jt_fail(err, status, "there is a role of that name already");
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    return done(role->name, "added");
}

static jeton_status check_change(const jd_role *role, jeton_err *err)
{
    if (role->permission_count == 0)
        return jt_fail(err, JETON_E_REQUEST, "name a permission at least");
    return all_may_be(role, err);
}

jeton_status jd_role_grant(jd_accounts *accounts, const jd_role *role, jeton_err *err)
{
    JT_TRY(check_change(role, err));
    JT_TRY(jd_store_role_grant(accounts->store, role, err));
    return done(role->name, "granted");
}

jeton_status jd_role_revoke(jd_accounts *accounts, const jd_role *role, jeton_err *err)
{
    JT_TRY(check_change(role, err));
    JT_TRY(jd_store_role_revoke(accounts->store, role, err));
    return done(role->name, "revoked");
}

jeton_status jd_role_remove(jd_accounts *accounts, jeton_span name, jeton_err *err)
{
    JT_TRY(jd_store_role_remove(accounts->store, name, err));
    return done(name, "removed");
}

/* ---- in tokens ------------------------------------------------------------------------------- */

/* Whether a list of names, parted by commas or spaces, holds this one. The empty list holds all. */
static bool is_listed(const char *list, jeton_span name)
{
    static const char marks[] = ", ";
    const char *at = list + strspn(list, marks);
    const bool all = *at == '\0';
    while (*at != '\0') {
        const size_t len = strcspn(at, marks);
        if (jeton_span_equal(jeton_bytes(at, len), name))
            return true;
        at += len + strspn(at + len, marks);
    }
    return all;
}

void jd_role_claim(const jd_accounts *accounts, const jd_user *user, jeton_claims *claims)
{
    jeton_span roles[JD_ROLES_MAX];
    size_t count = 0;
    const jd_config *config = accounts->config;
    const size_t most = (size_t)config->token_roles_max;
    for (size_t i = 0; i < user->role_count && count < most; i++)
        if (is_listed(config->token_roles, user->roles[i]))
            roles[count++] = user->roles[i];
    jeton_claims_set_list(claims, "roles", roles, count);
}
