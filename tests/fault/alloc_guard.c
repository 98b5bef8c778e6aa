/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fault/alloc_guard.c - guards, routes and issuers, for test_alloc.c. */
#include "alloc.h"

#include <stdio.h>

static jeton_status guard_new(bool *had, jeton_err *err)
{
    static const jeton_guard_settings settings = {
        .realm = "r", .csrf_methods = {"POST"}, .audiences = {"a"}};
    jeton_guard *guard = BOGUS;
    const jeton_status status = jeton_guard_new(ctx, &settings, given.verifier, &guard, err);
    *had = guard != NULL;
    jeton_guard_free(&guard);
    return status;
}

static size_t request_header(void *user, const char *name, jeton_span *value)
{
    (void)user;
    const bool is_asked = strcmp(name, "Content-Type") == 0;
    *value = jeton_str(is_asked ? "application/json" : NULL);
    return is_asked ? 1 : 0;
}

/* A token that is in query and body, and a rule: all that a check takes memory for. */
static jeton_status guard_check(bool *had, jeton_err *err)
{
    static const jeton_route route = {.locations = {JETON_IN_QUERY, JETON_IN_JSON},
                                      .claims = {{"sub", JETON_RULE_ONE_OF, "[\"alice\"]"}}};
    char query[2048];
    char body[2048];
    (void)snprintf(query, sizeof query, "jwt=%s", jeton_text_chars(given.token));
    (void)snprintf(body, sizeof body, "{\"access_token\":\"%s\"}", jeton_text_chars(given.token));
    const jeton_request request = {.method = "GET",
                                   .header = request_header,
                                   .query_text = jeton_str(query),
                                   .body = jeton_str(body)};
    jeton_visit *visit = BOGUS;
    jeton_decision decision = {0};
    jeton_status status = jeton_visit_new(ctx, &visit, err);
    if (status == JETON_OK) {
        jeton_visit_begin(visit, &request);
        status = err->status = jeton_guard_check(given.guard, &route, visit, &decision);
        assert_true(status == JETON_OK || decision.http == 503);
    }
    *had = decision.identity.len > 0;
    jeton_visit_free(&visit);
    return status;
}

/* A refusal stands where there is no memory to explain it. */
static jeton_status guard_refuse(bool *had, jeton_err *err)
{
    static const jeton_request request = {.method = "GET", .header = request_header};
    jeton_visit *visit = BOGUS;
    jeton_decision decision = {0};
    jeton_status status = jeton_visit_new(ctx, &visit, err);
    if (status == JETON_OK) {
        jeton_visit_begin(visit, &request);
        assert_int_equal(jeton_guard_check(given.guard, NULL, visit, &decision), JETON_E_MISSING);
        assert_int_equal(decision.http, 401);
        assert_true((decision.body.len > 0) == (decision.challenge != NULL));
        status = err->status = decision.body.len > 0 ? JETON_OK : JETON_E_NOMEM;
    }
    *had = decision.body.len > 0;
    jeton_visit_free(&visit);
    return status;
}

static jeton_status route_check(bool *had, jeton_err *err)
{
    static const jeton_route route = {.claims = {{"sub", JETON_RULE_ONE_OF, "[\"alice\"]"}}};
    const jeton_status status = jeton_route_check(ctx, &route, err);
    *had = status == JETON_OK;
    return status;
}

static jeton_status issuer_new(bool *had, jeton_err *err)
{
    jeton_issuer *issuer = BOGUS;
    const jeton_status status =
        jeton_issuer_new(ctx, given.secret, JETON_ALG_UNSET, NULL, NULL, &issuer, err);
    *had = issuer != NULL;
    jeton_issuer_free(&issuer);
    return status;
}

static void no_line(void *user, const char *line)
{
    (void)line;
    ++*(size_t *)user;
}

/* A token, and the cookies it travels in: both or none of them. */
static jeton_status issuer_access(bool *had, jeton_err *err)
{
    size_t lines = 0;
    jeton_issued issued;
    const jeton_grant grant = {
        .identity = jeton_str("alice"), .claims = "{\"a\":[1]}", .header = "{\"b\":2}"};
    jeton_status status = jeton_issuer_access(given.issuer, &grant, &issued, err);
    assert_true((issued.token != NULL) == (status == JETON_OK));
    if (status == JETON_OK)
        status = jeton_issuer_set_cookies(given.issuer, &issued, -1, no_line, &lines, err);
    assert_int_equal(lines, status == JETON_OK ? 2 : 0);
    if (status == JETON_OK)
        status = jeton_issuer_unset_cookies(given.issuer, JETON_ACCESS, no_line, &lines, err);
    jeton_text_free(&issued.token);
    *had = lines == 4;
    return status;
}

static jeton_status issuer_refresh(bool *had, jeton_err *err)
{
    jeton_issued issued;
    const jeton_grant grant = {.identity = jeton_str("alice"), .life = JETON_FOREVER};
    const jeton_status status = jeton_issuer_refresh(given.issuer, &grant, &issued, err);
    *had = issued.token != NULL || issued.csrf[0] != '\0';
    jeton_text_free(&issued.token);
    return status;
}

/* In place of a token that is always about to end. */
static jeton_status issuer_renew(bool *had, jeton_err *err)
{
    const size_t left = heap.left;
    jeton_verdict *verdict = NULL;
    jeton_issued issued;
    heap.left = SIZE_MAX;
    assert_int_equal(jeton_verdict_new(ctx, &verdict, NULL), JETON_OK);
    assert_int_equal(jeton_verify(given.verifier, jeton_text_span(given.token), verdict), JETON_OK);
    heap.left = left;
    const jeton_decision decision = {
        .allowed = true, .identity = jeton_str("alice"), .verdict = verdict};
    const jeton_status status =
        jeton_issuer_renew(given.issuer, &decision, UINT32_MAX, &issued, err);
    *had = issued.token != NULL;
    heap.left = SIZE_MAX;
    jeton_text_free(&issued.token);
    jeton_verdict_free(&verdict);
    return status;
}

/* A field of a body that could not be read is none. */
static jeton_status visit_field(bool *had, jeton_err *err)
{
    const jeton_request request = {
        .method = "POST", .header = request_header, .body = jeton_str("{\"a\":\"x\"}")};
    jeton_visit *visit = BOGUS;
    jeton_span value = {0};
    jeton_status status = jeton_visit_new(ctx, &visit, err);
    if (status == JETON_OK) {
        jeton_visit_begin(visit, &request);
        status = err->status = jeton_visit_field(visit, "a", &value) ? JETON_OK : JETON_E_NOMEM;
    }
    *had = value.len > 0;
    jeton_visit_free(&visit);
    return status;
}

const alloc_call alloc_guard[] = {
    {"jeton_guard_new", guard_new},
    {"jeton_visit_new and jeton_guard_check", guard_check},
    {"jeton_guard_check that refuses", guard_refuse},
    {"jeton_route_check", route_check},
    {"jeton_issuer_new", issuer_new},
    {"jeton_issuer_access and cookies", issuer_access},
    {"jeton_issuer_refresh", issuer_refresh},
    {"jeton_issuer_renew", issuer_renew},
    {"jeton_visit_field", visit_field},
    {NULL, NULL},
};
