/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_locate.c - one token is found in a request, or a fault is told. Which
 * requests come to which decision is in test_guard.c. */
#include "requests.h"

#include "guard/locate.h"

static void what_is_found_twice_has_to_be_the_same(void **state)
{
    (void)state;
    jt_found found = {0};
    const jeton_span token = jeton_str("abc");
    assert_int_equal(jt_found_take(&found, JETON_IN_HEADER, token), JT_FAULT_NONE);
    assert_int_equal(jt_found_take(&found, JETON_IN_COOKIE, jeton_str("abc")), JT_FAULT_NONE);
    assert_int_equal(found.location, JETON_IN_HEADER); /* the first one's rules go */
    assert_ptr_equal(found.token.ptr, token.ptr);
    assert_int_equal(jt_found_take(&found, JETON_IN_COOKIE, jeton_str("abd")), JT_FAULT_TWO_TOKENS);
    assert_int_equal(jt_found_take(&found, JETON_IN_QUERY, jeton_str("")), JT_FAULT_TWO_TOKENS);
    unit_assert_span(found.token, "abc");
}

static void an_empty_one_counts_as_found(void **state)
{
    (void)state;
    jt_found found = {0};
    assert_int_equal(jt_found_take(&found, JETON_IN_COOKIE, jeton_str("")), JT_FAULT_NONE);
    assert_int_equal(jt_found_take(&found, JETON_IN_QUERY, jeton_str("abc")), JT_FAULT_TWO_TOKENS);
    assert_int_equal(found.location, JETON_IN_COOKIE);
}

static void each_location_says_why_it_has_nothing(void **state)
{
    (void)state;
    static const jeton_location all[] = {JETON_IN_HEADER, JETON_IN_COOKIE, JETON_IN_QUERY,
                                         JETON_IN_JSON};
    static const jt_fault missed[] = {JT_FAULT_NO_SCHEME, JT_FAULT_NO_COOKIE, JT_FAULT_NO_QUERY,
                                      JT_FAULT_NO_JSON};
    const request_sent sent = {.headers = {"Authorization: Basic x"}};
    jt_settings settings;
    assert_int_equal(jt_settings_init(&settings, NULL, NULL, NULL), JETON_OK);
    request_begin(&sent);
    memcpy(request_visit->locations, all, sizeof all);
    request_visit->type = JETON_ACCESS;
    assert_int_equal(jt_locate(&settings, request_visit), JT_FAULT_NO_SCHEME);
    for (size_t i = 0; i < COUNT(missed); i++) {
        assert_int_equal(request_visit->missed[i], missed[i]);
        assert_true(jt_fault_is_missing(missed[i]));
    }
    assert_int_equal(request_visit->found.location, JETON_NOWHERE);
    assert_false(jt_fault_is_missing(JT_FAULT_NONE));
    assert_false(jt_fault_is_missing(JT_FAULT_BAD_HEADER));
    jt_settings_done(&settings);
}

/* A body for which there is no memory is not one without a token: nobody is let in as nobody. */
static void without_memory_nothing_counts_as_missing(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        jeton_location location;
        request_sent sent;
    } rows[] = {
        {"a query", JETON_IN_QUERY, {.query = "a=b"}},
        {"a body",
         JETON_IN_JSON,
         {.method = "POST", .headers = {"Content-Type: application/json"}, .body = "{}"}},
        {"a form with the CSRF value",
         JETON_IN_COOKIE,
         {.method = "POST",
          .headers = {"Cookie: __Host-jeton-access=@access",
                      "Content-Type: application/x-www-form-urlencoded"},
          .body = "csrf_token=x"}},
    };
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_visit *visit = NULL;
        jeton_guard *guard = NULL;
        heap.left = SIZE_MAX;
        const jeton_guard_settings settings = {.locations = {rows[i].location},
                                               .csrf_form = JETON_ON};
        const jeton_route optional = {.optional = true};
        assert_int_equal(jeton_visit_new(ctx, &visit, NULL), JETON_OK);
        assert_int_equal(jeton_guard_new(ctx, &settings, request_verifier, &guard, NULL), JETON_OK);
        const jeton_request request = {.method = rows[i].sent.method != NULL ? rows[i].sent.method
                                                                             : "GET",
                                       .user = (void *)(uintptr_t)&rows[i].sent,
                                       .header = request_header,
                                       .query_text = jeton_str(rows[i].sent.query),
                                       .body = jeton_str(rows[i].sent.body)};
        jeton_visit_begin(visit, &request);
        heap.left = 0;
        assert_int_equal(jeton_guard_check(guard, &optional, visit, &decision), JETON_E_NOMEM);
        assert_false(decision.allowed);
        assert_int_equal(decision.refusal, JETON_REFUSED_FAILURE);
        assert_int_equal(decision.http, jeton_status_http(JETON_E_NOMEM));
        assert_int_equal(decision.body.len, 0); /* nothing could be said */
        heap.left = SIZE_MAX;
        jeton_guard_free(&guard);
        jeton_visit_free(&visit);
    }
    unit_ctx_done(&ctx, &heap);
}

static void a_body_longer_than_any_json_has_no_members(void **state)
{
    (void)state;
    static char body[300000] = "{\"access_token\":\"x\",\"a\":\"";
    const jeton_guard_settings settings = {.locations = {JETON_IN_JSON}};
    memset(body + strlen(body), 'x', sizeof body - strlen(body) - 3);
    memcpy(body + sizeof body - 3, "\"}", 2);
    static const request_sent sent = {.headers = {"Content-Type: application/json"}};
    jeton_request request = {.method = "POST",
                             .user = (void *)(uintptr_t)&sent,
                             .header = request_header,
                             .body = jeton_bytes(body, sizeof body - 1)};
    jeton_guard *guard = request_guard(&settings);
    jeton_visit_begin(request_visit, &request);
    assert_int_equal(request_check(guard, NULL), JETON_E_MISSING);
    request.body = jeton_str("{\"access_token\":\"x\",\"a\":\"x\"}");
    jeton_visit_begin(request_visit, &request);
    assert_int_equal(request_check(guard, NULL), JETON_E_SYNTAX); /* found, and none */
    jeton_guard_free(&guard);
}

static void a_server_that_knows_nothing_of_headers_has_none(void **state)
{
    (void)state;
    const jeton_guard_settings settings = {.locations = {JETON_IN_HEADER, JETON_IN_COOKIE}};
    const jeton_request request = {.method = "GET"};
    jeton_guard *guard = request_guard(&settings);
    jeton_visit_begin(request_visit, &request);
    assert_int_equal(request_check(guard, NULL), JETON_E_MISSING);
    jeton_guard_free(&guard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_found_twice_has_to_be_the_same),
        cmocka_unit_test(an_empty_one_counts_as_found),
        cmocka_unit_test(each_location_says_why_it_has_nothing),
        cmocka_unit_test(a_body_longer_than_any_json_has_no_members),
        cmocka_unit_test(a_server_that_knows_nothing_of_headers_has_none),
        cmocka_unit_test(without_memory_nothing_counts_as_missing),
    };
    return cmocka_run_group_tests(tests, request_set_up, request_tear_down);
}
