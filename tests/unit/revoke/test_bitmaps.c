/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/revoke/test_bitmaps.c - a token's bit refuses it, and nothing but what is announced
 * stands: in any order, when memory runs out, and beside readers. ./dev san revoke.bitmaps */
#include "revoke/bitmaps.h"

#include "../unit.h"

#include <pthread.h>
#include <sched.h>

#define LIST  7U
#define WHEN  ((jeton_time)1000)
#define BLOCK 4096U

static jt_bitmaps *maps;

static int set_up(void **state)
{
    (void)state;
    return jt_bitmaps_new(NULL, &maps, NULL) == JETON_OK ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    jt_bitmaps_free(&maps);
    jt_bitmaps_free(&maps);
    jt_bitmaps_free(NULL);
    return maps == NULL ? 0 : 1;
}

static void announce(uint64_t list, uint64_t count)
{
    assert_int_equal(jt_bitmaps_announce(maps, list, count, WHEN, NULL), JETON_OK);
}

static void set(uint64_t list, uint64_t place)
{
    assert_int_equal(jt_bitmaps_set(maps, jt_index_of(list, place), WHEN, NULL), JETON_OK);
}

static jeton_status check(uint64_t list, uint64_t place)
{
    return jt_bits_check(jt_bitmaps_bits(maps), jt_index_of(list, place));
}

static void an_index_is_a_list_and_a_place(void **state)
{
    (void)state;
    assert_int_equal(jt_index_of(1, 0), 1048576);
    assert_int_equal(jt_index_of(3, 5), 3 * 1048576 + 5);
    assert_int_equal(jt_index_list(jt_index_of(LIST, 99)), LIST);
    assert_int_equal(jt_index_place(jt_index_of(LIST, 99)), 99);
    /* the highest there is, is exact as a JSON number in every language */
    assert_true(jt_index_of(JT_BITS_LIST_MOST, JT_BITS_PLACES - 1) < (uint64_t)1 << 53);
}

static void what_is_announced_stands_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        uint64_t list, place;
        jeton_status want;
    } rows[] = {
        {"the first place", LIST, 0, JETON_OK},
        {"the last place", LIST, BLOCK - 1, JETON_OK},
        {"the one behind it", LIST, BLOCK, JETON_E_REVOKED},
        {"the last of the list", LIST, JT_BITS_PLACES - 1, JETON_E_REVOKED},
        {"the list before", LIST - 1, 0, JETON_E_REVOKED},
        {"the list behind", LIST + 1, 0, JETON_E_REVOKED},
        {"a list in the same slot", LIST + JT_BITS_SLOTS, 0, JETON_E_REVOKED},
        {"a list in a row that is not there", LIST + 100, 0, JETON_E_REVOKED},
        {"no list", 0, 0, JETON_E_REVOKED},
        {"beyond the last list", JT_BITS_LIST_MOST + 1, 0, JETON_E_REVOKED},
    };
    assert_int_equal(check(LIST, 0), JETON_E_REVOKED);
    announce(LIST, BLOCK);
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        assert_int_equal(check(rows[i].list, rows[i].place), rows[i].want);
        assert_int_equal(
            jt_bits_knows(jt_bitmaps_bits(maps), jt_index_of(rows[i].list, rows[i].place)),
            rows[i].want == JETON_OK);
    }
    announce(LIST, BLOCK - 1); /* an entry that comes late */
    assert_int_equal(check(LIST, BLOCK - 1), JETON_OK);
    announce(LIST, UINT64_MAX);
    assert_int_equal(check(LIST, JT_BITS_PLACES - 1), JETON_OK);
}

static void a_bit_refuses_its_token_and_no_other(void **state)
{
    (void)state;
    static const uint64_t places[] = {0, 1, 63, 64, 32767, 32768, JT_BITS_PLACES - 1};
    announce(LIST, JT_BITS_PLACES);
    for (size_t i = 0; i < COUNT(places); i++) {
        assert_int_equal(check(LIST, places[i]), JETON_OK);
        set(LIST, places[i]);
        set(LIST, places[i]); /* once more is the same */
        assert_int_equal(check(LIST, places[i]), JETON_E_REVOKED);
    }
    size_t refused = 0;
    for (uint64_t place = 0; place < JT_BITS_PLACES; place++)
        refused += check(LIST, place) == JETON_E_REVOKED;
    assert_int_equal(refused, COUNT(places));
}

