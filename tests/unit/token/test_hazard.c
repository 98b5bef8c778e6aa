/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/token/test_hazard.c - records of readers: one owner each, used again, and never less
 * than the truth about what is held.
 */
#include "token/hazard.h"

#include "../unit.h"

static void reader_holds_one_thing_at_a_time(void **state)
{
    (void)state;
    const int one = 1;
    const int two = 2;
    jt_readers readers = NULL;
    jt_reader *reader = jt_readers_join(&readers, NULL, NULL);
    assert_non_null(reader);
    assert_false(jt_readers_hold(&readers, &one));
    jt_reader_hold(reader, &one);
    assert_true(jt_readers_hold(&readers, &one));
    assert_false(jt_readers_hold(&readers, &two));
    jt_reader_hold(reader, &two);
    assert_false(jt_readers_hold(&readers, &one));
    assert_true(jt_readers_hold(&readers, &two));
    jt_reader_let_go(reader);
    assert_false(jt_readers_hold(&readers, &two));
    jt_reader_leave(reader);
    jt_readers_done(&readers, NULL);
    assert_null(readers);
}

static void reader_lets_go_when_it_leaves(void **state)
{
    (void)state;
    const int one = 1;
    jt_readers readers = NULL;
    jt_reader *a = jt_readers_join(&readers, NULL, NULL);
    jt_reader *b = jt_readers_join(&readers, NULL, NULL);
    assert_ptr_not_equal(a, b);
    jt_reader_hold(a, &one);
    jt_reader_hold(b, &one);
    jt_reader_leave(a);
    assert_true(jt_readers_hold(&readers, &one));
    jt_reader_leave(b);
    assert_false(jt_readers_hold(&readers, &one));
    jt_readers_done(&readers, NULL);
}

static void readers_use_records_again_and_keep_their_counts(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    heap.left = 2;
    jt_readers readers = NULL;
    for (unsigned i = 0; i < 10; i++) {
        jt_reader *a = jt_readers_join(&readers, ctx, BOGUS);
        jt_reader *b = jt_readers_join(&readers, ctx, BOGUS);
        assert_true(a != NULL && b != NULL && a != b);
        assert_ptr_equal(a->of, BOGUS);
        assert_null(jt_readers_join(&readers, ctx, BOGUS)); /* no memory for a third */
        jt_reader_add(a, JT_READER_HITS);
        jt_reader_add(b, JT_READER_HITS);
        jt_reader_add(b, JT_READER_EXPIRED);
        jt_reader_leave(a);
        jt_reader_leave(b);
        assert_int_equal(jt_readers_count(&readers, JT_READER_HITS), 2 * i + 2);
        assert_int_equal(jt_readers_count(&readers, JT_READER_EXPIRED), i + 1);
        assert_int_equal(jt_readers_count(&readers, JT_READER_MISSES), 0);
    }
    jt_readers_done(&readers, ctx);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader_holds_one_thing_at_a_time),
        cmocka_unit_test(reader_lets_go_when_it_leaves),
        cmocka_unit_test(readers_use_records_again_and_keep_their_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
