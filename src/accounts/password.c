/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/password.c - rules for passwords, and the check that takes as long for nobody. */
#include "accounts/password.h"

#include "core/err.h"
#include "sys/log.h"

jeton_status jd_password_may_be(jeton_span password, jeton_err *err)
{
    if (password.len < JD_PASSWORD_MIN)
        return jt_fail(err, JETON_E_REQUEST, "a password has at least %u bytes", JD_PASSWORD_MIN);
    if (password.len > JD_PASSWORD_MAX)
        return jt_fail(err, JETON_E_REQUEST, "a password has at most %u bytes", JD_PASSWORD_MAX);
    if (memchr(password.ptr, '\0', password.len) != NULL)
        return jt_fail(err, JETON_E_REQUEST, "a password holds no NUL byte");
    return JETON_OK;
}

/* A hash that cannot be checked is nobody's: that takes as long as any other, and is told. */
static jeton_status verify(const jd_accounts *accounts, jeton_span hash, jeton_span password)
{
    const jeton_status status = jt_pwhash_verify(hash, password, NULL);
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
    const jeton_status status = verify(accounts, against, password);
    if (status == JETON_E_NOMEM)
        return jt_fail(err, status, "memory for a password hash");
    if (status != JETON_OK)
        return jt_fail(err, JETON_E_CREDENTIALS, "%s", jeton_status_text(JETON_E_CREDENTIALS));
    return JETON_OK;
}