static void a_bit_that_comes_before_its_list_waits_for_it(void **state)
{
    (void)state;
    set(LIST, 5);
    assert_int_equal(check(LIST, 5), JETON_E_REVOKED);
    assert_int_equal(check(LIST, 6), JETON_E_REVOKED);
    announce(LIST, BLOCK);
    assert_int_equal(check(LIST, 5), JETON_E_REVOKED);
    assert_int_equal(check(LIST, 6), JETON_OK);
}

static void numbers_that_no_list_has_are_not_taken(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {0, JT_BITS_LIST_MOST + 1, UINT64_MAX, LIST + JT_BITS_SLOTS};
    announce(LIST, BLOCK);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        jeton_err err = {0};
        assert_int_equal(jt_bitmaps_announce(maps, numbers[i], 1, WHEN, &err), JETON_E_ARGUMENT);
        assert_int_equal(err.status, JETON_E_ARGUMENT);
    }
    assert_int_equal(jt_bitmaps_count(maps).lists, 1);
    assert_int_equal(check(LIST, 0), JETON_OK);
}

static void a_list_is_dropped_when_it_expires_and_then_refuses(void **state)
{
    (void)state;
    announce(LIST, BLOCK);
    set(LIST, 5);
    assert_int_equal(jt_bitmaps_announce(maps, LIST + 1, BLOCK, 2 * WHEN, NULL), JETON_OK);
    jt_bitmaps_sweep(maps, WHEN - 1);
    assert_int_equal(check(LIST, 6), JETON_OK);
    jt_bitmaps_sweep(maps, WHEN);
    assert_int_equal(check(LIST, 6), JETON_E_REVOKED);
    assert_int_equal(check(LIST + 1, 6), JETON_OK);
    assert_int_equal(jt_bitmaps_count(maps).lists, 1);
    /* its slot and its chunk go to another, without its bits */
    announce(LIST + JT_BITS_SLOTS, BLOCK);
    set(LIST + JT_BITS_SLOTS, 9);
    assert_int_equal(check(LIST + JT_BITS_SLOTS, 5), JETON_OK);
    assert_int_equal(check(LIST + JT_BITS_SLOTS, 9), JETON_E_REVOKED);
    assert_int_equal(check(LIST, 5), JETON_E_REVOKED);
}

/* An entry that is applied again later must not have a list dropped sooner. */
static void the_later_expiry_stays(void **state)
{
    (void)state;
    assert_int_equal(jt_bitmaps_announce(maps, LIST, BLOCK, 3 * WHEN, NULL), JETON_OK);
    set(LIST, 1); /* until WHEN */
    announce(LIST, BLOCK);
    jt_bitmaps_sweep(maps, 3 * WHEN - 1);
    assert_int_equal(check(LIST, 2), JETON_OK);
}

/* --- memory ---------------------------------------------------------------------------------- */

static void memory_that_is_used_up_refuses_whole_lists(void **state)
{
    (void)state;
    jt_bitmaps_limit(maps, 4 * JT_BITS_CHUNK);
    announce(LIST, JT_BITS_PLACES);
    announce(LIST + 1, JT_BITS_PLACES);
    for (uint64_t i = 0; i < 4; i++)
        set(LIST, i * JT_BITS_CHUNK_BITS);
    jeton_err err = {0};
    const uint64_t index = jt_index_of(LIST + 1, 3);
    assert_int_equal(jt_bitmaps_set(maps, index, WHEN, &err), JETON_E_NOMEM);
    assert_int_equal(err.status, JETON_E_NOMEM);
    assert_int_equal(check(LIST + 1, 3), JETON_E_REVOKED);
    assert_int_equal(check(LIST + 1, 4), JETON_E_REVOKED);
    assert_int_equal(check(LIST, 4), JETON_OK); /* the other one is complete */
    assert_int_equal(jt_bitmaps_count(maps).voids, 1);
    announce(LIST + 1, JT_BITS_PLACES); /* which does not mend it */
    assert_int_equal(check(LIST + 1, 4), JETON_E_REVOKED);
    set(LIST, 9); /* where there is a chunk, bits go on */
    jt_bitmaps_sweep(maps, WHEN);
    announce(LIST + 2, BLOCK);
    set(LIST + 2, 3); /* what was dropped is used again */
    assert_int_equal(check(LIST + 2, 4), JETON_OK);
}

