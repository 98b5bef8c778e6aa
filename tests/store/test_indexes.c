/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_indexes.c - a block of indexes is leased once, and announced in the log. */
#include "store/backup.h"
#include "store/indexes.h"
#include "store/log.h"
#include "suite.h"

#include <pthread.h>

#define LIFE       ((int64_t)900000)
#define COUNT_EACH 4096U

static jd_index_asking asking(uint64_t count, jeton_time now)
{
    return (jd_index_asking){.count = count, .life = LIFE, .now = now, .expires = now + 2 * LIFE};
}

static jd_index_block lease(suite *s, const jd_index_asking *asked)
{
    jd_index_block block;
    jt_revocation entry;
    uint64_t list;
    uint64_t announced;
    memset(&block, 0xa5, sizeof block);
    memset(&entry, 0xa5, sizeof entry);
    assert_ok(jd_store_index_lease(s->store, asked, &block, &entry, NULL));
    jt_revoked_pair_of(entry.id, &list, &announced);
    assert_int_equal(entry.kind, JT_REVOKED_LIST);
    assert_int_equal(list, block.list);
    assert_int_equal(announced, block.first + block.count);
    assert_int_equal(entry.expires, block.expires);
    assert_int_equal(block.count, asked->count);
    assert_true(block.expires >= asked->expires);
    return block;
}

