/* SPDX-License-Identifier: Apache-2.0 */
/* api/problem.c - outcomes as HTTP answers. */
#include "api/problem.h"

#include "core/auto.h"
#include "oauth/bearer.h"

#include <inttypes.h>
#include <stdio.h>

/* What is our fault stays in the log and is not told: a stranger has no business with it. What may
 * be tried again is a warning there only when it is the load that is to blame. */
jd_problem jd_problem_of(jeton_status status)
{
    jd_problem problem = {jeton_status_http(status), jeton_status_oauth(status), JD_DEBUG, true};
    if (status == JETON_OK) { /* no failure has the status of a success */
        problem.http = 500;
        problem.error = "server_error";
    }
    if (problem.http >= 500) {
        problem.level = status == JETON_E_BUSY || status == JETON_E_STALE ? JD_WARN : JD_ERROR;
        problem.told = false;
    }
    return problem;
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
    if (strcmp(error, "invalid_client") == 0) {
        jd_call_header(call, "WWW-Authenticate", "Basic realm=\"jeton\"");
        return;
    }
    const bool about_token = strcmp(error, "invalid_grant") != 0;
    const bool sent =
        call->by_cookie || jd_request_header(call->request, "Authorization", &(jeton_span){0}) > 0;
    jd_bearer_challenge(about_token && sent ? error : NULL, why, challenge);
    const char *kept = jt_arena_text(call->arena, jeton_str(challenge));
    jd_call_header(call, "WWW-Authenticate", kept != NULL ? kept : "Bearer realm=\"jeton\"");
}

static void put_retry_after(jd_call *call)
{
    char seconds[24];
    (void)snprintf(seconds, sizeof seconds, "%" PRId64, call->wait > 1 ? call->wait : 1);
    const char *kept = jt_arena_text(call->arena, jeton_str(seconds));
    jd_call_header(call, "Retry-After", kept != NULL ? kept : "1");
}

void jd_problem_answer_http(jd_call *call, unsigned http, const char *error, const char *why)
{
    if (http == 401 || (http == 403 && strcmp(error, "csrf_refused") != 0))
        put_challenge(call, error, why);
    if (http == 503 || http == 429)
        put_retry_after(call);
    put_body(call, http, error, why);
}

void jd_problem_answer(jd_call *call, jeton_status status, const jeton_err *err)
{
    jd_problem problem = jd_problem_of(status);
    /* At the token endpoint a login that fails is a 400 (RFC 6749 §5.2): 401 is about the client.
     */
    if (call->oauth && status != JETON_E_CLIENT && (problem.http == 401 || problem.http == 403)) {
        problem.http = 400;
        problem.error = "invalid_grant";
    }
    const bool tell = problem.told && err->text[0] != '\0';
    if (problem.level >= JD_WARN)
        jd_log(problem.level, EV_REQUEST_FAILED, JD_REQUEST(call->id),
               JD_TEXT("outcome", jeton_status_name(status)), JD_TEXT("why", err->text));
    jd_problem_answer_http(call, problem.http, problem.error,
                           tell ? err->text : jeton_status_text(status));
}
