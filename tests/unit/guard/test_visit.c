/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_visit.c - callbacks are asked about good tokens only, once in a visit, and
 * what they say goes; a warm check takes no memory. */
#include "requests.h"

#include "../segment/image.h"

static struct {
    int revoked, accept, lookup, forget;
    jeton_status revoked_says, accept_says;
    const char *accept_text;
    void *found;
    jeton_stale_rule stale;
} asked;

static jeton_status revoked(void *user, const jeton_verdict *verdict, const jeton_stale_rule *stale)
{
    assert_ptr_equal(user, &asked);
    assert_non_null(verdict);
    asked.stale = *stale;
    asked.revoked++;
    return asked.revoked_says;
}

static jeton_status accept_it(void *user, const jeton_verdict *verdict, jeton_err *err)
{
    assert_ptr_equal(user, &asked);
    assert_non_null(verdict);
    if (asked.accept_text != NULL)
        snprintf(err->text, sizeof err->text, "%s", asked.accept_text);
    asked.accept++;
    return asked.accept_says;
}

static void *lookup(void *user, const jeton_verdict *verdict, jeton_span identity)
{
    assert_ptr_equal(user, &asked);
    assert_non_null(verdict);
    assert_true(identity.len > 0);
    asked.lookup++;
    return asked.found;
}

static void forget(void *user, void *found)
{
    assert_ptr_equal(user, &asked);
    assert_ptr_equal(found, asked.found);
    asked.forget++;
}

static void other_answer(void *user, jeton_decision *to)
{
    static const char body[] = "<p>later</p>";
    assert_ptr_equal(user, &asked);
    to->http = 302;
    to->challenge = "Other";
    to->body = jeton_str(body);
    to->allowed = true; /* is not taken */
    to->status = JETON_OK;
    to->refusal = JETON_REFUSED_NOT;
}

static const jeton_guard_settings settings = {
    .user = &asked, .revoked = revoked, .accept = accept_it, .lookup = lookup, .forget = forget};

static jeton_guard *guard;

static int set_up(void **state)
{
    static int somebody;
    (void)state;
    memset(&asked, 0, sizeof asked);
    asked.found = &somebody;
    guard = request_guard(&settings);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    request_begin(&(const request_sent){0});
    jeton_guard_free(&guard);
    return 0;
}

static const request_sent good = {.headers = {"Authorization: Bearer @access"}};

static void nobody_is_asked_about_a_token_that_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"forged", "expired", "notyet", "nobody", "refresh"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        char header[64];
        snprintf(header, sizeof header, "Authorization: Bearer @%s", bad[i]);
        const request_sent sent = {.headers = {header}};
        request_begin(&sent);
        assert_int_not_equal(request_check(guard, NULL), JETON_OK);
    }
    request_begin(&good);
    assert_int_equal(request_check(guard, &(const jeton_route){.fresh = true}), JETON_E_NOT_FRESH);
    assert_int_equal(asked.revoked + asked.accept + asked.lookup, 0);
}

static void a_nested_guard_asks_nobody_again(void **state)
{
    (void)state;
    request_begin(&good);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(request_check(guard, NULL), JETON_OK);
        assert_ptr_equal(decision.user, asked.found);
        unit_assert_span(decision.identity, "alice");
    }
    assert_int_equal(request_check(guard, &(const jeton_route){.roles_all = {"admin"}}),
                     JETON_E_SCOPE);
    assert_int_equal(request_check(guard, NULL), JETON_OK);
    assert_int_equal(asked.revoked, 1);
    assert_int_equal(asked.accept, 1);
    assert_int_equal(asked.lookup, 1);
    assert_int_equal(asked.forget, 0);
    request_begin(&good);
    assert_int_equal(asked.forget, 1);
    assert_int_equal(request_check(guard, NULL), JETON_OK);
    assert_int_equal(asked.lookup, 2);
}

static void another_stale_rule_asks_again(void **state)
{
    (void)state;
    const jeton_route lax = {.stale = {.then = JETON_STALE_ALLOW}};
    request_begin(&good);
    assert_int_equal(request_check(guard, &lax), JETON_OK);
    assert_int_equal(asked.stale.then, JETON_STALE_ALLOW);
    assert_int_equal(request_check(guard, &lax), JETON_OK);
    assert_int_equal(asked.revoked, 1);
    asked.revoked_says = JETON_E_STALE;
    assert_int_equal(request_check(guard, NULL), JETON_E_STALE);
    assert_int_equal(asked.revoked, 2);
    assert_int_equal(decision.refusal, JETON_REFUSED_FAILURE);
    assert_int_equal(decision.http, 503);
    assert_null(decision.challenge);
    asked.revoked_says = JETON_OK;
    assert_int_equal(request_check(guard, NULL), JETON_OK);
}