static void blocks_follow_each_other_and_are_announced(void **state)
{
    suite *s = *state;
    const jd_index_asking asked = asking(COUNT_EACH, NOW);
    jd_entries entries;
    for (uint64_t i = 0; i < 3; i++) {
        const jd_index_block block = lease(s, &asked);
        assert_int_equal(block.list, 1);
        assert_int_equal(block.first, i * COUNT_EACH);
        suite_reopen(s);
    }
    assert_ok(jd_store_log_after(s->store, 0, 10, &s->arena, &entries, NULL));
    assert_int_equal(entries.count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(entries.at[i].kind, JT_REVOKED_LIST);
}

static void a_block_never_spans_two_lists(void **state)
{
    suite *s = *state;
    jd_index_asking asked = asking(JT_BITS_PLACES - 10, NOW);
    assert_int_equal(lease(s, &asked).list, 1);
    asked.count = 11;
    assert_int_equal(lease(s, &asked).list, 2);
    asked.count = 10;
    const jd_index_block small = lease(s, &asked); /* the newest list with room */
    assert_int_equal(small.list, 2);
    assert_int_equal(small.first, 11);
    asked.count = JT_BITS_PLACES;
    assert_int_equal(lease(s, &asked).list, 3);
}

static void tokens_of_other_lives_have_other_lists(void **state)
{
    suite *s = *state;
    jd_index_asking asked = asking(COUNT_EACH, NOW);
    assert_int_equal(lease(s, &asked).list, 1);
    asked.life = 2 * LIFE;
    assert_int_equal(lease(s, &asked).list, 2);
    asked.life = LIFE;
    assert_int_equal(lease(s, &asked).list, 1);
}

static void a_list_lives_as_long_as_its_last_token(void **state)
{
    suite *s = *state;
    jd_index_asking asked = asking(COUNT_EACH, NOW);
    assert_int_equal(lease(s, &asked).expires, NOW + 2 * LIFE);
    asked = asking(COUNT_EACH, NOW + MINUTE);
    assert_int_equal(lease(s, &asked).expires, NOW + MINUTE + 2 * LIFE);
    asked.expires = NOW; /* does not shorten it */
    assert_int_equal(lease(s, &asked).expires, NOW + MINUTE + 2 * LIFE);
    asked = asking(COUNT_EACH, NOW + DAY); /* it is a day old, and over */
    const jd_index_block next = lease(s, &asked);
    assert_int_equal(next.list, 2);
    assert_int_equal(next.first, 0);
}

static void no_two_lists_meet_in_a_slot_and_there_is_a_limit(void **state)
{
    suite *s = *state;
    jd_index_asking asked = asking(JT_BITS_PLACES, NOW);
    jd_index_block block;
    jt_revocation entry;
    uint64_t before;
    uint64_t after;
    asked.expires = NOW + 100 * DAY;
    assert_int_equal(lease(s, &asked).list, 1); /* stays all the time */
    asked.expires = NOW + MINUTE;
    assert_ok(jd_store_batch_begin(s->store, NULL)); /* or each would wait for the disk */
    for (uint64_t i = 2; i <= JT_BITS_SLOTS; i++)
        assert_ok(jd_store_index_lease(s->store, &asked, &block, &entry, NULL));
    assert_ok(jd_store_batch_end(s->store, NULL));
    assert_int_equal(block.list, JT_BITS_SLOTS);
    assert_ok(jd_store_log_head(s->store, &before, NULL));
    memset(&entry, 0xa5, sizeof entry);
    assert_int_equal(jd_store_index_lease(s->store, &asked, &block, &entry, NULL), JETON_E_LIMIT);
    assert_int_equal(block.list, 0);
    assert_int_equal(entry.n, 0);
    assert_ok(jd_store_log_head(s->store, &after, NULL));
    assert_int_equal(after, before);
    asked.now += DAY; /* all but the first are over */
    assert_int_equal(lease(s, &asked).list, JT_BITS_SLOTS + 2);
    asked.count = JT_BITS_PLACES + 1;
    assert_int_equal(jd_store_index_lease(s->store, &asked, &block, &entry, NULL),
                     JETON_E_ARGUMENT);
    asked.count = 0;
    assert_int_equal(jd_store_index_lease(s->store, &asked, &block, &entry, NULL),
                     JETON_E_ARGUMENT);
}

static void a_restart_closes_all_lists_and_numbers_go_on_far_behind(void **state)
{
    suite *s = *state;
    const jd_index_asking asked = asking(COUNT_EACH, NOW);
    assert_int_equal(lease(s, &asked).list, 1);
    assert_ok(jd_store_restart(s->store, 0, NOW, NOW + DAY, NULL));
    const jd_index_block next = lease(s, &asked);
    assert_true(next.list > 60000);
    assert_int_equal(next.first, 0);
}

#define THREADS 4U
#define EACH    10U

typedef struct leaser {
    suite *s;
    jd_index_block got[EACH];
} leaser;

static void *lease_some(void *arg)
{
    leaser *of = arg;
    const jd_index_asking asked = asking(COUNT_EACH, NOW);
    for (size_t i = 0; i < EACH; i++) {
        jt_revocation entry;
        jeton_status status = JETON_E_BUSY;
        while (status == JETON_E_BUSY)
            status = jd_store_index_lease(of->s->store, &asked, &of->got[i], &entry, NULL);
        if (status != JETON_OK)
            of->got[i].count = 0;
    }
    return NULL;
}

static void nobody_gets_what_another_has(void **state)
{
    leaser leasers[THREADS];
    pthread_t threads[THREADS];
    bool taken[THREADS * EACH] = {false};
    for (size_t i = 0; i < THREADS; i++) {
        leasers[i].s = *state;
        assert_int_equal(pthread_create(&threads[i], NULL, lease_some, &leasers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (size_t i = 0; i < THREADS * EACH; i++) {
        const jd_index_block *block = &leasers[i / EACH].got[i % EACH];
        assert_int_equal(block->count, COUNT_EACH);
        assert_int_equal(block->list, 1);
        const size_t at = block->first / COUNT_EACH;
        assert_true(at < THREADS * EACH && !taken[at]);
        taken[at] = true;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_follow_each_other_and_are_announced),
        cmocka_unit_test(a_block_never_spans_two_lists),
        cmocka_unit_test(tokens_of_other_lives_have_other_lists),
        cmocka_unit_test(a_list_lives_as_long_as_its_last_token),
        cmocka_unit_test(no_two_lists_meet_in_a_slot_and_there_is_a_limit),
        cmocka_unit_test(a_restart_closes_all_lists_and_numbers_go_on_far_behind),
        cmocka_unit_test(nobody_gets_what_another_has),
    };
    return suite_run("indexes", tests, sizeof tests / sizeof tests[0]);
}