static void no_memory_for_a_list_leaves_it_unknown(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 0;
    jt_bitmaps *poor = BOGUS;
    assert_int_equal(jt_bitmaps_new(ctx, &poor, NULL), JETON_E_NOMEM);
    assert_null(poor);
    heap.left = 1;
    assert_int_equal(jt_bitmaps_new(ctx, &poor, NULL), JETON_OK);
    assert_int_equal(jt_bitmaps_announce(poor, LIST, BLOCK, WHEN, NULL), JETON_E_NOMEM);
    assert_int_equal(jt_bitmaps_set(poor, jt_index_of(LIST, 1), WHEN, NULL), JETON_E_NOMEM);
    assert_int_equal(jt_bits_check(jt_bitmaps_bits(poor), jt_index_of(LIST, 0)), JETON_E_REVOKED);
    heap.left = 1; /* the list, but not its bits; then not what remembers them */
    assert_int_equal(jt_bitmaps_announce(poor, LIST, BLOCK, WHEN, NULL), JETON_OK);
    assert_int_equal(jt_bits_check(jt_bitmaps_bits(poor), jt_index_of(LIST, 0)), JETON_OK);
    for (size_t left = 0; left < 2; left++) {
        heap.left = left;
        assert_int_equal(jt_bitmaps_set(poor, jt_index_of(LIST, 1), WHEN, NULL), JETON_E_NOMEM);
        assert_int_equal(jt_bits_check(jt_bitmaps_bits(poor), jt_index_of(LIST, 0)),
                         JETON_E_REVOKED);
    }
    jt_bitmaps_free(&poor);
    unit_ctx_done(&ctx, &heap);
}

/* --- copies ---------------------------------------------------------------------------------- */

static jeton_status merge(void *to, const jt_bitmap_part *part)
{
    return jt_bitmaps_merge(to, part, NULL);
}

static jeton_status stop(void *count, const jt_bitmap_part *part)
{
    (void)part;
    ++*(unsigned *)count;
    return JETON_E_SYSTEM;
}

static void a_copy_says_the_same(void **state)
{
    (void)state;
    jt_bitmaps *copy = NULL;
    unsigned seed = 5;
    for (uint64_t list = 1; list < 40; list++) {
        announce(list, (uint64_t)rand_r(&seed) % JT_BITS_PLACES);
        for (unsigned i = 0; i < list; i++)
            set(list, (uint64_t)rand_r(&seed) % JT_BITS_PLACES);
    }
    size_t voided = 0;
    jt_bitmaps_limit(maps, 0);
    announce(40, BLOCK);
    for (uint64_t i = 0; i < JT_BITS_CHUNKS; i++) /* what is idle is used up, then it is void */
        voided +=
            jt_bitmaps_set(maps, jt_index_of(40, i * JT_BITS_CHUNK_BITS), WHEN, NULL) != JETON_OK;
    assert_true(voided > 0);
    assert_int_equal(jt_bitmaps_count(maps).voids, 1);
    assert_int_equal(jt_bitmaps_new(NULL, &copy, NULL), JETON_OK);
    assert_int_equal(jt_bitmaps_each(maps, merge, copy), JETON_OK);
    assert_int_equal(jt_bitmaps_each(maps, merge, copy), JETON_OK); /* twice is the same */
    static uint8_t ours[JT_BITS_PLACES / 8];
    static uint8_t theirs[JT_BITS_PLACES / 8];
    for (uint64_t list = 1; list <= 40; list++) {
        jt_bitmap_info a;
        jt_bitmap_info b;
        assert_true(jt_bitmaps_copy(maps, list, ours, &a));
        assert_true(jt_bitmaps_copy(copy, list, theirs, &b));
        assert_memory_equal(ours, theirs, sizeof ours);
        assert_int_equal(a.announced, b.announced);
        assert_int_equal(a.expires, b.expires);
        assert_int_equal(a.is_void, b.is_void);
    }
    unsigned seen = 0;
    assert_int_equal(jt_bitmaps_each(maps, stop, &seen), JETON_E_SYSTEM);
    assert_int_equal(seen, 1);
    jt_bitmaps_free(&copy);
}

