/* SPDX-License-Identifier: Apache-2.0 */
/* oauth/token_client_credentials.c - grant_type=client_credentials (RFC 6749 §4.4): a client in its
 * own name. No refresh token comes with it (§4.4.3), and nothing is written. */
#include "accounts/words.h"
#include "core/auto.h"
#include "core/err.h"
#include "oauth/token.h"

static jeton_status prepare(jd_token_request *request, jeton_err *err)
{
    if (request->scope.len == 0) {
        request->scope = request->client.scopes;
        return JETON_OK;
    }
    JT_TRY(jd_words_narrow(request->scope, request->client.scopes, request->arena, &request->scope,
                           err));
    return request->scope.len > 0
               ? JETON_OK
               : jt_fail(err, JETON_E_WIDER, "%s", jeton_status_text(JETON_E_WIDER));
}

static jeton_status issue(jd_token_request *request, jd_tokens *tokens, jeton_err *err)
{
    return jd_session_none(request->accounts, &request->client, request->scope, tokens, err);
}

const jd_grant jd_grant_client_credentials = {
    .name = "client_credentials",
    .proven = true,
    .prepare = prepare,
    .issue = issue,
};
