/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_arena.c - memory that goes away at once. */
#include "core/arena.h"

#include "../unit.h"

static const size_t sizes[] = {0, 1, 15, 16, 17, 4095, 4096, 4097, 100000};

static void arena_alloc_gives_zeroed_aligned_memory_of_its_own(void **state)
{
    (void)state;
    jt_arena arena = jt_arena_init(NULL);
    uint8_t *given[COUNT(sizes)];
    for (size_t i = 0; i < COUNT(sizes); i++) {
        print_message("  %zu bytes\n", sizes[i]);
        given[i] = jt_arena_alloc(&arena, sizes[i]);
        assert_non_null(given[i]);
        assert_int_equal((uintptr_t)given[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(given[i][k], 0);
        memset(given[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < COUNT(sizes); i++) /* nobody has written into another's memory */
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(given[i][k], i + 1);
    jt_arena_done(&arena);
}

static void arena_is_usable_after_done(void **state)
{
    (void)state;
    jt_arena arena = jt_arena_init(NULL);
    jt_arena_done(&arena);
    assert_non_null(jt_arena_alloc(&arena, 10));
    jt_arena_done(&arena);
    assert_null(arena.newest);
    jt_arena_done(&arena);
}

static void arena_takes_small_pieces_from_one_chunk(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 1;
    jt_arena arena = jt_arena_init(ctx);
    for (int i = 0; i < 100; i++)
        assert_non_null(jt_arena_alloc(&arena, 32));
    jt_arena_done(&arena);
    unit_ctx_done(&ctx, &heap);
}

static void arena_alloc_refuses_what_there_is_no_memory_for(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jt_arena arena = jt_arena_init(ctx);
    assert_null(jt_arena_alloc(&arena, 1));
    heap.left = 1;
    assert_non_null(jt_arena_alloc(&arena, 1));
    assert_null(jt_arena_alloc(&arena, 5000)); /* does not fit the chunk that is there */
    assert_non_null(jt_arena_alloc(&arena, 1));
    jt_arena_done(&arena);
    unit_ctx_done(&ctx, &heap);
}

static void arena_alloc_refuses_sizes_that_overflow(void **state)
{
    (void)state;
    jt_arena arena = jt_arena_init(NULL);
    assert_null(jt_arena_alloc(&arena, SIZE_MAX));
    assert_null(jt_arena_alloc(&arena, SIZE_MAX - 15));
    assert_null(jt_arena_text(&arena, jeton_bytes(NULL, SIZE_MAX)));
    jt_arena_done(&arena);
}

static void arena_done_wipes_what_was_written(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 3;
    heap.secret = "correct horse";
    jt_arena arena = jt_arena_init(ctx);
    assert_non_null(jt_arena_text(&arena, jeton_str("correct horse")));
    assert_non_null(jt_arena_alloc(&arena, 8192)); /* a second chunk */
    assert_non_null(jt_arena_text(&arena, jeton_str("correct horse")));
    jt_arena_done(&arena);
    assert_false(heap.leaked);
    unit_ctx_done(&ctx, &heap);
}

static void arena_text_copies_and_ends_in_nul(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        size_t len;
        const char *bytes;
    } rows[] = {{"empty", 0, NULL}, {"text", 5, "jeton"}, {"a NUL within", 3, "a\0b"}};
    jt_arena arena = jt_arena_init(NULL);
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        const char *copy = jt_arena_text(&arena, jeton_bytes(rows[i].bytes, rows[i].len));
        assert_non_null(copy);
        assert_ptr_not_equal(copy, rows[i].bytes);
        if (rows[i].len > 0)
            assert_memory_equal(copy, rows[i].bytes, rows[i].len);
        assert_int_equal(copy[rows[i].len], '\0');
    }
    jt_arena_done(&arena);
}

static void arena_end_keeps_wiped_chunks_for_the_next_arena(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 3;
    heap.secret = "correct horse";
    jt_arena_spares spares = {0};
    jt_arena arena = jt_arena_start(ctx, &spares);
    assert_null(arena.newest); /* there is nothing yet, and nothing is taken before it is needed */
    assert_non_null(jt_arena_text(&arena, jeton_str("correct horse")));
    assert_non_null(jt_arena_alloc(&arena, 8192)); /* larger than usual: not kept */
    assert_non_null(jt_arena_alloc(&arena, 4096));
    jt_arena_end(&arena, &spares, 1);
    assert_null(arena.newest);
    assert_int_equal(spares.count, 1);
    assert_int_equal(heap.left, 0);

    arena = jt_arena_start(ctx, &spares);
    assert_int_equal(spares.count, 0);
    const uint8_t *again = jt_arena_alloc(&arena, 4096); /* all of it, without the system */
    assert_non_null(again);
    for (size_t i = 0; i < 4096; i++)
        assert_int_equal(again[i], 0);
    assert_null(jt_arena_alloc(&arena, 1));
    jt_arena_end(&arena, &spares, 0);
    assert_int_equal(spares.count, 0);
    jt_arena_end(&arena, &spares, 1);
    assert_int_equal(spares.count, 0);
    jt_arena_spares_done(ctx, &spares);
    assert_false(heap.leaked);
    unit_ctx_done(&ctx, &heap);
}

static void arena_spares_are_freed(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 2;
    jt_arena_spares spares = {0};
    jt_arena arenas[2];
    for (size_t i = 0; i < COUNT(arenas); i++) {
        arenas[i] = jt_arena_start(ctx, &spares);
        assert_non_null(jt_arena_alloc(&arenas[i], 1));
    }
    for (size_t i = 0; i < COUNT(arenas); i++)
        jt_arena_end(&arenas[i], &spares, 2);
    assert_int_equal(spares.count, 2);
    jt_arena_spares_done(ctx, &spares);
    assert_int_equal(spares.count, 0);
    assert_null(spares.first);
    jt_arena_spares_done(ctx, &spares);
    unit_ctx_done(&ctx, &heap); /* complains about what was not freed */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_alloc_gives_zeroed_aligned_memory_of_its_own),
        cmocka_unit_test(arena_is_usable_after_done),
        cmocka_unit_test(arena_takes_small_pieces_from_one_chunk),
        cmocka_unit_test(arena_alloc_refuses_what_there_is_no_memory_for),
        cmocka_unit_test(arena_alloc_refuses_sizes_that_overflow),
        cmocka_unit_test(arena_done_wipes_what_was_written),
        cmocka_unit_test(arena_text_copies_and_ends_in_nul),
        cmocka_unit_test(arena_end_keeps_wiped_chunks_for_the_next_arena),
        cmocka_unit_test(arena_spares_are_freed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
