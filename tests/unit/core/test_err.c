/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_err.c - outcomes, and how the first failure is kept. */
#include "core/err.h"

#include "../unit.h"

static const struct {
    jeton_status status;
    int number;
    const char *name, *text;
} outcomes[] = {
#define ROW(name, number, text) {JETON_##name, number, #name, text},
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
        cmocka_unit_test(status_numbers_and_names_are_given_once),
        cmocka_unit_test(status_of_no_list_is_unknown),
        cmocka_unit_test(fail_returns_the_status_and_writes_the_text),
        cmocka_unit_test(fail_keeps_the_first_failure),
        cmocka_unit_test(fail_needs_no_place_for_the_text),
        cmocka_unit_test(fail_cuts_a_text_that_is_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
