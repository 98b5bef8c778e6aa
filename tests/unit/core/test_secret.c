/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_secret.c - wiped on free, compared as wholes. */
#include "core/secret.h"

#include "../unit.h"

static void wipe_overwrites_exactly_the_bytes_it_is_given(void **state)
{
    (void)state;
    char text[] = "abcdef";
    jt_wipe(text + 1, 3);
    assert_memory_equal(text, "a\0\0\0ef", sizeof text);
    jt_wipe(text, 0);
    jt_wipe(NULL, 0);
    assert_int_equal(text[0], 'a');
}

static void equal_ct_is_true_for_equal_bytes_only(void **state)
{
    (void)state;
    static const struct {
        const char *why, *a, *b;
        bool want;
    } rows[] = {
        {"equal", "abcdef", "abcdef", true},
        {"both empty", "", "", true},
        {"first byte differs", "abcdef", "xbcdef", false},
        {"last byte differs", "abcdef", "abcdex", false},
        {"one bit differs", "abcdef", "abcdeg", false},
        {"the beginning of it", "abcdef", "abcde", false},
        {"empty and not", "", "a", false},
        {"differences that cancel out in a sum", "ab", "ba", false},
        {"differences that cancel out in an xor", "aa", "bb", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        assert_int_equal(jt_equal_ct(jeton_str(rows[i].a), jeton_str(rows[i].b)), rows[i].want);
        assert_int_equal(jt_equal_ct(jeton_str(rows[i].b), jeton_str(rows[i].a)), rows[i].want);
    }
    assert_true(jt_equal_ct(jeton_str(NULL), jeton_str("")));
}

static void equal_ct_sees_every_single_bit(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 256; bit++) {
        const uint8_t a[32] = {0};
        uint8_t b[32] = {0};
        b[bit / 8] = (uint8_t)(1U << bit % 8);
        assert_false(jt_equal_ct(jeton_bytes(a, 32), jeton_bytes(b, 32)));
    }
}

static void secret_new_is_zeroed_and_the_callers_to_fill(void **state)
{
    (void)state;
    jeton_err err = {0};
    jt_secret secret = {.ptr = BOGUS, .len = 99};
    assert_int_equal(jt_secret_new(NULL, 32, &secret, &err), JETON_OK);
    assert_int_equal(secret.len, 32);
    for (size_t i = 0; i < secret.len; i++)
        assert_int_equal(secret.ptr[i], 0);
    memset(secret.ptr, 1, secret.len);
    jt_secret_done(&secret);
}

static void secret_copy_owns_its_bytes(void **state)
{
    (void)state;
    char text[] = "correct horse";
    jt_secret secret = {.ptr = BOGUS, .len = 99};
    assert_int_equal(jt_secret_copy(NULL, jeton_str(text), &secret, NULL), JETON_OK);
    text[0] = 'x';
    unit_assert_span(jt_secret_span(&secret), "correct horse");
    jt_secret_done(&secret);

    secret = (jt_secret){.ptr = BOGUS, .len = 99};
    assert_int_equal(jt_secret_copy(NULL, jeton_str(NULL), &secret, NULL), JETON_OK);
    assert_int_equal(secret.len, 0);
    jt_secret_done(&secret);
}

static void secret_done_wipes_and_empties(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 1;
    heap.secret = "correct horse";
    jt_secret secret = {0};
    assert_int_equal(jt_secret_copy(ctx, jeton_str("correct horse"), &secret, NULL), JETON_OK);
    jt_secret_done(&secret);
    assert_false(heap.leaked);
    assert_null(secret.ptr);
    assert_int_equal(secret.len, 0);
    jt_secret_done(&secret);
    jt_secret_done(NULL);
    unit_ctx_done(&ctx, &heap);
}

static void secret_is_empty_when_there_is_no_memory(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jeton_err err = {0};
    jt_secret secret = {.ptr = BOGUS, .len = 99};
    assert_int_equal(jt_secret_new(ctx, 32, &secret, &err), JETON_E_NOMEM);
    assert_int_equal(err.status, JETON_E_NOMEM);
    assert_null(secret.ptr);
    assert_int_equal(secret.len, 0);
    secret = (jt_secret){.ptr = BOGUS, .len = 99};
    assert_int_equal(jt_secret_copy(ctx, jeton_str("x"), &secret, NULL), JETON_E_NOMEM);
    assert_null(secret.ptr);
    assert_int_equal(secret.len, 0);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wipe_overwrites_exactly_the_bytes_it_is_given),
        cmocka_unit_test(equal_ct_is_true_for_equal_bytes_only),
        cmocka_unit_test(equal_ct_sees_every_single_bit),
        cmocka_unit_test(secret_new_is_zeroed_and_the_callers_to_fill),
        cmocka_unit_test(secret_copy_owns_its_bytes),
        cmocka_unit_test(secret_done_wipes_and_empties),
        cmocka_unit_test(secret_is_empty_when_there_is_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