/* ---- the segment of a guard ----------------------------------------------------------------- */

static jeton_status introspect(void *user, jeton_span token, unsigned deadline_ms)
{
    assert_ptr_equal(user, &asked);
    assert_true(token.len > 0);
    assert_int_equal(deadline_ms, 50);
    asked.accept++;
    return asked.accept_says;
}

static const jeton_route asking = {
    .stale = {.then = JETON_STALE_INTROSPECT, .introspect = introspect}};

static void a_guard_asks_its_segment(void **state)
{
    (void)state;
    char folder[] = "/tmp/jeton-guard-XXXXXX";
    char path[64];
    jeton_segment *segment = NULL;
    image of = image_new("{\"keys\":[]}");
    assert_true(jt_boot_id(of.head->boot));
    atomic_store(&of.live->lease, 7200000); /* ms: no rule makes it longer */
    image_seal(&of);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/segment", folder);
    image_write(&of, of.size, path, 0600);
    assert_int_equal(jeton_segment_open(NULL, path, NULL, &segment, NULL), JETON_OK);
    const jeton_guard_settings with = {.user = &asked, .segment = segment};
    static const jeton_route patient = {.stale = {.after_ms = 3600000}};
    static const jeton_route hasty = {.stale = {.after_ms = 1}};
    static const jeton_route longer = {.stale = {.after_ms = UINT32_MAX}};
    jeton_route hasty_asking = asking;
    hasty_asking.stale.after_ms = 1;
    const request_sent sent = {.headers = {"Authorization: Bearer @served"}};
    jeton_guard *other = request_guard(&with);
    request_begin(&sent);
    assert_int_equal(request_check(other, &patient), JETON_OK);
    assert_int_equal(request_check(other, &longer), JETON_OK);
    assert_int_equal(request_check(other, NULL), JETON_OK);
    (void)usleep(20000);
    assert_int_equal(request_check(other, &hasty), JETON_E_STALE);
    assert_int_equal(decision.http, 503);
    asked.accept_says = JETON_E_REVOKED;
    assert_int_equal(request_check(other, &hasty_asking), JETON_E_REVOKED);
    assert_int_equal(decision.http, 401);
    asked.accept_says = JETON_OK;
    assert_int_equal(request_check(other, &hasty_asking), JETON_OK);
    assert_int_equal(request_check(other, &hasty_asking), JETON_OK);
    assert_int_equal(asked.accept, 2); /* a yes is not asked for again */
    request_begin(&good);
    assert_int_equal(request_check(other, &patient), JETON_E_CLAIM); /* not one of jeton serve */
    jeton_guard_free(&other);
    request_begin(&(const request_sent){.headers = {NULL}});
    jeton_segment_free(&segment);
    image_done(&of);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void nobody_is_asked_by_a_route_without_a_function(void **state)
{
    (void)state;
    const jeton_route nobody = {.stale = {.then = JETON_STALE_INTROSPECT}};
    jeton_err err = {0};
    assert_int_equal(jeton_route_check(NULL, &nobody, &err), JETON_E_ARGUMENT);
    assert_int_equal(jeton_route_check(NULL, &asking, NULL), JETON_OK);
    request_begin(&good);
    assert_int_equal(request_check(guard, &nobody), JETON_E_ARGUMENT);
    assert_int_equal(decision.http, 500);
}

static void a_route_that_asks_later_is_asked_for(void **state)
{
    (void)state;
    request_begin(&good);
    asked.revoked_says = JETON_E_REVOKED;
    assert_int_equal(request_check(guard, &(const jeton_route){.skip_revocation = true}), JETON_OK);
    assert_int_equal(asked.revoked, 0);
    assert_int_equal(request_check(guard, NULL), JETON_E_REVOKED);
    assert_int_equal(decision.refusal, JETON_REFUSED_REVOKED);
    assert_non_null(decision.verdict);
    asked.revoked_says = JETON_E_CLAIM;
    assert_int_equal(request_check(guard, NULL), JETON_E_CLAIM);
    assert_int_equal(decision.http, 401);
}

static void the_programs_word_is_told(void **state)
{
    (void)state;
    request_begin(&good);
    asked.accept_says = JETON_E_REFUSED;
    assert_int_equal(request_check(guard, NULL), JETON_E_REFUSED);
    assert_string_equal(decision.why, "the application refuses the token");
    asked.accept_text = "not \"on\" Sundays";
    assert_int_equal(request_check(guard, NULL), JETON_E_REFUSED);
    assert_int_equal(decision.refusal, JETON_REFUSED_REJECTED);
    assert_string_equal(decision.why, "not \"on\" Sundays");
    assert_string_equal(decision.challenge,
                        "Bearer error=\"invalid_token\", error_description=\"not _on_ Sundays\"");
    asked.accept_says = JETON_OK;
    asked.found = NULL;
    assert_int_equal(request_check(guard, NULL), JETON_E_REFUSED);
    assert_int_equal(decision.refusal, JETON_REFUSED_NO_USER);
}

static void other_locations_are_searched_anew(void **state)
{
    (void)state;
    const jeton_route by_query = {.locations = {JETON_IN_QUERY}};
    const jeton_route bare = {.bare_token = true};
    const jeton_route either = {.type = JETON_EITHER};
    const request_sent two = {.headers = {"Authorization: Bearer @access"}, .query = "jwt=@bob"};
    request_begin(&two);
    assert_int_equal(request_check(guard, NULL), JETON_OK);
    unit_assert_span(decision.identity, "alice");
    assert_int_equal(request_check(guard, &by_query), JETON_OK);
    unit_assert_span(decision.identity, "bob");
    assert_int_equal(asked.lookup, 2);
    assert_int_equal(asked.forget, 1);
    assert_int_equal(request_check(guard, &bare), JETON_OK);
    assert_int_equal(request_check(guard, &either), JETON_OK);
    unit_assert_span(decision.identity, "alice");
    jeton_guard *other = request_guard(NULL);
    assert_int_equal(request_check(other, &by_query), JETON_OK);
    assert_null(decision.user);
    jeton_guard_free(&other);
}

static void an_answer_is_replaced_and_stays_a_refusal(void **state)
{
    (void)state;
    jeton_guard_settings mine = settings;
    mine.answers[JETON_REFUSED_MISSING] = other_answer;
    jeton_guard *other = request_guard(&mine);
    const request_sent none = {.headers = {NULL}};
    request_begin(&none);
    assert_int_equal(request_check(other, NULL), JETON_E_MISSING);
    assert_int_equal(decision.http, 302);
    assert_string_equal(decision.challenge, "Other");
    unit_assert_span(decision.body, "<p>later</p>");
    assert_int_equal(decision.refusal, JETON_REFUSED_MISSING);
    const request_sent bad = {.headers = {"Authorization: Bearer @forged"}};
    request_begin(&bad);
    assert_int_equal(request_check(other, NULL), JETON_E_SIGNATURE);
    assert_int_equal(decision.http, 401);
    jeton_guard_free(&other);
}

static size_t by_name(void *user, const char *name, jeton_span *value)
{
    const char *const *pair = user;
    const bool is_it = strcmp(name, pair[0]) == 0;
    *value = jeton_str(is_it ? request_text(pair[1]) : NULL);
    return is_it ? 1 : 0;
}

static size_t no_header(void *user, const char *name, jeton_span *value)
{
    (void)user;
    (void)name;
    *value = jeton_str(NULL);
    return 0;
}

static void a_server_may_read_cookies_queries_and_bodies_by_itself(void **state)
{
    (void)state;
    static const char *pairs[][2] = {{"__Host-jeton-access", "@access"},
                                     {"jwt", "@access"},
                                     {"access_token", "@access"},
                                     {"csrf_token", "abcdefghijklmnopqrstuvwxyz012345"}};
    const jeton_guard_settings all = {.locations = {JETON_IN_COOKIE, JETON_IN_QUERY, JETON_IN_JSON},
                                      .csrf_form = JETON_ON};
    jeton_guard *other = request_guard(&all);
    for (size_t i = 0; i < 3; i++) {
        const jeton_request request = {.method = "GET",
                                       .user = pairs[i],
                                       .header = no_header,
                                       .cookie = by_name,
                                       .query = by_name,
                                       .json = by_name,
                                       .form = by_name};
        jeton_span value;
        jeton_visit_begin(request_visit, &request);
        assert_int_equal(request_check(other, NULL), JETON_OK);
        assert_int_equal(decision.location, JETON_IN_COOKIE + i);
        assert_true(jeton_visit_field(request_visit, pairs[i][0], &value));
        assert_false(jeton_visit_field(request_visit, "other", &value));
    }
    jeton_guard_free(&other);
}

static void fields_of_a_body_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *type, *body, *a, *b;
    } bodies[] = {
        {"Content-Type: application/json", "{\"a\":\"x\",\"b\":\"\\u00e4\"}", "x", "\303\244"},
        {"Content-Type: application/x-www-form-urlencoded", "b=%C3%A4&a=x", "x", "\303\244"},
        {"Content-Type: application/json", "{\"a\":1,\"b\":null}", NULL, NULL},
        {"Content-Type: application/json", "{\"a\":", NULL, NULL},
        {"Content-Type: application/x-www-form-urlencoded", "a=%&b=", NULL, NULL},
        {"Content-Type: text/plain", "a=x&b=y", NULL, NULL},
        {"X: y", "a=x&b=y", NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(bodies); i++) {
        const request_sent sent = {.headers = {bodies[i].type}, .body = bodies[i].body};
        jeton_span a = {BOGUS, 7};
        jeton_span b = {BOGUS, 7};
        request_begin(&sent);
        assert_int_equal(jeton_visit_field(request_visit, "a", &a), bodies[i].a != NULL);
        assert_int_equal(jeton_visit_field(request_visit, "b", &b), bodies[i].b != NULL);
        unit_assert_span(a, bodies[i].a != NULL ? bodies[i].a : "");
        unit_assert_span(b, bodies[i].b != NULL ? bodies[i].b : "");
    }
}

