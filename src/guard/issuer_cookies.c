/* SPDX-License-Identifier: Apache-2.0 */
/* guard/issuer_cookies.c - the cookies of tokens, set and taken away. */
#include "guard/issuer.h"

#include "core/auto.h"
#include "guard/cookie.h"

#include <string.h>

/* One cookie, printed to its own buffer with a NUL. */
static jeton_status print(const jeton_issuer *issuer, const char *name, const char *path,
                          jeton_span value, bool http_only, int64_t max_age, jt_buf *to,
                          jeton_err *err)
{
    const jeton_guard_settings *is = &issuer->settings.is;
    const jt_cookie cookie = {
        .name = name,
        .value = value,
        .path = path,
        .domain = is->cookie_domain,
        .max_age = max_age,
        .secure = is->secure == JETON_ON,
        .http_only = http_only,
        .same_site = is->same_site,
    };
    JT_TRY(jt_cookie_print(&cookie, to, err));
    return jt_buf_add(to, jeton_bytes("", 1), err);
}

/* Both lines are there before the first is given away. */
static jeton_status put(const jeton_issuer *issuer, jeton_token_type type, jeton_span token,
                        const char *csrf, int64_t max_age, jeton_set_cookie set, void *user,
                        jeton_err *err)
{
    const jt_names_of_type names = jt_settings_names(&issuer->settings, type);
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(issuer->ctx);
    JT_AUTO(jt_buf_done) jt_buf second = jt_buf_init(issuer->ctx);
    JT_TRY(print(issuer, names.cookie, names.path, token, true, max_age, &line, err));
    if (csrf != NULL)
        JT_TRY(print(issuer, names.csrf_cookie, names.csrf_path, jeton_str(csrf), false, max_age,
                     &second, err));
    set(user, (const char *)line.ptr);
    if (csrf != NULL)
        set(user, (const char *)second.ptr);
    return JETON_OK;
}

static bool has_csrf_cookie(const jeton_issuer *issuer)
{
    const jeton_guard_settings *is = &issuer->settings.is;
    return is->csrf == JETON_ON && is->csrf_in_cookies == JETON_ON;
}

/* Browsers keep a cookie for 400 days at most, and a longer life is cut to that. */
static int64_t life_of(const jeton_issuer *issuer, const jeton_issued *issued, int64_t asked)
{
    if (asked >= 0)
        return asked;
    if (issuer->settings.is.session_cookies == JETON_ON)
        return -1;
    return issued->life != JETON_FOREVER ? (int64_t)issued->life : (int64_t)400 * 24 * 3600;
}

jeton_status jeton_issuer_set_cookies(const jeton_issuer *issuer, const jeton_issued *issued,
                                      int64_t max_age, jeton_set_cookie set, void *user,
                                      jeton_err *err)
{
    const bool csrf = has_csrf_cookie(issuer) && issued->csrf[0] != '\0';
    return put(issuer, issued->type, jeton_text_span(issued->token), csrf ? issued->csrf : NULL,
               life_of(issuer, issued, max_age), set, user, err);
}

jeton_status jeton_issuer_unset_cookies(const jeton_issuer *issuer, jeton_token_type type,
                                        jeton_set_cookie set, void *user, jeton_err *err)
{
    const char *csrf = has_csrf_cookie(issuer) ? "" : NULL;
    if (type != JETON_REFRESH)
        JT_TRY(put(issuer, JETON_ACCESS, jeton_str(""), csrf, 0, set, user, err));
    if (type != JETON_ACCESS)
        JT_TRY(put(issuer, JETON_REFRESH, jeton_str(""), csrf, 0, set, user, err));
    return JETON_OK;
}