static void what_is_no_part_is_not_taken(void **state)
{
    (void)state;
    static const uint8_t bytes[JT_BITS_CHUNK] = {1};
    const jt_bitmap_part good = {
        .list = LIST, .announced = 9, .expires = WHEN, .bits = jeton_bytes(bytes, sizeof bytes)};
    jt_bitmap_part part = good;
    part.place = 1;
    assert_int_equal(jt_bitmaps_merge(maps, &part, NULL), JETON_E_ARGUMENT);
    part.place = JT_BITS_PLACES;
    assert_int_equal(jt_bitmaps_merge(maps, &part, NULL), JETON_E_ARGUMENT);
    part = good;
    part.bits.len--;
    assert_int_equal(jt_bitmaps_merge(maps, &part, NULL), JETON_E_ARGUMENT);
    part = good;
    part.list = 0;
    assert_int_equal(jt_bitmaps_merge(maps, &part, NULL), JETON_E_ARGUMENT);
    assert_int_equal(jt_bitmaps_count(maps).lists, 0);
    assert_int_equal(jt_bitmaps_merge(maps, &good, NULL), JETON_OK);
    assert_int_equal(check(LIST, 0), JETON_E_REVOKED);
    assert_int_equal(check(LIST, 1), JETON_OK);
    assert_int_equal(check(LIST, 9), JETON_E_REVOKED);
    jt_bitmaps_limit(maps, 0);
    part = good;
    part.list++;
    for (size_t i = 0; i < 5; i++) { /* what is idle is used up first */
        part.place = i * JT_BITS_CHUNK_BITS;
        const jeton_status status = jt_bitmaps_merge(maps, &part, NULL);
        assert_int_equal(status, i < 3 ? JETON_OK : JETON_E_NOMEM);
    }
    assert_int_equal(check(LIST + 1, 1), JETON_E_REVOKED);
}

static void bits_are_copied_as_the_standard_has_them(void **state)
{
    (void)state;
    static uint8_t bytes[JT_BITS_PLACES / 8];
    jt_bitmap_info info;
    uint64_t numbers[4] = {0};
    assert_false(jt_bitmaps_copy(maps, LIST, bytes, &info));
    assert_int_equal(info.list, 0);
    announce(LIST, BLOCK);
    announce(LIST - 1, BLOCK);
    set(LIST, 0);
    set(LIST, 11);
    set(LIST, JT_BITS_PLACES - 1);
    memset(bytes, 0xa5, sizeof bytes);
    assert_true(jt_bitmaps_copy(maps, LIST, bytes, &info));
    const uint64_t before = info.changes;
    assert_int_equal(info.announced, BLOCK);
    assert_int_equal(bytes[0], 0x01); /* the lowest bit first */
    assert_int_equal(bytes[1], 0x08);
    assert_int_equal(bytes[sizeof bytes - 1], 0x80);
    for (size_t i = 2; i < sizeof bytes - 1; i++)
        assert_int_equal(bytes[i], 0);
    set(LIST, 12);
    assert_true(jt_bitmaps_copy(maps, LIST, NULL, &info));
    assert_true(info.changes != before);
    assert_true(jt_bitmaps_copy(maps, LIST - 1, bytes, NULL));
    assert_int_equal(jt_bitmaps_list(maps, numbers, COUNT(numbers)), 2);
    assert_int_equal(numbers[0], LIST - 1);
    assert_int_equal(numbers[1], LIST);
    assert_int_equal(jt_bitmaps_list(maps, numbers, 1), 1);
    announce(LIST + 1, BLOCK); /* void: all bits are set */
    jt_bitmaps_limit(maps, 0);
    for (uint64_t i = 0; i < JT_BITS_CHUNKS; i++)
        if (jt_bitmaps_set(maps, jt_index_of(LIST + 1, i * JT_BITS_CHUNK_BITS), WHEN, NULL) !=
            JETON_OK)
            break;
    assert_true(jt_bitmaps_copy(maps, LIST + 1, bytes, &info));
    assert_true(info.is_void);
    for (size_t i = 0; i < sizeof bytes; i++)
        assert_int_equal(bytes[i], 0xff);
}

