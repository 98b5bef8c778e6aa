/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_slot.c - failures end with a slot, which grows and is remembered. */
#include "accounts/slot.h"

#include "world.h"

static void expect(world *w, int64_t slot)
{
    jd_slot_close(&w->accounts.slot);
    w->config.login_slot = slot;
    assert_int_equal(jd_slot_open(&w->accounts, NULL), JETON_OK);
}

static int64_t length_of(const world *w)
{
    return jd_slot_end(w->accounts.slot, 0, 0);
}

static void a_failure_ends_with_the_slot_it_falls_into(void **state)
{
    world *w = *state;
    expect(w, 100);
    assert_int_equal(jd_slot_end(w->accounts.slot, 1000, 1000), 1100);
    assert_int_equal(jd_slot_end(w->accounts.slot, 1000, 1099), 1100);
    assert_int_equal(jd_slot_end(w->accounts.slot, 1000, 1100), 1200);
    assert_int_equal(jd_slot_end(w->accounts.slot, 1000, 1350), 1400);
    assert_int_equal(jd_slot_end(NULL, 1000, 1350), 1350);
}

static void a_slot_that_was_set_does_not_grow(void **state)
{
    world *w = *state;
    expect(w, 100);
    jd_slot_learn(w->accounts.slot, 5000);
    assert_int_equal(length_of(w), 100);
}

static void a_measured_slot_grows_with_what_costs_more_and_is_kept(void **state)
{
    world *w = *state;
    expect(w, 0);
    const int64_t measured = length_of(w);
    assert_true(measured >= 50);
    assert_int_equal(measured % 50, 0);
    jd_slot_learn(w->accounts.slot, measured / 2);
    assert_int_equal(length_of(w), measured);
    jd_slot_learn(w->accounts.slot, measured);
    const int64_t grown = length_of(w);
    assert_true(grown > 2 * measured - 50);
    jd_slot_learn(w->accounts.slot, 1); /* it never shrinks */
    jd_slot_keep(&w->accounts);
    expect(w, 0);
    assert_int_equal(length_of(w), grown);
    w->accounts.cost.passes++; /* another Argon2id is another measurement */
    expect(w, 0);
    assert_true(length_of(w) < grown);
}

static void a_slot_has_an_end(void **state)
{
    world *w = *state;
    expect(w, 0);
    jd_slot_learn(w->accounts.slot, INT64_MAX / 4);
    assert_int_equal(length_of(w), 60000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_failure_ends_with_the_slot_it_falls_into, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(a_slot_that_was_set_does_not_grow, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(a_measured_slot_grows_with_what_costs_more_and_is_kept,
                                        world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(a_slot_has_an_end, world_setup, world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
