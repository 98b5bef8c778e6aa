/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_text.c - texts that the caller owns. */
#include "core/buf.h"

#include "../unit.h"

static void text_is_a_copy_that_ends_in_nul(void **state)
{
    (void)state;
    static const struct {
        const char *why, *bytes;
        size_t len;
    } rows[] = {{"empty", NULL, 0}, {"text", "jeton", 5}, {"a NUL within", "a\0b", 3}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_err err = {0};
        jeton_text *text = BOGUS;
        assert_int_equal(jt_text_new(NULL, jeton_bytes(rows[i].bytes, rows[i].len), &text, &err),
                         JETON_OK);
        const jeton_span span = jeton_text_span(text);
        assert_true(jeton_span_equal(span, jeton_bytes(rows[i].bytes, rows[i].len)));
        assert_ptr_not_equal(span.ptr, rows[i].bytes);
        assert_int_equal(jeton_text_chars(text)[rows[i].len], '\0');
        jeton_text_free(&text);
        assert_null(text);
    }
}

static void text_of_null_is_empty(void **state)
{
    (void)state;
    assert_int_equal(jeton_text_span(NULL).len, 0);
    assert_string_equal(jeton_text_chars(NULL), "");
    jeton_text *none = NULL;
    jeton_text_free(&none);
    jeton_text_free(NULL);
}

static void text_free_wipes(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 1;
    heap.secret = "correct horse";
    jeton_text *text = BOGUS;
    assert_int_equal(jt_text_new(ctx, jeton_str("correct horse"), &text, NULL), JETON_OK);
    jeton_text_free(&text);
    assert_false(heap.leaked);
    unit_ctx_done(&ctx, &heap);
}

static void text_is_null_when_it_cannot_be_made(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jeton_err err = {0};
    jeton_text *text = BOGUS;
    assert_int_equal(jt_text_new(ctx, jeton_str("x"), &text, &err), JETON_E_NOMEM);
    assert_null(text);
    assert_int_equal(err.status, JETON_E_NOMEM);

    err = (jeton_err){0};
    text = BOGUS;
    assert_int_equal(jt_text_new(ctx, jeton_bytes("", SIZE_MAX), &text, &err), JETON_E_LIMIT);
    assert_null(text);
    assert_int_equal(err.status, JETON_E_LIMIT);
    unit_ctx_done(&ctx, &heap);
}

static void text_built_in_place_is_what_was_added(void **state)
{
    (void)state;
    jt_buf buf = jt_buf_init(NULL);
    jeton_text *text = BOGUS;
    assert_int_equal(jt_text_begin(&buf, 3, NULL), JETON_OK);
    assert_int_equal(jt_text_so_far(&buf).len, 0);
    for (size_t i = 0; i < 300; i++) /* more than there was room for */
        assert_int_equal(jt_buf_add(&buf, jeton_str("jeton "), NULL), JETON_OK);
    assert_int_equal(jt_text_so_far(&buf).len, 1800);
    assert_memory_equal(jt_text_so_far(&buf).ptr, "jeton jeton ", 12);
    assert_int_equal(jt_text_end(&buf, &text, NULL), JETON_OK);
    assert_null(buf.ptr);
    assert_int_equal(jeton_text_span(text).len, 1800);
    assert_int_equal(strlen(jeton_text_chars(text)), 1800);
    jeton_text_free(&text);
    jt_buf_done(&buf);
}

static void text_built_in_place_is_null_without_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.secret = "correct horse";
    jt_buf buf = jt_buf_init(ctx);
    jeton_err err = {0};
    assert_int_equal(jt_text_begin(&buf, SIZE_MAX, &err), JETON_E_LIMIT);
    err = (jeton_err){0};
    assert_int_equal(jt_text_begin(&buf, 1, &err), JETON_E_NOMEM);
    assert_int_equal(err.status, JETON_E_NOMEM);

    heap.left = 1;
    assert_int_equal(jt_text_begin(&buf, 1, NULL), JETON_OK);
    while (buf.len < buf.cap) /* no place for the NUL */
        assert_int_equal(jt_buf_add(&buf, jeton_str("c"), NULL), JETON_OK);
    jeton_text *text = BOGUS;
    assert_int_equal(jt_text_end(&buf, &text, NULL), JETON_E_NOMEM);
    assert_null(text);
    jt_buf_done(&buf);
    assert_false(heap.leaked);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_a_copy_that_ends_in_nul),
        cmocka_unit_test(text_of_null_is_empty),
        cmocka_unit_test(text_free_wipes),
        cmocka_unit_test(text_is_null_when_it_cannot_be_made),
        cmocka_unit_test(text_built_in_place_is_what_was_added),
        cmocka_unit_test(text_built_in_place_is_null_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
