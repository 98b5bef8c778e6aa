/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_membership.c - a server that follows the log goes on where it has loaded
 * it to, unless the store says something else now. */
#include "accounts/membership.h"

#include "store/log.h"
#include "world.h"

#define ENTRIES 300U
#define FEW     100U /* what is looked at again is less */
#define PATIENT 60000U

static void add_entries(world *on)
{
    static jt_revocation entries[ENTRIES];
    for (size_t i = 0; i < ENTRIES; i++) {
        entries[i] = (jt_revocation){.kind = JT_REVOKED_SESSION, .expires = INT64_MAX};
        memcpy(entries[i].id, &i, sizeof i);
    }
    assert_int_equal(jd_store_log_add_many(on->accounts.store, entries, ENTRIES, NULL), JETON_OK);
}

/* A bus that is not there makes it one of several nodes. */
static void open_with_entries(world *on)
{
    add_entries(on);
    world_close(on);
    (void)snprintf(on->config.bus, sizeof on->config.bus, "unix:%s/none", on->folder);
    on->config.lease = 5;
    world_open(on);
    assert_true(on->accounts.loaded.n >= ENTRIES);
}

/* Follows until it is fresh and has applied `n`; how many entries it has taken in for that. */
static uint64_t follow(world *on, uint64_t n)
{
    jeton_err err = {0};
    jd_follower_counts counts = {.fresh = false};
    assert_int_equal(jd_membership_open(&on->accounts, &err), JETON_OK);
    for (unsigned i = 0; i < PATIENT && !counts.fresh; i++) {
        jd_follower_count(atomic_load(&on->accounts.follower), &counts);
        (void)usleep(1000);
    }
    assert_true(counts.fresh);
    assert_int_equal(counts.applied, n);
    jd_membership_stop(&on->accounts);
    return counts.follow.entries;
}

static void what_was_loaded_is_not_read_again(void **state)
{
    world *on = *state;
    open_with_entries(on);
    assert_in_range(follow(on, on->accounts.loaded.n), 0, FEW);
}

static void another_log_than_the_one_that_was_loaded_is_read_in_full(void **state)
{
    world *on = *state;
    open_with_entries(on);
    on->accounts.loaded.mac[0] ^= 1;
    assert_in_range(follow(on, on->accounts.loaded.n), ENTRIES, 2 * ENTRIES);
}

static void where_nothing_was_loaded_all_is_read(void **state)
{
    world *on = *state;
    open_with_entries(on);
    const uint64_t n = on->accounts.loaded.n;
    on->accounts.loaded.n = 0;
    assert_in_range(follow(on, n), ENTRIES, 2 * ENTRIES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_loaded_is_not_read_again, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(another_log_than_the_one_that_was_loaded_is_read_in_full,
                                        world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(where_nothing_was_loaded_all_is_read, world_setup,
                                        world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
