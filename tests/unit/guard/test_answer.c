/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_answer.c - what the refused are told: challenge and body. The preset flask
 * is in test_flask.c. */
#include "requests.h"

#define BEARER(name) "Authorization: Bearer @" name
#define COOKIE(name) "Cookie: __Host-jeton-access=@" name

static const jeton_guard_settings plain = {0};
static const jeton_guard_settings everywhere = {
    .locations = {JETON_IN_HEADER, JETON_IN_COOKIE, JETON_IN_QUERY, JETON_IN_JSON},
    .csrf_form = JETON_ON,
    .query_prefix = "T "};
static const jeton_guard_settings cookies = {.locations = {JETON_IN_COOKIE}};
static const jeton_route open = {0};
static const jeton_route fresh = {.fresh = true};
static const jeton_route third_role = {.roles_all = {"admin", "user", "root"}};
static const jeton_route more_scopes = {.scopes_all = {"read", "delete"}};
static const jeton_route no_operator = {.claims = {{"level", (jeton_rule_op)99, "4"}}};

static const jeton_guard_settings told = {.realm = "api x",
                                          .resource_metadata = "https://api/.well-known/r"};
#define REALM "Bearer realm=\"api x\""
#define META  ", resource_metadata=\"https://api/.well-known/r\""

static const struct {
    const char *why;
    const jeton_guard_settings *settings;
    const jeton_route *route;
    request_sent sent;
    const char *challenge, *body;
} answers[] = {
    {"nothing was sent: no error is named",
     &told,
     &open,
     {.headers = {NULL}},
     REALM META,
     "{\"error\":\"invalid_token\",\"error_description\":\"no token was sent\"}"},
    {"nothing was sent, and nothing is known",
     &plain,
     &open,
     {.headers = {NULL}},
     "Bearer",
     "{\"error\":\"invalid_token\",\"error_description\":\"no token was sent\"}"},
    {"expired",
     &told,
     &open,
     {.headers = {BEARER("expired")}},
     REALM ", error=\"invalid_token\", error_description=\"exp: has passed\"" META,
     "{\"error\":\"invalid_token\",\"error_description\":\"exp: has passed\"}"},
    {"the resource alone",
     &(const jeton_guard_settings){.resource_metadata = "https://r"},
     &open,
     {.headers = {NULL}},
     "Bearer resource_metadata=\"https://r\"",
     "{\"error\":\"invalid_token\",\"error_description\":\"no token was sent\"}"},
    {"not fresh: how fresh it has to be",
     &plain,
     &(const jeton_route){.fresh_within = 60},
     {.headers = {BEARER("iat301")}},
     "Bearer error=\"insufficient_user_authentication\", error_description=\"the login behind the "
     "token is too long ago\", max_age=\"60\"",
     "{\"error\":\"insufficient_user_authentication\",\"error_description\":\"the login behind the "
     "token is too long ago\"}"},
    {"not fresh by the settings",
     &(const jeton_guard_settings){.fresh_for = 100},
     &fresh,
     {.headers = {BEARER("iat301")}},
     "Bearer error=\"insufficient_user_authentication\", error_description=\"the login behind the "
     "token is too long ago\", max_age=\"100\"",
     "{\"error\":\"insufficient_user_authentication\",\"error_description\":\"the login behind the "
     "token is too long ago\"}"},
    {"a scope is missing: which ones are needed",
     &plain,
     &more_scopes,
     {.headers = {BEARER("admin")}},
     "Bearer error=\"insufficient_scope\", error_description=\"a scope is missing\", scope=\"read "
     "delete\"",
     "{\"error\":\"insufficient_scope\",\"error_description\":\"a scope is missing\"}"},
    {"a role is missing",
     &plain,
     &third_role,
     {.headers = {BEARER("admin")}},
     "Bearer error=\"insufficient_scope\", error_description=\"a role is missing\"",
     "{\"error\":\"insufficient_scope\",\"error_description\":\"a role is missing\"}"},
    {"CSRF: another token would not help",
     &cookies,
     &open,
     {.method = "POST", .headers = {COOKIE("access")}},
     NULL,
     "{\"error\":\"csrf_refused\",\"error_description\":\"the CSRF value is missing\"}"},
    {"two tokens",
     &everywhere,
     &open,
     {.headers = {BEARER("access"), COOKIE("bob")}},
     "Bearer error=\"invalid_request\", error_description=\"two tokens came in one request\"",
     "{\"error\":\"invalid_request\",\"error_description\":\"two tokens came in one request\"}"},
    {"a member of another name",
     &(const jeton_guard_settings){.error_member = "message"},
     &open,
     {.headers = {NULL}},
     "Bearer",
     "{\"message\":\"no token was sent\"}"},
    {"a route that is none",
     &plain,
     &no_operator,
     {.headers = {BEARER("admin")}},
     NULL,
     "{\"error\":\"server_error\",\"error_description\":\"the route is none: jeton_route_check() "
     "says why\"}"},
};

static void the_refused_are_told_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        print_message("  %s\n", answers[i].why);
        assert_int_not_equal(request_judge(answers[i].settings, answers[i].route, &answers[i].sent),
                             JETON_OK);
        if (answers[i].challenge == NULL)
            assert_null(decision.challenge);
        else
            assert_string_equal(decision.challenge, answers[i].challenge);
        unit_assert_span(decision.body, answers[i].body);
        assert_int_equal(decision.body.ptr[decision.body.len], 0);
        assert_non_null(strstr(answers[i].body, decision.why));
    }
}

/* A refusal stands where there is no memory to explain it, or only for a part of it: at each length
 * that the texts can have. */
static void a_refusal_stands_without_its_words(void **state)
{
    (void)state;
    static const jeton_guard_preset presets[] = {JETON_GUARD_STRICT, JETON_GUARD_FLASK};
    static const request_sent sent = {.headers = {"Authorization: Basic x"}};
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    char text[257];
    size_t explained = 0;
    for (size_t i = 0; i < 2 * (sizeof text - 1); i++) {
        const size_t len = i / 2 + 1;
        memset(text, 'a', len);
        text[len] = '\0';
        const jeton_guard_settings settings = {
            .preset = presets[i % 2], .realm = text, .scheme = text, .error_member = text};
        jeton_guard *guard = request_guard(&settings);
        for (size_t left = 0; left < 8; left++) {
            jeton_visit *visit = NULL;
            const jeton_request request = {
                .method = "GET", .user = (void *)(uintptr_t)&sent, .header = request_header};
            heap.left = SIZE_MAX;
            assert_int_equal(jeton_visit_new(ctx, &visit, NULL), JETON_OK);
            jeton_visit_begin(visit, &request);
            heap.left = left;
            assert_int_equal(jeton_guard_check(guard, NULL, visit, &decision), JETON_E_MISSING);
            assert_false(decision.allowed);
            assert_int_equal(decision.http, 401);
            assert_non_null(decision.why);
            explained += decision.body.len > 0;
            assert_true(decision.body.len > 0 || decision.challenge == NULL);
            jeton_visit_free(&visit);
        }
        jeton_guard_free(&guard);
    }
    assert_true(explained > 0);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_refused_are_told_why),
        cmocka_unit_test(a_refusal_stands_without_its_words),
    };
    return cmocka_run_group_tests(tests, request_set_up, request_tear_down);
}
