/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_indexes.c - no index is given twice, none before it is announced, and
 * the next block is there before it is needed. */
#include "accounts/indexes.h"

#include "core/ctx.h"
#include "sys/deflate.h"
#include "world.h"

#include <zlib.h>

#define BLOCK 4096U
#define LIFE  ((int64_t)900000)

typedef struct asked {
    jd_accounts *accounts;
    unsigned times;
    bool no, fails; /* nobody will fetch it; its commit fails */
} asked;

/* Fetches at once, as the commit lane does a little later. */
static bool want(void *user, size_t of)
{
    asked *by = user;
    jd_fetched fetched;
    by->times++;
    if (by->no)
        return false;
    jd_indexes_fetch(by->accounts, of, &fetched);
    jd_indexes_take(by->accounts, &fetched, !by->fails);
    return true;
}

static jeton_status check(const world *on, uint64_t index)
{
    const jt_bitmaps *bitmaps = jt_revocations_bitmaps(on->accounts.revocations);
    return jt_bits_check(jt_bitmaps_bits(bitmaps), index);
}

static void no_index_is_given_twice_and_each_is_announced(void **state)
{
    world *on = *state;
    static bool seen[16 * BLOCK];
    asked by = {.accounts = &on->accounts};
    size_t rising = 0;
    uint64_t before = 0;
    memset(seen, 0, sizeof seen);
    assert_int_equal(jd_indexes_open(&on->accounts, want, &by, NULL), JETON_OK);
    assert_int_equal(by.times, 0); /* the first block is there already */
    for (size_t i = 0; i < 3 * BLOCK; i++) {
        uint64_t index = 1;
        assert_true(jd_index_next(&on->accounts, jt_now(NULL), LIFE, &index));
        assert_int_equal(check(on, index), JETON_OK);
        assert_int_equal(jt_index_list(index), 1);
        const uint64_t place = jt_index_place(index);
        assert_true(place < COUNT(seen) && !seen[place]);
        seen[place] = true;
        rising += index > before;
        before = index;
    }
    assert_in_range(by.times, 1, 6);
    assert_in_range(rising, BLOCK, 2 * BLOCK + 400); /* about every second one */
}

static void other_lives_have_other_lists(void **state)
{
    world *on = *state;
    uint64_t one;
    uint64_t other;
    asked by = {.accounts = &on->accounts};
    assert_int_equal(jd_indexes_open(&on->accounts, want, &by, NULL), JETON_OK);
    assert_true(jd_index_next(&on->accounts, jt_now(NULL), LIFE, &one));
    assert_false(jd_index_next(&on->accounts, jt_now(NULL), LIFE + 1, &other)); /* asks for it */
    assert_int_equal(other, 0);
    assert_true(jd_index_next(&on->accounts, jt_now(NULL), LIFE + 1, &other));
    assert_true(jt_index_list(one) != jt_index_list(other));
    assert_false(jd_index_next(&on->accounts, jt_now(NULL), JD_ACCESS_TTL_MAX * 1000 + 1, &other));
}

static void a_token_that_would_outlive_its_list_has_none(void **state)
{
    world *on = *state;
    uint64_t index;
    asked by = {.accounts = &on->accounts, .no = true};
    assert_int_equal(jd_indexes_open(&on->accounts, want, &by, NULL), JETON_OK);
    const jeton_time now = jt_now(NULL);
    assert_true(jd_index_next(&on->accounts, now, LIFE, &index));
    assert_false(jd_index_next(&on->accounts, now + 7 * 3600000, LIFE, &index));
    assert_int_equal(by.times, 1);
}

static void a_block_whose_commit_failed_is_not_used(void **state)
{
    world *on = *state;
    uint64_t index;
    asked by = {.accounts = &on->accounts, .fails = true};
    assert_int_equal(jd_indexes_open(&on->accounts, want, &by, NULL), JETON_OK);
    for (size_t i = 0; i < BLOCK; i++)
        assert_true(jd_index_next(&on->accounts, jt_now(NULL), LIFE, &index));
    assert_false(jd_index_next(&on->accounts, jt_now(NULL), LIFE, &index));
    jd_indexes_stop(&on->accounts); /* and then nobody is asked */
    const unsigned times = by.times;
    assert_false(jd_index_next(&on->accounts, jt_now(NULL), LIFE, &index));
    assert_int_equal(by.times, times);
}

static void without_the_setting_there_are_none(void **state)
{
    world *on = *state;
    uint64_t index;
    asked by = {.accounts = &on->accounts};
    on->config.index = false;
    assert_int_equal(jd_indexes_open(&on->accounts, want, &by, NULL), JETON_OK);
    assert_null(on->accounts.indexes);
    assert_false(jd_index_next(&on->accounts, jt_now(NULL), LIFE, &index));
    jd_indexes_tend(&on->accounts);
    jd_indexes_stop(&on->accounts);
    assert_int_equal(by.times, 0);
}

static void what_is_packed_comes_out_again(void **state)
{
    (void)state;
    static uint8_t bytes[100000];
    static uint8_t again[sizeof bytes];
    jt_buf packed = jt_buf_init(NULL);
    uLongf len = sizeof again;
    bytes[77] = 1;
    assert_int_equal(jd_deflate(jeton_bytes(bytes, sizeof bytes), &packed, NULL), JETON_OK);
    assert_true(packed.len < 300);
    assert_int_equal(uncompress(again, &len, packed.ptr, packed.len), Z_OK);
    assert_int_equal(len, sizeof bytes);
    assert_memory_equal(again, bytes, sizeof bytes);
    jt_buf_done(&packed);
    assert_int_equal(jd_deflate(jeton_bytes(bytes, (size_t)64 << 20), &packed, NULL),
                     JETON_E_LIMIT);
    assert_int_equal(packed.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_index_is_given_twice_and_each_is_announced, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(other_lives_have_other_lists, world_setup, world_teardown),
        cmocka_unit_test_setup_teardown(a_token_that_would_outlive_its_list_has_none, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(a_block_whose_commit_failed_is_not_used, world_setup,
                                        world_teardown),
        cmocka_unit_test_setup_teardown(without_the_setting_there_are_none, world_setup,
                                        world_teardown),
        cmocka_unit_test(what_is_packed_comes_out_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
