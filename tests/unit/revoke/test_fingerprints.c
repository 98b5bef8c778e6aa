/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/revoke/test_fingerprints.c - a token's jti is found again, whole, and nothing else is;
 * ten million of them fit. */
#include "revoke/token_set.h"

#include "core/base64url.h"

#include "../unit.h"

#include <pthread.h>
#include <stdio.h>

#define MANY 100000U

static jt_fingerprint print_of(uint64_t number)
{
    return (jt_fingerprint){.low = number * 0x9e3779b97f4a7c15U, .high = (uint32_t)(number >> 3)};
}

static void a_jti_comes_back_as_it_was(void **state)
{
    (void)state;
    static const char *const ids[] = {"AAAAAAAAAAAAAAAA", "0123456789abcdef", "________________",
                                      "-_AZaz09-_AZaz09"};
    for (size_t i = 0; i < COUNT(ids); i++) {
        uint8_t id[JT_REVOKED_ID];
        jt_fingerprint print;
        assert_true(jt_fingerprint_of((const uint8_t *)ids[i], &print));
        jt_fingerprint_id(&print, id);
        assert_memory_equal(id, ids[i], sizeof id);
    }
    jt_fingerprint none;
    assert_false(jt_fingerprint_of((const uint8_t *)"0123456789abcde=", &none));
    assert_false(jt_fingerprint_of((const uint8_t *)"0123456789abcd\0f", &none));
    assert_false(jt_fingerprint_of((const uint8_t *)"0123456789abcd f", &none));
}

static void seconds_are_never_too_early(void **state)
{
    (void)state;
    assert_int_equal(jt_fingerprint_second(INT64_MIN), 1);
    assert_int_equal(jt_fingerprint_second(0), 1);
    assert_int_equal(jt_fingerprint_second(1000), 1);
    assert_int_equal(jt_fingerprint_second(1001), 2);
    assert_int_equal(jt_fingerprint_second(2000), 2);
    assert_int_equal(jt_fingerprint_second(INT64_MAX), UINT32_MAX);
    assert_int_equal(jt_fingerprint_time(2), 2000);
    assert_true(jt_fingerprint_time(UINT32_MAX) == INT64_MAX);
}

static void a_full_table_says_so_and_its_searches_end(void **state)
{
    (void)state;
    jt_fingerprint_slot slots[5] = {0};
    const jt_fingerprints table = {.slots = slots, .count = COUNT(slots), .seed = {1, 2}};
    const jt_fingerprints none = {.slots = NULL, .count = 0, .seed = {1, 2}};
    const jt_fingerprint more = print_of(99);
    for (uint64_t i = 0; i < COUNT(slots); i++) {
        const jt_fingerprint print = print_of(i);
        assert_false(jt_fingerprints_has(&table, &print));
        assert_int_equal(jt_fingerprints_put(&table, &print, 5), JT_FINGERPRINT_NEW);
        assert_int_equal(jt_fingerprints_put(&table, &print, 4), JT_FINGERPRINT_THERE);
        assert_true(jt_fingerprints_has(&table, &print));
    }
    assert_int_equal(jt_fingerprints_put(&table, &more, 5), JT_FINGERPRINT_FULL);
    assert_true(jt_fingerprints_has(&table, &more)); /* damaged: there must be a free slot */
    assert_false(jt_fingerprints_has(&none, &more));
    assert_int_equal(jt_fingerprints_put(&none, &more, 5), JT_FINGERPRINT_FULL);
}

static void fingerprints_that_differ_in_one_bit_are_others(void **state)
{
    (void)state;
    jt_token_set set = {.seed = {3, 4}};
    const jt_fingerprint print = {.low = 77, .high = 5};
    assert_int_equal(jt_token_set_put(&set, &print, 9), JT_FINGERPRINT_NEW);
    for (unsigned bit = 0; bit < 96; bit++) {
        jt_fingerprint other = print;
        if (bit < 64)
            other.low ^= (uint64_t)1 << bit;
        else
            other.high ^= 1U << (bit - 64);
        assert_false(jt_token_set_has(&set, &other));
    }
    assert_true(jt_token_set_has(&set, &print));
    jt_token_set_done(&set);
}

static void count_one(void *count, const jt_fingerprint *print, uint32_t second)
{
    (void)print;
    *(size_t *)count += second != 0;
}

static size_t count(const jt_token_set *set)
{
    size_t found = 0;
    jt_token_set_each(set, count_one, &found);
    return found;
}

static size_t sweep(jt_token_set *set, jeton_time now)
{
    size_t gone = 0;
    for (size_t i = 0; i < JT_TOKEN_SET_TABLES; i++)
        gone += jt_token_set_sweep(set, i, now);
    return gone;
}

