/* SPDX-License-Identifier: Apache-2.0 */
/* oauth/token_refresh_token.c - grant_type=refresh_token (RFC 6749 §6). */
#include "oauth/token.h"
#include "core/auto.h"
#include "core/err.h"

static jeton_status prepare(jd_token_request *request, jeton_err *err)
{
    if (request->refresh_token.len > 0)
        return JETON_OK;
    return jt_fail(err, JETON_E_REQUEST, "refresh_token is missing");
}

static jeton_status issue(jd_token_request *request, jd_tokens *tokens, jeton_err *err)
{
    const jd_refreshing refreshing = {
        .client = &request->client, .token = request->refresh_token, .scope = request->scope};
    return jd_session_refresh(request->accounts, &refreshing, tokens, err);
}

const jd_grant jd_grant_refresh_token = {
    .name = "refresh_token",
    .writes = true,
    .prepare = prepare,
    .issue = issue,
};
