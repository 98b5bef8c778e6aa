/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/segment/test_table.c - entries are found, by kind and id; marks only rise; and while
 * one thread writes, others never see half of an entry nor lose one. ./dev san segment.table */
#include "image.h"

#include <pthread.h>

#define SLOTS JT_TABLE_SLOTS_LEAST

static jt_table table;

static int set_up(void **state)
{
    (void)state;
    table = (jt_table){.slots = calloc(SLOTS, sizeof(jt_table_slot)),
                       .count = SLOTS,
                       .seed = {0x1234567890abcdef, 42}};
    return table.slots != NULL ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    free(table.slots);
    return 0;
}

static jt_revocation entry_of(jt_revoked kind, uint64_t which, uint64_t n)
{
    jt_revocation entry = {.n = n, .kind = kind, .expires = (jeton_time)n};
    memcpy(entry.id, &which, sizeof which);
    return entry;
}

static uint64_t find(jt_revoked kind, uint64_t which)
{
    const jt_revocation like = entry_of(kind, which, 0);
    return jt_table_find(&table, kind, like.id);
}

static jt_put put(jt_revoked kind, uint64_t which, uint64_t n)
{
    const jt_revocation entry = entry_of(kind, which, n);
    return jt_table_put(&table, &entry);
}

static void an_entry_is_found_by_its_kind_and_id(void **state)
{
    (void)state;
    assert_int_equal(find(JT_REVOKED_SESSION, 1), 0);
    assert_int_equal(put(JT_REVOKED_SESSION, 1, 5), JT_PUT_NEW);
    assert_int_equal(find(JT_REVOKED_SESSION, 1), 5);
    assert_int_equal(find(JT_REVOKED_SUBJECT, 1), 0);
    assert_int_equal(find(JT_REVOKED_SESSION, 2), 0);
}

/* In a table with one entry the next search that comes by it has to tell it from what it looks for,
 * however alike they are. */
static void ids_that_differ_at_their_end_are_told_apart(void **state)
{
    (void)state;
    for (unsigned i = 0; i < JT_REVOKED_ID; i++)
        for (uint64_t n = 1; n < 1000; n++) {
            jt_revocation entry = entry_of(JT_REVOKED_SESSION, 1, n);
            const jt_table small = {table.slots, 1024, {i, n}};
            memset(table.slots, 0, SLOTS * sizeof *table.slots);
            assert_int_equal(jt_table_put(&small, &entry), JT_PUT_NEW);
            entry.id[i] ^= 0x80;
            assert_int_equal(jt_table_find(&small, JT_REVOKED_SESSION, entry.id), 0);
        }
}

static void of_two_about_one_thing_the_higher_number_stays(void **state)
{
    (void)state;
    assert_int_equal(put(JT_REVOKED_SUBJECT, 1, 5), JT_PUT_NEW);
    assert_int_equal(put(JT_REVOKED_SUBJECT, 1, 9), JT_PUT_RAISED);
    assert_int_equal(find(JT_REVOKED_SUBJECT, 1), 9);
    assert_int_equal(put(JT_REVOKED_SUBJECT, 1, 7), JT_PUT_RAISED);
    assert_int_equal(find(JT_REVOKED_SUBJECT, 1), 9);
    assert_int_equal(put(JT_REVOKED_SUBJECT, 1, JT_TABLE_N_MOST), JT_PUT_RAISED);
    assert_int_equal(find(JT_REVOKED_SUBJECT, 1), JT_TABLE_N_MOST);
}

static void a_full_table_refuses_what_it_has_not(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < SLOTS; i++)
        assert_int_equal(put(JT_REVOKED_TOKEN, i, i + 1), JT_PUT_NEW);
    assert_int_equal(put(JT_REVOKED_TOKEN, SLOTS, 1), JT_PUT_FULL);
    for (uint64_t i = 0; i < SLOTS; i++)
        assert_int_equal(find(JT_REVOKED_TOKEN, i), i + 1);
    assert_true(find(JT_REVOKED_TOKEN, SLOTS) == UINT64_MAX); /* and the search ends */
}

/* ---- one writes, others read ---------------------------------------------------------------- */

#define ENTRIES 900U

static _Atomic uint64_t written; /* entries that have been put */
static atomic_bool stop;

/* Every entry has the number of its id plus one, so half of one would show. */
static void *read_on(void *failed)
{
    while (!atomic_load(&stop)) {
        const uint64_t sure = atomic_load(&written);
        for (uint64_t i = 0; i < ENTRIES; i++) {
            const uint64_t n = find(JT_REVOKED_SESSION, i);
            if ((n != 0 && n != i + 1 && n != i + 1 + ENTRIES) || (i < sure && n == 0))
                *(bool *)failed = true;
        }
    }
    return NULL;
}

static void readers_see_whole_entries_and_each_from_the_moment_it_is_put(void **state)
{
    (void)state;
    pthread_t threads[2];
    bool failed[2] = {false, false};
    atomic_store(&written, 0);
    atomic_store(&stop, false);
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_on, &failed[i]), 0);
    for (uint64_t i = 0; i < ENTRIES; i++) {
        assert_int_equal(put(JT_REVOKED_SESSION, i, i + 1), JT_PUT_NEW);
        atomic_store(&written, i + 1);
    }
    for (uint64_t i = 0; i < ENTRIES; i++)
        assert_int_equal(put(JT_REVOKED_SESSION, i, i + 1 + ENTRIES), JT_PUT_RAISED);
    atomic_store(&stop, true);
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_false(failed[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_entry_is_found_by_its_kind_and_id, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ids_that_differ_at_their_end_are_told_apart, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(of_two_about_one_thing_the_higher_number_stays, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_full_table_refuses_what_it_has_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            readers_see_whole_entries_and_each_from_the_moment_it_is_put, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
