/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_mem.c - memory through a context, and arithmetic on sizes. */
#include "core/mem.h"

#include "../unit.h"

/* The default allocator, and one of the caller's. */
static void with_each_context(void (*check)(const jeton_ctx *ctx))
{
    print_message("  malloc\n");
    check(NULL);
    print_message("  an allocator of the caller's\n");
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = SIZE_MAX;
    check(ctx);
    unit_ctx_done(&ctx, &heap);
}

static void check_alloc(const jeton_ctx *ctx)
{
    static const size_t sizes[] = {0, 1, 100, 100000};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        uint8_t *bytes = jt_alloc(ctx, sizes[i]);
        assert_non_null(bytes); /* for 0 as well: NULL always means "no memory" */
        memset(bytes, 1, sizes[i]);
        jt_release(ctx, bytes);

        bytes = jt_zalloc(ctx, sizes[i]);
        assert_non_null(bytes);
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(bytes[k], 0);
        jt_release(ctx, bytes);
    }
}

static void mem_alloc_gives_memory_of_every_size(void **state)
{
    (void)state;
    with_each_context(check_alloc);
}

static void check_resize(const jeton_ctx *ctx)
{
    char *text = jt_resize(ctx, NULL, 4);
    assert_non_null(text);
    memcpy(text, "abc", 4);
    text = jt_resize(ctx, text, 10000);
    assert_non_null(text);
    assert_string_equal(text, "abc");
    text = jt_resize(ctx, text, 2);
    assert_non_null(text);
    assert_memory_equal(text, "ab", 2);
    text = jt_resize(ctx, text, 0); /* shrinks; only jt_release() frees */
    assert_non_null(text);
    jt_release(ctx, text);
}

static void mem_resize_keeps_the_bytes(void **state)
{
    (void)state;
    with_each_context(check_resize);
}

static void check_strdup(const jeton_ctx *ctx)
{
    static const char *const texts[] = {"", "a", "a longer text"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        char *copy = jt_strdup(ctx, texts[i]);
        assert_non_null(copy);
        assert_ptr_not_equal(copy, texts[i]);
        assert_string_equal(copy, texts[i]);
        jt_release(ctx, copy);
    }
    assert_null(jt_strdup(ctx, NULL));
}

static void mem_strdup_copies(void **state)
{
    (void)state;
    with_each_context(check_strdup);
}

static void mem_release_takes_null(void **state)
{
    (void)state;
    jt_release(NULL, NULL);
}

static void mem_says_when_there_is_none(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    assert_null(jt_alloc(ctx, 1));
    assert_null(jt_zalloc(ctx, 1));
    assert_null(jt_strdup(ctx, "x"));
    heap.left = 1;
    char *text = jt_strdup(ctx, "kept");
    assert_null(jt_resize(ctx, text, 100));
    assert_string_equal(text, "kept");
    jt_release(ctx, text);
    unit_ctx_done(&ctx, &heap);
}

static void mem_sizes_are_added_and_multiplied_with_care(void **state)
{
    (void)state;
    static const struct {
        const char *why;
        size_t a, b;
        bool sum, product;
    } rows[] = {
        {"nothing", 0, 0, true, true},
        {"small", 3, 4, true, true},
        {"the largest and nothing", SIZE_MAX, 0, true, true},
        {"the largest and one", SIZE_MAX, 1, false, true},
        {"two halves", SIZE_MAX / 2, SIZE_MAX / 2, true, false},
        {"half and two", SIZE_MAX / 2 + 1, 2, true, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        size_t result = 77;
        assert_int_equal(jt_add(rows[i].a, rows[i].b, &result), rows[i].sum);
        if (rows[i].sum)
            assert_int_equal(result, rows[i].a + rows[i].b);
        assert_int_equal(jt_mul(rows[i].a, rows[i].b, &result), rows[i].product);
        if (rows[i].product)
            assert_int_equal(result, rows[i].a * rows[i].b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mem_alloc_gives_memory_of_every_size),
        cmocka_unit_test(mem_resize_keeps_the_bytes),
        cmocka_unit_test(mem_strdup_copies),
        cmocka_unit_test(mem_release_takes_null),
        cmocka_unit_test(mem_says_when_there_is_none),
        cmocka_unit_test(mem_sizes_are_added_and_multiplied_with_care),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
