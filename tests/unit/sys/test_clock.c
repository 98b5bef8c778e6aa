/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_clock.c - the time goes on from where it was right when the wall clock is
 * set. The wall clock of a test cannot be set, so it is what was trusted that moves; seen from each
 * other that is the same. */
#include "sys/clock.h"

#include "../unit.h"
#include "core/ctx.h"
#include "segment/layout.h"

#define NEAR_MS 250 /* between two readings of ours, on a loaded machine too; see below */

/* Asks until nothing came in between that took longer. */
static bool is_ahead_by(int64_t ms)
{
    for (;;) {
        const jeton_time before = jt_now(NULL);
        const jeton_time said = jd_now();
        if (jt_now(NULL) - before < NEAR_MS)
            return said >= before + ms - NEAR_MS && said <= before + ms + NEAR_MS;
    }
}

static void trust_as_if_ahead_by(int64_t ms)
{
    uint64_t boot;
    jeton_time wall;
    do {
        boot = jt_boot_now();
        wall = jt_now(NULL);
    } while (jt_boot_now() - boot > 10000000);
    jd_clock_trust(wall + ms, boot);
}

static void before_anything_is_trusted_it_is_the_wall_clock(void **state)
{
    (void)state;
    jd_clock_forget();
    assert_false(jd_clock_is_trusted());
    assert_true(is_ahead_by(0));
}

static void a_wall_clock_that_was_stepped_is_passed_over(void **state)
{
    (void)state;
    static const int64_t steps[] = {2000, -2000, 90000, -90000, 3600000, -3600000};
    for (size_t i = 0; i < COUNT(steps); i++) {
        print_message("  %lld ms\n", (long long)steps[i]);
        trust_as_if_ahead_by(steps[i]);
        assert_true(jd_clock_is_trusted());
        assert_true(is_ahead_by(steps[i]));
    }
    jd_clock_forget();
    assert_true(is_ahead_by(0));
}

static void one_that_was_not_is_followed(void **state)
{
    (void)state;
    static const int64_t apart[] = {0, 200, -200};
    for (size_t i = 0; i < COUNT(apart); i++) {
        trust_as_if_ahead_by(apart[i]);
        const jeton_time before = jt_now(NULL);
        const jeton_time said = jd_now();
        const jeton_time after = jt_now(NULL);
        if (after - before < 100) /* else we were held up, and it may have been taken for a step */
            assert_true(before <= said && said <= after);
    }
    jd_clock_forget();
}

static void a_context_goes_by_it(void **state)
{
    (void)state;
    trust_as_if_ahead_by(3600000);
    const jeton_time before = jd_now();
    const jeton_time said = jt_now(jd_now_ctx());
    assert_true(before <= said && said <= jd_now());
    assert_true(said > jt_now(NULL) + 3000000);
    assert_int_equal(jt_limits(jd_now_ctx())->token, jt_limits(NULL)->token);
    jd_clock_forget();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_anything_is_trusted_it_is_the_wall_clock),
        cmocka_unit_test(a_wall_clock_that_was_stepped_is_passed_over),
        cmocka_unit_test(one_that_was_not_is_followed),
        cmocka_unit_test(a_context_goes_by_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
