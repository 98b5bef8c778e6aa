/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_hash_cost.c - what is made of a cap and a time, and that it is
 * remembered. */
#include "accounts/hash_cost.h"
#include "core/auto.h"
#include "store/meta.h"
#include "world.h"

#define MIB ((size_t)1024 * 1024)
#define MS  ((uint64_t)1000000)

/* A machine that takes so many nanoseconds for a MiB. */
typedef struct machine {
    uint64_t per_mib;
    unsigned asked;
} machine;

static uint64_t take(void *user, const jt_pwhash_cost *cost)
{
    machine *on = user;
    on->asked++;
    return on->per_mib * cost->memory / MIB * cost->passes;
}

static const struct {
    const char *why;
    size_t cap;
    uint64_t milliseconds, per_mib;
    jt_pwhash_cost want;
} rows[] = {
    {"passes for the time that is left", 19 * MIB, 50, MS / 2, {19 * MIB, 5}},
    {"a fast machine", 19 * MIB, 50, MS / 100, {19 * MIB, 64}},
    {"a slow machine keeps to the floor", 19 * MIB, 50, 10 * MS, {19 * MIB, 2}},
    {"a cap below the floor is kept to", 8 * MIB, 50, 10 * MS, {8 * MIB, 2}},
    {"one pass over much memory", 64 * MIB, 50, MS / 2, {64 * MIB, 1}},
    {"less memory where one pass takes too long", 256 * MIB, 50, MS / 2, {64 * MIB, 1}},
    {"but not less than the floor", 64 * MIB, 50, 10 * MS, {32 * MIB, 2}},
    {"a timer that fails", 19 * MIB, 50, 0, {19 * MIB, 2}},
};

static void the_cost_makes_the_best_of_memory_and_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        machine on = {.per_mib = rows[i].per_mib};
        const jt_pwhash_cost cost =
            jd_hash_cost_measure(rows[i].cap, rows[i].milliseconds * MS, take, &on);
        assert_int_equal(cost.memory, rows[i].want.memory);
        assert_int_equal(cost.passes, rows[i].want.passes);
        assert_true(on.asked > 0 && on.asked <= 12);
    }
}

static void settle(world *on, int64_t memory, int64_t passes, int64_t time)
{
    on->config.hash_memory = memory;
    on->config.hash_passes = passes;
    on->config.hash_time = time;
    on->accounts.cost = (jt_pwhash_cost){77, 77};
    assert_int_equal(jd_hash_cost_settle(&on->accounts, NULL), JETON_OK);
}

static void put(world *on, const char *text)
{
    assert_int_equal(jd_store_meta_set(on->accounts.store, "argon2", jeton_str(text), NULL),
                     JETON_OK);
}

static void passes_that_are_set_are_not_measured(void **state)
{
    world *on = *state;
    put(on, "cap=8388608 time=5 memory=8388608 passes=63");
    settle(on, 8 * JD_MIB, 3, 5);
    assert_int_equal(on->accounts.cost.memory, 8 * MIB);
    assert_int_equal(on->accounts.cost.passes, 3);
}

static void what_was_measured_is_remembered_while_the_settings_stay(void **state)
{
    world *on = *state;
    settle(on, 8 * JD_MIB, 0, 5);
    assert_int_equal(on->accounts.cost.memory, 8 * MIB);
    assert_in_range(on->accounts.cost.passes, 2, 64);
    put(on, "cap=8388608 time=5 memory=8388608 passes=63");
    settle(on, 8 * JD_MIB, 0, 5);
    assert_int_equal(on->accounts.cost.passes, 63);

    /* Other settings, and texts that nobody should believe, are measured anew. */
    static const char *const texts[] = {
        "cap=8388608 time=6 memory=8388608 passes=63",
        "cap=8388609 time=5 memory=8388608 passes=63",
        "cap=8388608 time=5 memory=8388609 passes=63",
        "cap=8388608 time=5 memory=8388608 passes=65",
        "cap=8388608 time=5 memory=0 passes=63",
        "cap=8388608 time=5 memory=8388608 passes=0",
        "passes=63",
        "",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        print_message("  %s\n", texts[i]);
        put(on, texts[i]);
        settle(on, 8 * JD_MIB, 0, 1); /* a millisecond is too short for 63 passes anywhere */
        assert_int_equal(on->accounts.cost.memory, 8 * MIB);
        assert_in_range(on->accounts.cost.passes, 2, 62);
    }
}

int main(void)
{
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cost_makes_the_best_of_memory_and_time),
        WORLD_TEST(passes_that_are_set_are_not_measured),
        WORLD_TEST(what_was_measured_is_remembered_while_the_settings_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
