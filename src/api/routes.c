/* SPDX-License-Identifier: Apache-2.0 */
/* api/routes.c - the table of endpoints, and behind it that of the operations for operators. */
#include "api/routes.h"

#include "api/admin.h"
#include "api/cors.h"
#include "api/endpoints.h"
#include "api/original.h"
#include "api/problem.h"
#include "core/auto.h"
#include "sys/metrics.h"

#include <stdio.h>

#define ALLOW_MAX 64U

/* Method "*" is any of them, and "*" at the end of a path is whatever follows. */
static const struct {
    const char *method, *path;
    const jd_step *steps;
} routes[] = {
    {"POST", "/token", jd_ep_token},
    {"POST", "/introspect", jd_ep_introspect},
    {"POST", "/revoke", jd_ep_revoke},
    {"GET", "/.well-known/oauth-authorization-server", jd_ep_metadata},
    {"GET", "/.well-known/openid-configuration", jd_ep_metadata},
    {"GET", "/csrf", jd_ep_csrf},
    {"POST", "/login", jd_ep_login},
    {"POST", "/refresh", jd_ep_refresh},
    {"POST", "/logout", jd_ep_logout},
    {"GET", "/whoami", jd_ep_whoami},
    {"GET", "/verify", jd_ep_verify},
    {"*", JD_ENVOY_PATH "/*", jd_ep_verify_envoy},
    {"GET", "/.well-known/jwks.json", jd_ep_jwks},
    {"GET", "/statuslists", jd_ep_status_lists},
    {"GET", "/statuslists/{list}", jd_ep_status_list},
    {"GET", "/openapi.json", jd_ep_openapi},
    {"GET", "/metrics", jd_ep_metrics},
    {"GET", "/healthz", jd_ep_healthz},
    {"GET", "/readyz", jd_ep_readyz},
    {"GET", "/sessions", jd_ep_sessions},
    {"DELETE", "/sessions/{id}", jd_ep_session_end},
    {"POST", "/password", jd_ep_password},
    {"POST", "/password/reset", jd_ep_password_reset},
};

/* Those of them that an agent has, with its own steps. */
static const struct {
    const jd_step *of_server, *of_agent;
} agents[] = {
    {jd_ep_healthz, jd_ep_healthz},
    {jd_ep_readyz, jd_ep_agent_readyz},
    {jd_ep_metrics, jd_ep_agent_metrics},
};

/* The routes by number: those of the table, one that stands for none, and the operations. */

size_t jd_route_none(void)
{
    return JT_COUNT(routes);
}

static const jd_operation *operation_of(size_t route)
{
    return route > JT_COUNT(routes) ? jd_operation_at(route - JT_COUNT(routes) - 1) : NULL;
}

/* False past the last; the path is NULL where there is no route of that number. */
static bool get_route(size_t route, const char **method, const char **path)
{
    const jd_operation *operation = operation_of(route);
    *method = route < JT_COUNT(routes) ? routes[route].method
              : operation != NULL      ? operation->method
                                       : NULL;
    *path = route < JT_COUNT(routes) ? routes[route].path
            : operation != NULL      ? operation->path
                                     : NULL;
    return route <= JT_COUNT(routes) || operation != NULL;
}

const char *jd_route_path(size_t route)
{
    const char *method;
    const char *path;
    (void)get_route(route, &method, &path);
    return path;
}

void jd_routes_name(void)
{
    const char *method;
    const char *path;
    for (size_t i = 0; get_route(i, &method, &path); i++)
        if (path != NULL)
            jd_metric_name(JD_BY_ROUTE, i, method, path);
    jd_metric_name(JD_BY_ROUTE, jd_route_none(), "other", "none");
}

/* The first segment of a path, taken off it. */
static jeton_span take_segment(jeton_span *path)
{
    const uint8_t *slash = memchr(path->ptr, '/', path->len);
    const size_t len = slash != NULL ? (size_t)(slash - path->ptr) : path->len;
    const jeton_span segment = jeton_bytes(path->ptr, len);
    const size_t gone = slash != NULL ? len + 1 : len;
    *path = jeton_bytes(path->ptr + gone, path->len - gone);
    return segment;
}

static bool ends_open(jeton_span route)
{
    return route.ptr[route.len - 1] == '*';
}

