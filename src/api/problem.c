/* SPDX-License-Identifier: Apache-2.0 */
/* api/problem.c - outcomes as HTTP answers. */
#include "api/problem.h"

#include "core/auto.h"
#include "oauth/bearer.h"

#include <stdio.h>

/* clang-format off */
static const jd_problem problems[] = {
    /* who are you: 401 */
    {JETON_E_SYNTAX,      401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_ENCODING,    401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_LIMIT,       401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_HEADER,      401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_CRIT,        401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_CLAIM,       401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_KEY_UNKNOWN, 401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_KEY_USE,     401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_ALG,         401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_SIGNATURE,   401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_EXPIRED,     401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_NOT_YET,     401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_ISSUED,      401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_ISSUER,      401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_AUDIENCE,    401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_TYP,         401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_MISSING,     401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_REVOKED,     401, "invalid_token",           JD_DEBUG, true},
    {JETON_E_NOT_FRESH,   401, "insufficient_user_authentication", JD_DEBUG, true}, /* RFC 9470 */
    {JETON_E_CREDENTIALS, 401, "invalid_grant",           JD_DEBUG, true},
    {JETON_E_SESSION,     401, "invalid_grant",           JD_DEBUG, true},
    {JETON_E_REPLAY,      401, "invalid_grant",           JD_DEBUG, true},
    /* you may not: 403, and what is not right or not there */
    {JETON_E_SCOPE,       403, "insufficient_scope",      JD_DEBUG, true},
    {JETON_E_REQUEST,     400, "invalid_request",         JD_DEBUG, true},
    {JETON_E_NOT_FOUND,   404, "not_found",               JD_DEBUG, true},
    {JETON_E_EXISTS,      409, "already_exists",          JD_DEBUG, true},
    /* it is us: what went wrong stays in the log */
    {JETON_E_BUSY,        503, "temporarily_unavailable", JD_WARN,  false},
    {JETON_E_STORE,       503, "temporarily_unavailable", JD_ERROR, false},
    {JETON_E_NOMEM,       503, "temporarily_unavailable", JD_ERROR, false},
};
/* clang-format on */

static const jd_problem unknown = {JETON_E_SYSTEM, 500, "server_error", JD_ERROR, false};

const jd_problem *jd_problem_of(jeton_status status)
{
    for (size_t i = 0; i < JT_COUNT(problems); i++)
        if (problems[i].status == status)
            return &problems[i];
    return &unknown;
}

/* What is answered when there is no memory to say more. */
static const char bare[] = "{\"error\":\"temporarily_unavailable\"}";

static void put_body(jd_call *call, unsigned http, const char *error, const char *why)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_status status = jt_tree_new(NULL, &tree, NULL);
    if (status == JETON_OK) {
        jt_node *body = jt_tree_object(tree);
        jt_put_text(tree, body, "error", jeton_str(error));
        jt_put_text(tree, body, "error_description", jeton_str(why));
        jt_put_text(tree, body, "request_id", jeton_str(call->id));
        status = jd_call_answer(call, http, tree, body, NULL);
    }
    if (status != JETON_OK)
        jd_call_answer_text(call, http, jeton_bytes(bare, sizeof bare - 1));
}

/* The challenge names an error only when a token was there to be wrong (RFC 6750 §3.1). */
static void put_challenge(jd_call *call, const char *error, const char *why)
{
    char challenge[JD_CHALLENGE_MAX];
    const bool about_token = strcmp(error, "invalid_grant") != 0;
    const bool sent = jd_request_header(call->request, "Authorization", &(jeton_span){0}) > 0;
    jd_bearer_challenge(about_token && sent ? error : NULL, why, challenge);
    const char *kept = jt_arena_text(call->arena, jeton_str(challenge));
    jd_call_header(call, "WWW-Authenticate", kept != NULL ? kept : "Bearer realm=\"jeton\"");
}

void jd_problem_answer_http(jd_call *call, unsigned http, const char *error, const char *why)
{
    if (http == 401 || http == 403)
        put_challenge(call, error, why);
    if (http == 503)
        jd_call_header(call, "Retry-After", "1");
    put_body(call, http, error, why);
}

void jd_problem_answer(jd_call *call, jeton_status status, const jeton_err *err)
{
    const jd_problem *problem = jd_problem_of(status);
    const bool tell = problem->told && err->text[0] != '\0';
    if (problem->level >= JD_WARN)
        jd_log(problem->level, EV_REQUEST_FAILED, JD_REQUEST(call->id),
               JD_TEXT("outcome", jeton_status_name(status)), JD_TEXT("why", err->text));
    jd_problem_answer_http(call, problem->http, problem->error,
                           tell ? err->text : jeton_status_text(status));
}
