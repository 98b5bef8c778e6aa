/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/user.c - adds, disables and enables users. */
#include "accounts/user.h"

#include "accounts/password.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/secret.h"
#include "core/utf8.h"
#include "sys/log.h"

/* U+0000 to U+001F, U+007F, and U+0080 to U+009F, which UTF-8 writes as C2 80 to C2 9F and some
 * terminals obey like an escape. */
static bool has_control(jeton_span text)
{
    uint8_t before = 0;
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.ptr[i];
        if (c < 0x20 || c == 0x7f || (before == 0xc2 && c >= 0x80 && c <= 0x9f))
            return true;
        before = c;
    }
    return false;
}

static jeton_status name_may_be(jeton_span name, jeton_err *err)
{
    if (name.len == 0 || name.len > JD_NAME_MAX)
        return jt_fail(err, JETON_E_REQUEST, "a user's name has 1 to %u bytes", JD_NAME_MAX);
    if (has_control(name) || !jt_is_utf8(name))
        return jt_fail(err, JETON_E_REQUEST, "a user's name is UTF-8 without control characters");
    if (name.ptr[0] == ' ' || name.ptr[name.len - 1] == ' ')
        return jt_fail(err, JETON_E_REQUEST, "a user's name neither starts nor ends in a space");
    return JETON_OK;
}

static bool is_role_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == ':' || c == '-';
}

static jeton_status role_may_be(jeton_span role, jeton_err *err)
{
    bool good = role.len > 0 && role.len <= JD_ROLE_MAX;
    for (size_t i = 0; good && i < role.len; i++)
        good = is_role_char(role.ptr[i]);
    return good ? JETON_OK
                : jt_fail(err, JETON_E_REQUEST,
                          "a role has 1 to %u letters, digits and . _ : - characters", JD_ROLE_MAX);
}

static jeton_status all_may_be(jeton_span name, jeton_span password, const jeton_span *roles,
                               size_t role_count, jeton_err *err)
{
    JT_TRY(name_may_be(name, err));
    JT_TRY(jd_password_may_be(password, err));
    if (role_count > JD_ROLES_MAX)
        return jt_fail(err, JETON_E_REQUEST, "a user has at most %u roles", JD_ROLES_MAX);
    for (size_t i = 0; i < role_count; i++)
        JT_TRY(role_may_be(roles[i], err));
    return JETON_OK;
}

jeton_status jd_user_add(jd_accounts *accounts, jeton_span name, jeton_span password,
                         const jeton_span *roles, size_t role_count, jd_user *user, jeton_err *err)
{
    *user = (jd_user){0};
    JT_TRY(all_may_be(name, password, roles, role_count, err));
    char hash[JT_PWHASH_TEXT];
    JT_TRY(jt_pwhash_print(NULL, password, &accounts->cost, hash, err));
    jd_user made = {.name = name,
                    .password = jeton_str(hash),
                    .roles = roles,
                    .role_count = role_count,
                    .created = jt_now(NULL)};
    JT_TRY(jd_id_new(NULL, &made.id, err));
    const jeton_status status = jd_store_user_add(accounts->store, &made, err);
    jt_wipe(hash, sizeof hash);
    JT_TRY(status);
    made.password = jeton_str(NULL);
    *user = made;
    jd_log(JD_INFO, EV_USER_ADDED, JD_SPAN("user", name));
    return JETON_OK;
}

static jeton_status find(jd_accounts *accounts, jeton_span name, jd_id *id, bool *disabled,
                         jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_user user;
    JT_TRY(jd_store_user_find(accounts->store, name, &arena, &user, err));
    *id = user.id;
    *disabled = user.disabled;
    return JETON_OK;
}

jeton_status jd_user_disable(jd_accounts *accounts, jeton_span name, bool *changed, jeton_err *err)
{
    jd_id id;
    bool was_disabled;
    jt_revocation entry;
    const jeton_time now = jt_now(NULL);
    *changed = false;
    JT_TRY(find(accounts, name, &id, &was_disabled, err));
    JT_TRY(jd_store_user_disable(accounts->store, &id, now, jd_accounts_horizon(now), &entry, err));
    jd_accounts_revoke(accounts, &entry);
    *changed = !was_disabled;
    jd_log(JD_INFO, EV_USER_DISABLED, JD_SPAN("user", name));
    return JETON_OK;
}

jeton_status jd_user_enable(jd_accounts *accounts, jeton_span name, jeton_err *err)
{
    jd_id id;
    bool was_disabled;
    JT_TRY(find(accounts, name, &id, &was_disabled, err));
    JT_TRY(jd_store_user_enable(accounts->store, &id, err));
    jd_log(JD_INFO, EV_USER_ENABLED, JD_SPAN("user", name));
    return JETON_OK;
}
