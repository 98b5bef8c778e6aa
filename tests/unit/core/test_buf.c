/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_buf.c - bytes that grow at the end. */
#include "core/buf.h"

#include "../unit.h"

#include <inttypes.h>
#include <stdio.h>

static void buf_add_keeps_what_was_there(void **state)
{
    (void)state;
    jeton_err err = {0};
    jt_buf buf = jt_buf_init(NULL);
    for (unsigned i = 0; i < 5000; i++) {
        const uint8_t byte = (uint8_t)i;
        assert_int_equal(jt_buf_add(&buf, jeton_bytes(&byte, 1), &err), JETON_OK);
    }
    assert_int_equal(jt_buf_span(&buf).len, 5000);
    for (unsigned i = 0; i < 5000; i++)
        assert_int_equal(buf.ptr[i], i & 0xff);
    jt_buf_done(&buf);
}

static void buf_add_of_nothing_changes_nothing(void **state)
{
    (void)state;
    jt_buf buf = jt_buf_init(NULL);
    assert_int_equal(jt_buf_add(&buf, jeton_str(NULL), NULL), JETON_OK);
    assert_int_equal(buf.len, 0);
    assert_int_equal(jt_buf_add(&buf, jeton_str("x"), NULL), JETON_OK);
    assert_int_equal(jt_buf_add(&buf, jeton_str(""), NULL), JETON_OK);
    unit_assert_span(jt_buf_span(&buf), "x");
    jt_buf_done(&buf);
}

static void buf_addf_formats_texts_of_any_length(void **state)
{
    (void)state;
    jeton_err err = {0};
    jt_buf buf = jt_buf_init(NULL);
    assert_int_equal(jt_buf_addf(&buf, &err, "%s=%d", "a", 1), JETON_OK);
    assert_int_equal(jt_buf_addf(&buf, &err, "%s", ""), JETON_OK);
    assert_int_equal(jt_buf_addf(&buf, &err, "&%s", "b"), JETON_OK);
    unit_assert_span(jt_buf_span(&buf), "a=1&b");

    /* at and around the first size of a buffer, where the NUL of vsnprintf needs a byte too */
    for (int width = 240; width < 270; width++) {
        jt_buf wide = jt_buf_init(NULL);
        assert_int_equal(jt_buf_addf(&wide, &err, "%*d", width, 7), JETON_OK);
        assert_int_equal(wide.len, width);
        assert_int_equal(wide.ptr[width - 1], '7');
        jt_buf_done(&wide);
    }
    jt_buf_done(&buf);
}

static void buf_reserve_makes_room_and_changes_nothing(void **state)
{
    (void)state;
    jt_buf buf = jt_buf_init(NULL);
    assert_int_equal(jt_buf_add(&buf, jeton_str("abc"), NULL), JETON_OK);
    assert_int_equal(jt_buf_reserve(&buf, 10000, NULL), JETON_OK);
    unit_assert_span(jt_buf_span(&buf), "abc");
    assert_true(buf.cap - buf.len >= 10000);
    const uint8_t *before = buf.ptr;
    assert_int_equal(jt_buf_reserve(&buf, 10000, NULL), JETON_OK);
    assert_ptr_equal(buf.ptr, before); /* there was room already */
    jt_buf_done(&buf);
}

static void buf_reserve_gives_memory_even_for_nothing(void **state)
{
    (void)state;
    jt_buf buf = jt_buf_init(NULL);
    assert_int_equal(jt_buf_reserve(&buf, 0, NULL), JETON_OK);
    assert_non_null(buf.ptr);
    jt_buf_done(&buf);
}

static void buf_refuses_sizes_that_overflow(void **state)
{
    (void)state;
    jeton_err err = {0};
    jt_buf buf = jt_buf_init(NULL);
    assert_int_equal(jt_buf_add(&buf, jeton_str("abc"), NULL), JETON_OK);
    assert_int_equal(jt_buf_reserve(&buf, SIZE_MAX - 2, &err), JETON_E_LIMIT);
    assert_int_equal(err.status, JETON_E_LIMIT);
    unit_assert_span(jt_buf_span(&buf), "abc");
    jt_buf_done(&buf);
}

static void buf_stays_as_it_was_without_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 1;
    jt_buf buf = jt_buf_init(ctx);
    assert_int_equal(jt_buf_add(&buf, jeton_str("abc"), NULL), JETON_OK);

    jeton_err err = {0};
    assert_int_equal(jt_buf_reserve(&buf, 1000, &err), JETON_E_NOMEM);
    assert_int_equal(err.status, JETON_E_NOMEM);
    assert_int_equal(jt_buf_addf(&buf, NULL, "%1000d", 1), JETON_E_NOMEM);
    unit_assert_span(jt_buf_span(&buf), "abc");
    assert_int_equal(jt_buf_add(&buf, jeton_str("def"), NULL), JETON_OK); /* what still fits */
    unit_assert_span(jt_buf_span(&buf), "abcdef");
    jt_buf_done(&buf);
    unit_ctx_done(&ctx, &heap);
}

static void buf_wipes_what_it_leaves_behind(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 2;
    heap.secret = "correct horse";
    jt_buf buf = jt_buf_init(ctx);
    assert_int_equal(jt_buf_add(&buf, jeton_str("correct horse"), NULL), JETON_OK);
    assert_int_equal(jt_buf_reserve(&buf, 1000, NULL), JETON_OK); /* moves */
    assert_false(heap.leaked);
    jt_buf_done(&buf);
    assert_false(heap.leaked);
    unit_ctx_done(&ctx, &heap);
}

static void buf_is_usable_after_done(void **state)
{
    (void)state;
    jt_buf buf = jt_buf_init(NULL);
    jt_buf_done(&buf);
    assert_int_equal(jt_buf_add(&buf, jeton_str("x"), NULL), JETON_OK);
    jt_buf_done(&buf);
    assert_null(buf.ptr);
    assert_int_equal(buf.len, 0);
    assert_int_equal(buf.cap, 0);
}

static void buf_add_int_writes_every_number(void **state)
{
    (void)state;
    static const int64_t numbers[] = {0,          7,    -1,   10,        -10,
                                      1795258399, 1e15, -999, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        char want[32];
        (void)snprintf(want, sizeof want, "%" PRId64, numbers[i]);
        print_message("  %s\n", want);
        jt_buf buf = jt_buf_init(NULL);
        assert_int_equal(jt_buf_add_int(&buf, numbers[i], NULL), JETON_OK);
        assert_true(jeton_span_equal(jt_buf_span(&buf), jeton_str(want)));
        jt_buf_done(&buf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buf_add_keeps_what_was_there),
        cmocka_unit_test(buf_add_of_nothing_changes_nothing),
        cmocka_unit_test(buf_addf_formats_texts_of_any_length),
        cmocka_unit_test(buf_add_int_writes_every_number),
        cmocka_unit_test(buf_reserve_makes_room_and_changes_nothing),
        cmocka_unit_test(buf_reserve_gives_memory_even_for_nothing),
        cmocka_unit_test(buf_refuses_sizes_that_overflow),
        cmocka_unit_test(buf_stays_as_it_was_without_memory),
        cmocka_unit_test(buf_wipes_what_it_leaves_behind),
        cmocka_unit_test(buf_is_usable_after_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
