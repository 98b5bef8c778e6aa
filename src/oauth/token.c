/* SPDX-License-Identifier: Apache-2.0 */
/* oauth/token.c - the table of grants. */
#include "oauth/token.h"

#include "accounts/words.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/words.h"

static const jd_grant *const grants[] = {
    &jd_grant_password,
    &jd_grant_refresh_token,
    &jd_grant_client_credentials,
};

static const char *const names[] = {"password", "refresh_token", "client_credentials", NULL};

const char *const *jd_grant_names(void)
{
    return names;
}

static jeton_status find(jeton_span name, const jd_grant **grant, jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(grants); i++) {
        if (jeton_span_equal(name, jeton_str(grants[i]->name))) {
            *grant = grants[i];
            return JETON_OK;
        }
    }
    return jt_fail(err, JETON_E_GRANT, "%s", jeton_status_text(JETON_E_GRANT));
}

jeton_status jd_grant_of(const jd_token_request *request, const jd_grant **grant, jeton_err *err)
{
    *grant = NULL;
    jeton_span name = request->grant_type;
    if (name.len == 0 && request->username.len > 0)
        name = jeton_str("password");
    if (name.len == 0)
        return jt_fail(err, JETON_E_REQUEST, "grant_type is missing");
    const jd_grant *found = NULL;
    JT_TRY(find(name, &found, err));
    if (!jt_words_have(request->client.grants, name) ||
        (found->proven && jd_client_is_public(&request->client)))
        return jt_fail(err, JETON_E_UNAUTHORIZED, "the client may not use this grant");
    if (!jd_words_are_good(request->scope))
        return jt_fail(err, JETON_E_WIDER, "scope is words parted by single spaces");
    *grant = found;
    return JETON_OK;
}
