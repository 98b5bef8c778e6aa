/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_repeat.c - which of many failures are told. */
#include "sys/repeat.h"

#include "../unit.h"

#include <stdio.h>

static bool fails(jd_repeat *repeat, int64_t now, const char *why, int64_t want)
{
    int64_t times = -7;
    const bool due = jd_repeat_is_due(repeat, now, why, &times);
    assert_int_equal(times, due ? want : -7);
    return due;
}

static void the_first_is_told_and_then_one_every_now_and_then(void **state)
{
    (void)state;
    jd_repeat repeat = {0};
    size_t told = 0;
    assert_true(fails(&repeat, 5, "refused", 1));
    for (int64_t now = 255; now < 5 + JD_REPEAT_MS; now += 250)
        told += fails(&repeat, now, "refused", 0);
    assert_int_equal(told, 0);
    assert_true(fails(&repeat, 5 + JD_REPEAT_MS, "refused", JD_REPEAT_MS / 250));
    assert_false(fails(&repeat, 6 + JD_REPEAT_MS, "refused", 0));
}

static void another_reason_is_told_at_once_but_not_four_times_a_second(void **state)
{
    (void)state;
    jd_repeat repeat = {0};
    assert_true(fails(&repeat, 0, "refused", 1));
    assert_false(fails(&repeat, JD_REPEAT_NEWS_MS - 1, "timeout", 0));
    assert_true(fails(&repeat, JD_REPEAT_NEWS_MS, "timeout", 2));
    assert_false(fails(&repeat, 2 * JD_REPEAT_NEWS_MS, "timeout", 0));
    assert_true(fails(&repeat, 2 * JD_REPEAT_NEWS_MS, "refused", 2));
}

static void what_fails_after_it_has_worked_is_told(void **state)
{
    (void)state;
    jd_repeat repeat = {0};
    assert_true(fails(&repeat, 0, "refused", 1));
    jd_repeat_end(&repeat);
    assert_false(fails(&repeat, 1, "refused", 0)); /* it comes and goes */
    assert_true(fails(&repeat, JD_REPEAT_NEWS_MS, "refused", 2));
}

static void long_reasons_are_told_apart_by_their_beginning(void **state)
{
    (void)state;
    char text[3 * JD_REPEAT_TEXT];
    jd_repeat repeat = {0};
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_true(fails(&repeat, 0, text, 1));
    text[sizeof text - 2] = 'b';
    assert_false(fails(&repeat, JD_REPEAT_NEWS_MS, text, 0));
    text[0] = 'b';
    assert_true(fails(&repeat, JD_REPEAT_NEWS_MS, text, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_is_told_and_then_one_every_now_and_then),
        cmocka_unit_test(another_reason_is_told_at_once_but_not_four_times_a_second),
        cmocka_unit_test(what_fails_after_it_has_worked_is_told),
        cmocka_unit_test(long_reasons_are_told_apart_by_their_beginning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
