/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_buckets.c - tokens come back with time, and memory has an end. */
#include "accounts/buckets.h"

#include "../unit.h"

#include <stdio.h>

static const jd_bucket_size three = {.burst = 3, .interval = 100};

static jeton_span name_of(unsigned number, char text[16])
{
    (void)snprintf(text, 16, "%u", number);
    return jeton_str(text);
}

static void a_bucket_gives_what_it_holds_and_gets_it_back_with_time(void **state)
{
    (void)state;
    jd_buckets buckets;
    const jeton_span a = jeton_str("a");
    assert_int_equal(jd_buckets_init(&buckets, 4, NULL), JETON_OK);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(jd_buckets_take(&buckets, a, three, 1000), 0);
    assert_int_equal(jd_buckets_take(&buckets, a, three, 1000), 100);
    assert_int_equal(jd_buckets_take(&buckets, a, three, 1060), 40); /* asking costs nothing */
    assert_int_equal(jd_buckets_take(&buckets, jeton_str("b"), three, 1060), 0);
    assert_int_equal(jd_buckets_take(&buckets, a, three, 1100), 0);
    assert_int_equal(jd_buckets_take(&buckets, a, three, 1100), 100);
    for (unsigned i = 0; i < 3; i++) /* full again, and no fuller */
        assert_int_equal(jd_buckets_take(&buckets, a, three, 9000), 0);
    assert_int_equal(jd_buckets_take(&buckets, a, three, 9000), 100);
    jd_buckets_done(&buckets);
}

static void a_token_that_is_given_back_was_never_taken(void **state)
{
    (void)state;
    jd_buckets buckets;
    const jeton_span a = jeton_str("a");
    assert_int_equal(jd_buckets_init(&buckets, 4, NULL), JETON_OK);
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(jd_buckets_take(&buckets, a, three, 1000), 0);
        jd_buckets_give(&buckets, a, three, 1000);
    }
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(jd_buckets_take(&buckets, a, three, 1000), 0);
    assert_int_equal(jd_buckets_take(&buckets, a, three, 1000), 100);
    jd_buckets_done(&buckets);
}

static void a_mark_ends_when_it_was_said_to(void **state)
{
    (void)state;
    jd_buckets buckets;
    const jeton_span a = jeton_str("a");
    assert_int_equal(jd_buckets_init(&buckets, 4, NULL), JETON_OK);
    assert_false(jd_buckets_has(&buckets, a, 1000));
    jd_buckets_mark(&buckets, a, 2000, 1000);
    assert_true(jd_buckets_has(&buckets, a, 1999));
    assert_false(jd_buckets_has(&buckets, a, 2000));
    assert_false(jd_buckets_has(&buckets, jeton_str("b"), 1999));
    jd_buckets_done(&buckets);
}

/* What is nearly empty outlives ten times as many others as there is room for. */
static void strangers_push_out_what_is_nearly_full_first(void **state)
{
    (void)state;
    jd_buckets buckets;
    char text[16];
    const jeton_span locked = jeton_str("locked");
    assert_int_equal(jd_buckets_init(&buckets, 16, NULL), JETON_OK);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(jd_buckets_take(&buckets, locked, three, 1000), 0);
    for (unsigned i = 0; i < 10 * 16 * JD_BUCKETS_WAYS; i++)
        assert_int_equal(jd_buckets_take(&buckets, name_of(i, text), three, 1000), 0);
    assert_int_equal(jd_buckets_take(&buckets, locked, three, 1000), 100);
    jd_buckets_done(&buckets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_gives_what_it_holds_and_gets_it_back_with_time),
        cmocka_unit_test(a_token_that_is_given_back_was_never_taken),
        cmocka_unit_test(a_mark_ends_when_it_was_said_to),
        cmocka_unit_test(strangers_push_out_what_is_nearly_full_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
