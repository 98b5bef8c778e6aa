/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/user.c - adds, changes, bars and removes users. */
#include "accounts/user.h"

#include "accounts/password.h"
#include "accounts/role.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/secret.h"
#include "core/utf8.h"
#include "sys/clock.h"
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

/* Mail servers decide what an address is; here it only has to look like one and fit a line. */
static jeton_status email_may_be(jeton_span email, jeton_err *err)
{
    if (email.len == 0)
        return JETON_OK;
    const uint8_t *at = memchr(email.ptr, '@', email.len);
    const size_t before = at != NULL ? (size_t)(at - email.ptr) : 0;
    if (email.len > JD_EMAIL_MAX || before == 0 || before + 1 == email.len ||
        memchr(at + 1, '@', email.len - before - 1) != NULL ||
        memchr(email.ptr, ' ', email.len) != NULL || has_control(email) || !jt_is_utf8(email))
        return jt_fail(err, JETON_E_REQUEST, "an e-mail address is NAME@HOST, at most %u bytes",
                       JD_EMAIL_MAX);
    return JETON_OK;
}

jeton_status jd_user_may_be(const jd_new_user *asked, jeton_err *err)
{
    JT_TRY(name_may_be(asked->name, err));
    JT_TRY(email_may_be(asked->email, err));
    if (asked->role_count > JD_ROLES_MAX)
        return jt_fail(err, JETON_E_REQUEST, "a user has at most %u roles", JD_ROLES_MAX);
    for (size_t i = 0; i < asked->role_count; i++)
        JT_TRY(jd_role_may_be(asked->roles[i], err));
    return JETON_OK;
}

jeton_status jd_user_hash(const jd_accounts *accounts, const jd_new_user *asked,
                          char hash[JT_PWHASH_TEXT], jeton_err *err)
{
    const jd_user user = {.name = asked->name, .email = asked->email};
    hash[0] = '\0';
    JT_TRY(jd_user_may_be(asked, err));
    return asked->without_password ? JETON_OK
                                   : jd_password_new(accounts, &user, asked->password, hash, err);
}

jeton_status jd_user_add(jd_accounts *accounts, const jd_new_user *asked, const char *hash,
                         jd_user *user, jeton_err *err)
{
    *user = (jd_user){0};
    jd_user made = {.name = asked->name,
                    .email = asked->email,
                    .password = jeton_str(hash),
                    .roles = asked->roles,
                    .role_count = asked->role_count,
                    .disabled = asked->disabled,
                    .must_change = asked->must_change,
                    .created = jd_now()};
    JT_TRY(jd_user_may_be(asked, err));
    JT_TRY(jd_id_new(NULL, &made.id, err));
    JT_TRY(jd_store_user_add(accounts->store, &made, err));
    made.password = jeton_str(NULL);
    *user = made;
    jd_log(JD_INFO, EV_USER_ADDED, JD_SPAN("user", asked->name));
    return JETON_OK;
}

jeton_status jd_user_disable(jd_accounts *accounts, const jd_user *user, jeton_err *err)
{
    jt_revocation entry;
    const jeton_time now = jd_now();
    JT_TRY(jd_store_user_disable(accounts->store, &user->id, now, jd_accounts_horizon(now), &entry,
                                 err));
    jd_accounts_revoke(accounts, &entry);
    jd_log(JD_INFO, EV_USER_DISABLED, JD_SPAN("user", user->name));
    return JETON_OK;
}

jeton_status jd_user_enable(jd_accounts *accounts, const jd_user *user, jeton_err *err)
{
    JT_TRY(jd_store_user_enable(accounts->store, &user->id, err));
    jd_log(JD_INFO, EV_USER_ENABLED, JD_SPAN("user", user->name));
    return JETON_OK;
}

jeton_status jd_user_remove(jd_accounts *accounts, const jd_user *user, jeton_err *err)
{
    jt_revocation entry;
    JT_TRY(jd_store_user_remove(accounts->store, &user->id, jd_accounts_horizon(jd_now()), &entry,
                                err));
    jd_accounts_revoke(accounts, &entry);
    jd_log(JD_INFO, EV_USER_REMOVED, JD_SPAN("user", user->name));
    return JETON_OK;
}

jeton_status jd_user_change(jd_accounts *accounts, const jd_user *user,
                            const jd_user_changes *change, jeton_err *err)
{
    jt_revocation entry;
    const jeton_time now = jd_now();
    if (change->name == NULL && change->email == NULL && change->disabled == NULL &&
        !change->must_change)
        return jt_fail(err, JETON_E_REQUEST, "say what to change");
    if (change->name != NULL)
        JT_TRY(name_may_be(*change->name, err));
    if (change->email != NULL)
        JT_TRY(email_may_be(*change->email, err));
    JT_TRY(jd_store_user_change(accounts->store, &user->id, change, now, jd_accounts_horizon(now),
                                &entry, err));
    jd_accounts_revoke(accounts, &entry);
    jd_log(JD_INFO, EV_USER_CHANGED, JD_SPAN("user", user->name));
    return JETON_OK;
}

jeton_status jd_user_change_roles(jd_accounts *accounts, const jd_user *user,
                                  const jd_role_change *change, jeton_err *err)
{
    if (change->give_count + change->take_count == 0)
        return jt_fail(err, JETON_E_REQUEST, "name a role at least");
    for (size_t i = 0; i < change->give_count; i++)
        JT_TRY(jd_role_may_be(change->give[i], err));
    JT_TRY(jd_store_user_roles(accounts->store, &user->id, change, err));
    jd_log(JD_INFO, EV_USER_CHANGED, JD_SPAN("user", user->name), JD_TEXT("what", "roles"));
    return JETON_OK;
}
