/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/password.c - rules for passwords, the check that takes as long for nobody, and the
 * hashes of new ones. */
#include "accounts/password.h"

#include "accounts/password_text.h"
#include "accounts/slot.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/utf8.h"
#include "sys/log.h"

/* ---- which may be set ------------------------------------------------------------------------ */

static jeton_status length_may_be(jeton_span password, jeton_err *err)
{
    if (password.len < JD_PASSWORD_MIN)
        return jt_fail(err, JETON_E_REQUEST, "a password has at least %u bytes", JD_PASSWORD_MIN);
    if (password.len > JD_PASSWORD_MAX)
        return jt_fail(err, JETON_E_REQUEST, "a password has at most %u bytes", JD_PASSWORD_MAX);
    if (memchr(password.ptr, '\0', password.len) != NULL || !jt_is_utf8(password))
        return jt_fail(err, JETON_E_REQUEST, "a password is UTF-8 without a NUL byte");
    return JETON_OK;
}

static jeton_span before_at(jeton_span email)
{
    const uint8_t *at = email.len > 0 ? memchr(email.ptr, '@', email.len) : NULL;
    return at != NULL ? jeton_bytes(email.ptr, (size_t)(at - email.ptr)) : email;
}

/* In normal form. */
static jeton_status normal_may_be(const jd_user *user, jeton_span password, jeton_err *err)
{
    JT_TRY(length_may_be(password, err));
    if (jd_password_is_name(password, user->name) || jd_password_is_name(password, user->email) ||
        jd_password_is_name(password, before_at(user->email)))
        return jt_fail(err, JETON_E_REQUEST, "a password is not the user's name or e-mail");
    if (jd_password_is_common(password))
        return jt_fail(err, JETON_E_REQUEST, "this password is one that many people use");
    return JETON_OK;
}

jeton_status jd_password_may_be(const jd_user *user, jeton_span password, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret normal = {0};
    JT_TRY(jd_password_normal(password, &normal, err));
    return normal_may_be(user, jt_secret_span(&normal), err);
}

jeton_status jd_password_new(const jd_accounts *accounts, const jd_user *user, jeton_span password,
                             char hash[JT_PWHASH_TEXT], jeton_err *err)
{
    hash[0] = '\0';
    JT_AUTO(jt_secret_done) jt_secret normal = {0};
    JT_TRY(jd_password_normal(password, &normal, err));
    JT_TRY(normal_may_be(user, jt_secret_span(&normal), err));
    return jt_pwhash_print(NULL, jt_secret_span(&normal), &accounts->cost, hash, err);
}

void jd_password_upgrade(const jd_accounts *accounts, jeton_span hash, jeton_span password,
                         char better[JT_PWHASH_TEXT])
{
    better[0] = '\0';
    if (!jt_pwhash_is_weaker(hash, &accounts->cost))
        return;
    JT_AUTO(jt_secret_done) jt_secret normal = {0};
    if (jd_password_normal(password, &normal, NULL) != JETON_OK ||
        jt_pwhash_print(NULL, jt_secret_span(&normal), &accounts->cost, better, NULL) != JETON_OK)
        better[0] = '\0';
}

/* ---- whether one is right -------------------------------------------------------------------- */

/* A hash that cannot be checked is nobody's: that takes as long as any other, and is told. */
static jeton_status verify(const jd_accounts *accounts, jeton_span hash, jeton_span password)
{
    const int64_t before = jd_slot_clock();
    const jeton_status status = jt_pwhash_verify(hash, password, NULL);
    jd_slot_learn(accounts->slot, jd_slot_clock() - before);
    if (status != JETON_E_SYNTAX && status != JETON_E_LIMIT)
        return status;
    jd_log(JD_ERROR, EV_STORE_FAILED, JD_TEXT("why", "a stored password hash is damaged"),
           JD_TEXT("next", "the login is refused"));
    return jt_pwhash_verify(jeton_str(accounts->decoy), password, NULL);
}

jeton_status jd_password_check(const jd_accounts *accounts, jeton_span hash, jeton_span password,
                               jeton_err *err)
{
    const jeton_span against = hash.len == 0 ? jeton_str(accounts->decoy) : hash;
    JT_AUTO(jt_secret_done) jt_secret normal = {0};
    JT_TRY(jd_password_normal(password, &normal, err));
    jeton_status status = verify(accounts, against, jt_secret_span(&normal));
    if (status == JETON_E_CREDENTIALS && !jeton_span_equal(jt_secret_span(&normal), password))
        status = verify(accounts, against, password);
    if (status == JETON_E_NOMEM)
        return jt_fail(err, status, "memory for a password hash");
    if (status != JETON_OK)
        return jt_fail(err, JETON_E_CREDENTIALS, "%s", jeton_status_text(JETON_E_CREDENTIALS));
    return JETON_OK;
}
