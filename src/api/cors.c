/* SPDX-License-Identifier: Apache-2.0 */
/* api/cors.c - CORS headers and preflights. */
#include "api/cors.h"

#include "api/problem.h"

#define REMEMBERED "600" /* seconds: how long a browser need not ask again */

static bool is_allowed(const jd_call *call, jeton_span *origin)
{
    return jd_request_header(call->request, "Origin", origin) == 1 &&
           jd_origins_has(call->app->origins, *origin);
}

/* The same whoever asks, as long as no origins are allowed. */
static void put_public(jd_call *call)
{
    if (call->is_public)
        jd_call_header(call, "Access-Control-Allow-Origin", "*");
}

/* The answer differs by Origin for every client, the one without it included: caches must know. */
void jd_cors_put(jd_call *call)
{
    jeton_span origin;
    if (call->app->origins->count > 0)
        jd_call_header(call, "Vary", "Origin");
    if (!is_allowed(call, &origin)) {
        put_public(call);
        return;
    }
    const char *kept = jt_arena_text(call->arena, origin);
    if (kept == NULL)
        return; /* the page reads nothing */
    jd_call_header(call, "Access-Control-Allow-Origin", kept);
    jd_call_header(call, "Access-Control-Allow-Credentials", "true");
    jd_call_header(call, "Access-Control-Expose-Headers",
                   "Retry-After, WWW-Authenticate, X-Request-Id");
}

bool jd_cors_is_preflight(const jd_call *call)
{
    return call->app->origins->count > 0 &&
           jeton_span_equal(jd_request_method(call->request), jeton_str("OPTIONS")) &&
           jd_request_header(call->request, "Origin", &(jeton_span){0}) > 0 &&
           jd_request_header(call->request, "Access-Control-Request-Method", &(jeton_span){0}) > 0;
}

void jd_cors_answer(jd_call *call, const char *methods)
{
    jeton_span origin;
    if (!is_allowed(call, &origin)) {
        jd_problem_answer_http(call, 403, "csrf_refused", "the origin is not in allowed-origins");
        return;
    }
    jd_call_header(call, "Access-Control-Allow-Methods", methods);
    jd_call_header(call, "Access-Control-Allow-Headers",
                   "Authorization, Content-Type, X-CSRF-Token, X-Requested-With");
    jd_call_header(call, "Access-Control-Max-Age", REMEMBERED);
    jd_call_answer_empty(call, 204);
}
