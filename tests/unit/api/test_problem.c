/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/api/test_problem.c - outcomes as HTTP: nothing that fails is ever a success. */
#include "api/problem.h"

#include "unit.h"

static const jeton_status outcomes[] = {
#define OUTCOME(name, number, http, oauth, text) JETON_##name,
    JETON_STATUS_LIST(OUTCOME)
#undef OUTCOME
};

static void every_outcome_but_ok_is_an_error_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        print_message("  %s\n", jeton_status_name(outcomes[i]));
        const jd_problem problem = jd_problem_of(outcomes[i]);
        assert_in_range(problem.http, 400, 599);
        assert_non_null(problem.error);
    }
}

static void what_is_our_fault_is_not_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(outcomes); i++) {
        const jd_problem problem = jd_problem_of(outcomes[i]);
        if (problem.http >= 500)
            assert_false(problem.told);
    }
}

static const struct {
    jeton_status status;
    unsigned http;
    const char *error;
} told[] = {
    {JETON_E_EXPIRED, 401, "invalid_token"},
    {JETON_E_REVOKED, 401, "invalid_token"},
    {JETON_E_SIGNATURE, 401, "invalid_token"},
    {JETON_E_ALG, 401, "invalid_token"},
    {JETON_E_CREDENTIALS, 401, "invalid_grant"},
    {JETON_E_REPLAY, 401, "invalid_grant"},
    {JETON_E_SCOPE, 403, "insufficient_scope"},
    {JETON_E_REQUEST, 400, "invalid_request"},
    {JETON_E_STORE, 503, "temporarily_unavailable"},
    {JETON_E_CRYPTO, 500, "server_error"},
    {JETON_E_KEY, 500, "server_error"},
    {JETON_E_NOT_FOUND, 404, "not_found"},
    {JETON_E_EXISTS, 409, "already_exists"},
    {JETON_OK, 500, "server_error"},
    {(jeton_status)999, 500, "server_error"},
};

static void outcomes_have_the_status_and_code_that_clients_know(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(told); i++) {
        const jd_problem problem = jd_problem_of(told[i].status);
        assert_int_equal(problem.http, told[i].http);
        assert_string_equal(problem.error, told[i].error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_outcome_but_ok_is_an_error_status),
        cmocka_unit_test(what_is_our_fault_is_not_told),
        cmocka_unit_test(outcomes_have_the_status_and_code_that_clients_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
