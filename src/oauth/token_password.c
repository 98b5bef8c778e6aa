/* SPDX-License-Identifier: Apache-2.0 */
/* oauth/token_password.c - grant_type=password (RFC 6749 §4.3): the login of /login, in the name of
 * a client. */
#include "core/auto.h"
#include "core/err.h"
#include "oauth/token.h"

static jeton_status prepare(jd_token_request *request, jeton_err *err)
{
    if (request->username.len == 0 || request->password.len == 0)
        return jt_fail(err, JETON_E_REQUEST, "username or password is missing");
    request->login = (jd_login){.username = request->username,
                                .password = request->password,
                                .client = &request->client,
                                .scope = request->scope,
                                .device = request->device,
                                .address = request->address,
                                .client_address = request->client_address,
                                .wait = request->wait,
                                .request = request->id};
    return jd_login_find(request->accounts, &request->login, request->arena, err);
}

static jeton_status check(jd_token_request *request, jeton_err *err)
{
    return jd_login_check(request->accounts, &request->login, err);
}

static jeton_status issue(jd_token_request *request, jd_tokens *tokens, jeton_err *err)
{
    return jd_login_begin(request->accounts, &request->login, tokens, err);
}

const jd_grant jd_grant_password = {
    .name = "password",
    .writes = true,
    .prepare = prepare,
    .check = check,
    .issue = issue,
};
