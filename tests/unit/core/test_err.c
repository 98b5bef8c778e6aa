/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_err.c - outcomes, and how the first failure is kept. */
#include "core/err.h"

#include "../unit.h"

static const struct {
    jeton_status status;
    int number;
    unsigned http;
    const char *name, *oauth, *text;
} outcomes[] = {
#define ROW(name, number, http, oauth, text) {JETON_##name, number, http, #name, oauth, text},
    JETON_STATUS_LIST(ROW)
#undef ROW
};

static void status_name_and_text_are_those_of_the_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        print_message("  %s\n", outcomes[i].name);
        assert_int_equal(outcomes[i].status, outcomes[i].number);
        assert_string_equal(jeton_status_name(outcomes[i].status), outcomes[i].name);
        assert_string_equal(jeton_status_text(outcomes[i].status), outcomes[i].text);
    }
}

/* The codes that there are, and the statuses that go with each. */
static const struct {
    const char *oauth;
    unsigned http;
} codes[] = {
    {"", 200},
    {"invalid_request", 400},
    {"invalid_token", 401},
    {"invalid_grant", 401},
    {"insufficient_user_authentication", 401},
    {"insufficient_scope", 403},
    {"invalid_client", 401},
    {"unsupported_grant_type", 400},
    {"unauthorized_client", 400},
    {"invalid_scope", 400},
    {"password_change_required", 403},
    {"csrf_refused", 403},
    {"not_found", 404},
    {"already_exists", 409},
    {"last_admin", 409},
    {"too_many_requests", 429},
    {"server_error", 500},
    {"temporarily_unavailable", 503},
};

static bool is_a_pair(unsigned http, const char *oauth)
{
    for (size_t i = 0; i < COUNT(codes); i++)
        if (codes[i].http == http && strcmp(codes[i].oauth, oauth) == 0)
            return true;
    return false;
}

static void status_has_an_http_status_and_a_code_that_go_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        print_message("  %s\n", outcomes[i].name);
        assert_int_equal(jeton_status_http(outcomes[i].status), outcomes[i].http);
        assert_string_equal(jeton_status_oauth(outcomes[i].status), outcomes[i].oauth);
        assert_true(is_a_pair(outcomes[i].http, outcomes[i].oauth));
        assert_true((outcomes[i].http == 200) == (outcomes[i].status == JETON_OK));
    }
}

static const struct {
    jeton_status status;
    unsigned http;
    const char *oauth;
} known[] = {
    {JETON_OK, 200, ""},
    {JETON_E_EXPIRED, 401, "invalid_token"},
    {JETON_E_SIGNATURE, 401, "invalid_token"},
    {JETON_E_RULE, 401, "invalid_token"},
    {JETON_E_REFUSED, 401, "invalid_token"},
    {JETON_E_SCOPE, 403, "insufficient_scope"},
    {JETON_E_REQUEST, 400, "invalid_request"},
    {JETON_E_REPLAY, 401, "invalid_grant"},
    {JETON_E_NOT_FRESH, 401, "insufficient_user_authentication"},
    {JETON_E_NOMEM, 503, "temporarily_unavailable"},
    {JETON_E_KEY, 500, "server_error"},
};

static void status_is_answered_as_clients_know_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(known); i++) {
        assert_int_equal(jeton_status_http(known[i].status), known[i].http);
        assert_string_equal(jeton_status_oauth(known[i].status), known[i].oauth);
    }
}

static void status_numbers_and_names_are_given_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(outcomes); i++)
        for (size_t k = 0; k < i; k++) {
            assert_int_not_equal(outcomes[i].number, outcomes[k].number);
            assert_string_not_equal(outcomes[i].text, outcomes[k].text);
        }
}

static void status_of_no_list_is_unknown(void **state)
{
    (void)state;
    static const int numbers[] = {-1, 7, 1000};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        assert_string_equal(jeton_status_name((jeton_status)numbers[i]), "E_UNKNOWN");
        assert_string_equal(jeton_status_text((jeton_status)numbers[i]), "unknown outcome");
        assert_int_equal(jeton_status_http((jeton_status)numbers[i]), 500);
        assert_string_equal(jeton_status_oauth((jeton_status)numbers[i]), "server_error");
    }
}

static void fail_returns_the_status_and_writes_the_text(void **state)
{
    (void)state;
    jeton_err err = {0};
    assert_int_equal(jt_fail(&err, JETON_E_KEY, "%s has %d bits", "the key", 512), JETON_E_KEY);
    assert_int_equal(err.status, JETON_E_KEY);
    assert_string_equal(err.text, "the key has 512 bits");
}

static void fail_keeps_the_first_failure(void **state)
{
    (void)state;
    jeton_err err = {0};
    (void)jt_fail(&err, JETON_E_KEY, "first");
    assert_int_equal(jt_fail(&err, JETON_E_NOMEM, "second"), JETON_E_NOMEM);
    assert_int_equal(err.status, JETON_E_KEY);
    assert_string_equal(err.text, "first");
}

static void fail_needs_no_place_for_the_text(void **state)
{
    (void)state;
    assert_int_equal(jt_fail(NULL, JETON_E_LIMIT, "%s", "x"), JETON_E_LIMIT);
}

static void fail_cuts_a_text_that_is_too_long(void **state)
{
    (void)state;
    struct {
        jeton_err err;
        char behind;
    } place = {.behind = '~'};
    (void)jt_fail(&place.err, JETON_E_LIMIT, "%1000d", 1);
    assert_int_equal(strlen(place.err.text), sizeof place.err.text - 1);
    assert_int_equal(place.behind, '~');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_name_and_text_are_those_of_the_list),
        cmocka_unit_test(status_has_an_http_status_and_a_code_that_go_together),
        cmocka_unit_test(status_is_answered_as_clients_know_it),
        cmocka_unit_test(status_numbers_and_names_are_given_once),
        cmocka_unit_test(status_of_no_list_is_unknown),
        cmocka_unit_test(fail_returns_the_status_and_writes_the_text),
        cmocka_unit_test(fail_keeps_the_first_failure),
        cmocka_unit_test(fail_needs_no_place_for_the_text),
        cmocka_unit_test(fail_cuts_a_text_that_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