static void what_has_expired_goes_and_the_rest_stays(void **state)
{
    (void)state;
    jt_token_set set = {.seed = {3, 4}};
    for (uint64_t i = 1; i <= MANY; i++) {
        const jt_fingerprint print = print_of(i);
        assert_int_equal(jt_token_set_put(&set, &print, (uint32_t)i), JT_FINGERPRINT_NEW);
    }
    assert_int_equal(count(&set), MANY);
    const size_t large = set.slots;
    assert_int_equal(sweep(&set, 0), 0);
    assert_int_equal(sweep(&set, 999), 0);
    assert_int_equal(sweep(&set, (jeton_time)(MANY - 10) * 1000 + 999), MANY - 10);
    for (uint64_t i = 1; i <= MANY; i++) {
        const jt_fingerprint print = print_of(i);
        assert_int_equal(jt_token_set_has(&set, &print), i > MANY - 10);
    }
    assert_true(set.slots < large / 100);
    const jt_fingerprint kept = print_of(0);
    assert_int_equal(jt_token_set_put(&set, &kept, UINT32_MAX), JT_FINGERPRINT_NEW);
    assert_int_equal(sweep(&set, INT64_MAX), 10);
    assert_true(jt_token_set_has(&set, &kept)); /* for ever */
    jt_token_set_done(&set);
    assert_int_equal(set.slots, 0);
}

static void memory_that_runs_out_leaves_what_there_is(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jt_token_set set = {.ctx = ctx, .seed = {3, 4}};
    heap.left = 40;
    uint64_t kept = 0;
    for (;; kept++) {
        const jt_fingerprint print = print_of(kept);
        const jt_fingerprint_put put = jt_token_set_put(&set, &print, 9);
        if (put == JT_FINGERPRINT_FULL)
            break;
        assert_int_equal(put, JT_FINGERPRINT_NEW);
    }
    assert_true(kept > 10);
    for (uint64_t i = 0; i <= kept; i++) {
        const jt_fingerprint print = print_of(i);
        assert_int_equal(jt_token_set_has(&set, &print), i < kept);
        if (i < kept) /* what is there needs no memory */
            assert_int_equal(jt_token_set_put(&set, &print, 10), JT_FINGERPRINT_THERE);
    }
    assert_int_equal(sweep(&set, 10000), kept); /* nor does nothing */
    jt_token_set_done(&set);
    unit_ctx_done(&ctx, &heap);
}

/* With each size there can be, tables are at most four fifths full and never below a half. */
static void ten_million_take_less_than_256_megabytes(void **state)
{
    (void)state;
    jt_token_set set = {.seed = {3, 4}};
    double worst = 0;
    for (uint64_t i = 1; i <= 8 * MANY; i++) {
        const jt_fingerprint print = print_of(i);
        if (jt_token_set_put(&set, &print, 9) != JT_FINGERPRINT_NEW)
            fail();
        const double each = (double)(set.slots * sizeof(jt_fingerprint_slot)) / (double)i;
        if (i > 4 * MANY && each > worst)
            worst = each;
    }
    print_message("  %.1f bytes for each at most\n", worst);
    assert_true(worst * 10e6 <= 256e6);
    jt_token_set_done(&set);
}

/* --- one writes, others read ----------------------------------------------------------------- */

static jt_fingerprint_slot shared[4096];
static const jt_fingerprints table = {.slots = shared, .count = COUNT(shared), .seed = {5, 6}};
static _Atomic uint64_t written;
static atomic_uint wrong;

static void *watch(void *arg)
{
    (void)arg;
    for (uint64_t last = 0; last < 3000;) {
        last = atomic_load(&written);
        const jt_fingerprint there = print_of(last);
        const jt_fingerprint strange = {.low = there.low, .high = ~there.high};
        if ((last > 0 && !jt_fingerprints_has(&table, &there)) ||
            jt_fingerprints_has(&table, &strange))
            atomic_fetch_add(&wrong, 1);
    }
    return NULL;
}

static void readers_find_what_was_put(void **state)
{
    (void)state;
    pthread_t readers[2];
    for (size_t i = 0; i < COUNT(readers); i++)
        assert_int_equal(pthread_create(&readers[i], NULL, watch, NULL), 0);
    for (uint64_t i = 1; i <= 3000; i++) {
        const jt_fingerprint print = print_of(i);
        assert_int_equal(jt_fingerprints_put(&table, &print, 9), JT_FINGERPRINT_NEW);
        atomic_store(&written, i);
    }
    for (size_t i = 0; i < COUNT(readers); i++)
        assert_int_equal(pthread_join(readers[i], NULL), 0);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_jti_comes_back_as_it_was),
        cmocka_unit_test(seconds_are_never_too_early),
        cmocka_unit_test(a_full_table_says_so_and_its_searches_end),
        cmocka_unit_test(fingerprints_that_differ_in_one_bit_are_others),
        cmocka_unit_test(what_has_expired_goes_and_the_rest_stays),
        cmocka_unit_test(memory_that_runs_out_leaves_what_there_is),
        cmocka_unit_test(ten_million_take_less_than_256_megabytes),
        cmocka_unit_test(readers_find_what_was_put),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