static void a_warm_check_takes_no_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = SIZE_MAX;
    jeton_visit *visit = NULL;
    assert_int_equal(jeton_visit_new(ctx, &visit, NULL), JETON_OK);
    const jeton_route route = {.fresh_within = 400,
                               .roles_any = {"admin"},
                               .locations = {JETON_IN_QUERY, JETON_IN_HEADER, JETON_IN_JSON},
                               .claims = {{"level", JETON_RULE_ONE_OF, "[1,3]"}}};
    const request_sent sent = {.headers = {"Content-Type: application/json"},
                               .query = "jwt=@admin",
                               .body = "{\"access_token\":\"@admin\"}"};
    const jeton_route no_age = {.roles_any = {"admin"},
                                .locations = {JETON_IN_QUERY, JETON_IN_HEADER, JETON_IN_JSON},
                                .claims = {{"level", JETON_RULE_ONE_OF, "[1,3]"}}};
    char *query = strdup(request_text(sent.query)); /* the rooms of request_text() are few */
    char *body = strdup(request_text(sent.body));
    const jeton_request request = {.method = "GET",
                                   .user = (void *)(uintptr_t)&sent,
                                   .header = request_header,
                                   .query_text = jeton_str(query),
                                   .body = jeton_str(body)};
    for (int i = 0; i < 50; i++) {
        jeton_visit_begin(visit, &request);
        assert_int_equal(jeton_guard_check(guard, &no_age, visit, &decision), JETON_OK);
        assert_int_equal(jeton_guard_check(guard, &route, visit, &decision), JETON_E_NOT_FRESH);
        jeton_visit_begin(visit, &request);
        assert_int_equal(jeton_guard_check(guard, &no_age, visit, &decision), JETON_OK);
        heap.left = 0; /* from here on any allocation fails: a refusal only loses its text */
    }
    jeton_visit_free(&visit);
    unit_ctx_done(&ctx, &heap);
    free(query);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_is_asked_about_a_token_that_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_nested_guard_asks_nobody_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_stale_rule_asks_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_guard_asks_its_segment, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nobody_is_asked_by_a_route_without_a_function, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_route_that_asks_later_is_asked_for, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_programs_word_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(other_locations_are_searched_anew, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_answer_is_replaced_and_stays_a_refusal, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_server_may_read_cookies_queries_and_bodies_by_itself,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(fields_of_a_body_are_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_warm_check_takes_no_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, request_set_up, request_tear_down);
}
