/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_held.c - held requests come out in the order of their moments. */
#include "http/held.h"

#include "unit.h"

static void the_earliest_comes_first_whatever_the_order_they_went_in(void **state)
{
    (void)state;
    static const int64_t orders[][4] = {
        {1, 2, 3, 4}, {4, 3, 2, 1}, {2, 4, 1, 3}, {3, 3, 1, 4}, {1, 4, 4, 2}};
    for (size_t row = 0; row < COUNT(orders); row++) {
        jd_request requests[4] = {{0}};
        jd_held held = {0};
        int64_t last = 0;
        assert_int_equal(jd_held_next(&held), INT64_MAX);
        for (size_t i = 0; i < 4; i++) {
            requests[i].hold = orders[row][i];
            jd_held_add(&held, &requests[i]);
        }
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(jd_held_next(&held), held.first->hold);
            const jd_request *got = jd_held_take(&held, INT64_MAX);
            assert_non_null(got);
            assert_true(got->hold >= last);
            last = got->hold;
        }
        assert_null(jd_held_take(&held, INT64_MAX));
        assert_null(held.last);
    }
}

static void none_comes_before_its_moment(void **state)
{
    (void)state;
    jd_request request = {.hold = 10};
    jd_held held = {0};
    jd_held_add(&held, &request);
    assert_null(jd_held_take(&held, 9));
    assert_ptr_equal(jd_held_take(&held, 10), &request);
    jd_held_add(&held, &request); /* an empty list takes it again */
    assert_ptr_equal(held.last, &request);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_earliest_comes_first_whatever_the_order_they_went_in),
        cmocka_unit_test(none_comes_before_its_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