static void a_hundred_million_tokens_take_fifteen_megabytes(void **state)
{
    (void)state;
    const uint64_t lists = 100000000 / JT_BITS_PLACES + 1;
    for (uint64_t list = 1; list <= lists; list++) {
        announce(list, JT_BITS_PLACES);
        for (uint64_t i = 0; i < JT_BITS_CHUNKS; i++) /* a bit in every chunk there can be */
            set(list, i * JT_BITS_CHUNK_BITS + i);
    }
    const jt_bitmaps_counts counts = jt_bitmaps_count(maps);
    print_message("  %zu bytes for %llu places\n", counts.bytes,
                  (unsigned long long)counts.announced);
    assert_true(counts.announced >= 100000000);
    assert_true(counts.bytes <= 15000000);
}

/* --- threads --------------------------------------------------------------------------------- */

#define READERS 3U
#define RACES   3000U

typedef struct race {
    _Atomic uint64_t set; /* the last index whose bit is set, and told */
    atomic_bool stop;
    atomic_uint wrong;
} race;

/* What is told is refused. Of a list that was never announced, and of those that are over, nothing
 * ever stands, whatever its slot and its chunks are used for meanwhile. */
static void *watch(void *arg)
{
    race *self = arg;
    while (!atomic_load(&self->stop)) {
        const uint64_t index = atomic_load(&self->set);
        if (index == 0)
            continue;
        const uint64_t over = jt_index_list(index) - 1;
        if (jt_bits_check(jt_bitmaps_bits(maps), index) != JETON_E_REVOKED ||
            check(over, 7) == JETON_OK || check(over + 10 * JT_BITS_SLOTS, 7) == JETON_OK)
            atomic_fetch_add(&self->wrong, 1);
    }
    return NULL;
}

static void readers_see_what_is_set_and_no_bit_of_another_list(void **state)
{
    (void)state;
    race of = {0};
    pthread_t readers[READERS];
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, watch, &of), 0);
    for (uint64_t i = 0; i < RACES; i++) {
        /* always the same two slots, and the same few chunks */
        const uint64_t list = 1 + i % 2 + i / 2 * JT_BITS_SLOTS;
        const jeton_time expires = (jeton_time)i + 1;
        assert_int_equal(jt_bitmaps_announce(maps, list, BLOCK, expires, NULL), JETON_OK);
        for (uint64_t place = 0; place < 4; place++) {
            const uint64_t index = jt_index_of(list, place * 31 + i % 29);
            assert_int_equal(jt_bitmaps_set(maps, index, expires, NULL), JETON_OK);
            atomic_store(&of.set, index);
        }
        atomic_store(&of.set, 0);
        jt_bitmaps_sweep(maps, expires);
        if (i % 64 == 0)
            (void)sched_yield();
    }
    atomic_store(&of.stop, true);
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_join(readers[i], NULL), 0);
    assert_int_equal(of.wrong, 0);
    assert_int_equal(jt_bitmaps_count(maps).lists, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_index_is_a_list_and_a_place),
        cmocka_unit_test_setup_teardown(what_is_announced_stands_and_nothing_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_bit_refuses_its_token_and_no_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_bit_that_comes_before_its_list_waits_for_it, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(numbers_that_no_list_has_are_not_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_list_is_dropped_when_it_expires_and_then_refuses, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_later_expiry_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_that_is_used_up_refuses_whole_lists, set_up,
                                        tear_down),
        cmocka_unit_test(no_memory_for_a_list_leaves_it_unknown),
        cmocka_unit_test_setup_teardown(a_copy_says_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_part_is_not_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bits_are_copied_as_the_standard_has_them, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_hundred_million_tokens_take_fifteen_megabytes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(readers_see_what_is_set_and_no_bit_of_another_list, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
