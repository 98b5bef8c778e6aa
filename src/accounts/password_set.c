/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/password_set.c - replaces passwords, and gives out the codes that allow it. */
#include "accounts/password.h"
#include "core/auto.h"
#include "core/err.h"
#include "crypto/sha2.h"
#include "store/log.h"
#include "store/passwords.h"
#include "store/users.h"
#include "sys/clock.h"
#include "sys/log.h"

jeton_status jd_password_set(jd_accounts *accounts, const jd_user *user, const char *hash,
                             jeton_span code, const jd_id *keep, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_entries entries;
    const jeton_time now = jd_now();
    const jd_password_change change = {.user = user->id,
                                       .password_n = user->password_n,
                                       .code = code,
                                       .password = jeton_str(hash),
                                       .keep = keep,
                                       .now = now,
                                       .expires = jd_accounts_horizon(now)};
    JT_TRY(jd_store_password_set(accounts->store, &change, &arena, &entries, err));
    for (size_t i = 0; i < entries.count; i++)
        jd_accounts_revoke(accounts, &entries.at[i]);
    jd_log(JD_INFO, EV_PASSWORD_CHANGED, JD_SPAN("user", user->name),
           JD_BOOL("by_code", code.len > 0), JD_INT("sessions_ended", (int64_t)entries.count));
    return JETON_OK;
}

/* A code has 128 random bits: its digest needs no salt and no cost. */
jeton_status jd_reset_new(jd_accounts *accounts, const jd_user *user, char code[JD_ID_CHARS + 1],
                          jeton_time *expires, jeton_err *err)
{
    code[0] = '\0';
    *expires = 0;
    jd_id secret;
    char text[JD_ID_CHARS + 1];
    uint8_t digest[JD_RESET_DIGEST];
    const jeton_time until = jd_now() + accounts->config->reset_ttl * 1000;
    JT_TRY(jd_id_new(NULL, &secret, err));
    jd_id_print(&secret, text);
    jt_sha2_once(JT_SHA256, jeton_bytes(text, JD_ID_CHARS), digest);
    JT_TRY(jd_store_reset_put(accounts->store, &user->id, jeton_bytes(digest, sizeof digest), until,
                              err));
    memcpy(code, text, sizeof text);
    *expires = until;
    jd_log(JD_INFO, EV_RESET_CODE_MADE, JD_SPAN("user", user->name));
    return JETON_OK;
}

jeton_status jd_reset_find(jd_accounts *accounts, jeton_span code, jt_arena *arena, jd_user *user,
                           uint8_t digest[JD_RESET_DIGEST], jeton_err *err)
{
    jeton_err why = {0};
    jt_sha2_once(JT_SHA256, code, digest);
    const jeton_status status = jd_store_reset_find(
        accounts->store, jeton_bytes(digest, JD_RESET_DIGEST), jd_now(), arena, user, &why);
    if (status == JETON_E_NOT_FOUND || (status == JETON_OK && user->disabled))
        return jt_fail(err, JETON_E_CREDENTIALS, "the code is wrong or has expired");
    return status == JETON_OK ? status : jt_fail(err, status, "%s", why.text);
}