/* Whether a path is one of the route's. A {name} stands for one segment that is not empty, which
 * goes into params; everything else has to be equal byte for byte, percent-encoding and all. */
static bool is_path(jeton_span path, const char *of_route, jeton_span params[JD_PARAMS_MAX])
{
    jeton_span route = jeton_str(of_route);
    size_t found = 0;
    if (ends_open(route))
        return path.len >= route.len - 1 && memcmp(path.ptr, route.ptr, route.len - 1) == 0;
    if (memchr(of_route, '{', route.len) == NULL)
        return jeton_span_equal(path, route);
    if (path.ptr[path.len - 1] == '/') /* it would end in an empty segment */
        return false;
    while (path.len > 0 && route.len > 0) {
        const jeton_span want = take_segment(&route);
        const jeton_span got = take_segment(&path);
        if (want.len > 0 && want.ptr[0] == '{' && got.len > 0 && found < JD_PARAMS_MAX)
            params[found++] = got;
        else if (!jeton_span_equal(want, got))
            return false;
    }
    return path.len == 0 && route.len == 0;
}

/* HEAD is a GET whose body stays here (RFC 9110 §9.3.2). */
static bool is_method(jeton_span method, const char *of_route)
{
    if (of_route[0] == '*')
        return true;
    if (jeton_span_equal(method, jeton_str("HEAD")))
        method = jeton_str("GET");
    return jeton_span_equal(method, jeton_str(of_route));
}

/* What a route of the table does in this process; NULL: it has no such route. */
static const jd_step *steps_of(const jd_app *app, size_t route)
{
    if (app->view == NULL)
        return routes[route].steps;
    for (size_t i = 0; i < JT_COUNT(agents); i++)
        if (agents[i].of_server == routes[route].steps)
            return agents[i].of_agent;
    return NULL;
}

static bool is_served(const jd_app *app, size_t route)
{
    return route < JT_COUNT(routes) ? steps_of(app, route) != NULL : app->view == NULL;
}

/* The methods of the request's path, as in an Allow header; empty when there is no such path. */
static void list_methods(jd_call *call, char allow[ALLOW_MAX])
{
    const char *method;
    const char *route;
    const jeton_span path = jd_request_path(call->request);
    allow[0] = '\0';
    for (size_t i = 0; get_route(i, &method, &route); i++) {
        if (route == NULL || !is_served(call->app, i) || !is_path(path, route, call->params))
            continue;
        const size_t len = strlen(allow);
        (void)snprintf(allow + len, ALLOW_MAX - len, "%s%s%s", len > 0 ? ", " : "", method,
                       strcmp(method, "GET") == 0 ? ", HEAD" : "");
    }
}

/* Answers for a path that exists with other methods, or does not exist at all. */
static jeton_status refuse(jd_call *call, jeton_err *err)
{
    (void)err;
    char allow[ALLOW_MAX];
    list_methods(call, allow);
    if (allow[0] == '\0') {
        jd_problem_answer_http(call, 404, "not_found", "there is no such route");
        return JETON_OK;
    }
    const char *kept = jt_arena_text(call->arena, jeton_str(allow));
    if (jd_cors_is_preflight(call)) {
        jd_cors_answer(call, kept != NULL ? kept : "");
        return JETON_OK;
    }
    jd_call_header(call, "Allow", kept != NULL ? kept : "");
    jd_problem_answer_http(call, 405, "method_not_allowed", "this route takes another method");
    return JETON_OK;
}

static const jd_step refusal[] = {
    {JD_ON_LOOP, refuse},
    {.run = NULL},
};

static void run(jd_call *call, size_t route)
{
    call->route = route;
    if (route < JT_COUNT(routes))
        jd_call_run(call, steps_of(call->app, route));
    else
        jd_admin_begin(call, operation_of(route));
}

void jd_route(jd_call *call)
{
    const jeton_span method = jd_request_method(call->request);
    const jeton_span path = jd_request_path(call->request);
    const char *of_route;
    const char *route;
    for (size_t i = 0; get_route(i, &of_route, &route); i++) {
        if (route != NULL && is_served(call->app, i) && is_method(method, of_route) &&
            is_path(path, route, call->params)) {
            run(call, i);
            return;
        }
    }
    jd_call_run(call, refusal);
}
