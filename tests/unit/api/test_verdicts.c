/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/api/test_verdicts.c - borrowed verdicts come back and are lent again. */
#include "api/verdicts.h"

#include "unit.h"

static void a_verdict_that_came_back_is_lent_again(void **state)
{
    (void)state;
    jd_verdicts verdicts;
    jeton_verdict *first = BOGUS;
    jeton_verdict *second = BOGUS;
    jd_verdicts_init(&verdicts);
    assert_int_equal(jd_verdicts_take(&verdicts, &first, NULL), JETON_OK);
    assert_int_equal(jd_verdicts_take(&verdicts, &second, NULL), JETON_OK);
    assert_ptr_not_equal(first, second);
    const jeton_verdict *was = first;
    jd_verdicts_give(&verdicts, &first);
    assert_null(first);
    assert_int_equal(jd_verdicts_take(&verdicts, &first, NULL), JETON_OK);
    assert_ptr_equal(first, was);
    jd_verdicts_give(&verdicts, &first);
    jd_verdicts_give(&verdicts, &second);
    jd_verdicts_done(&verdicts);
}

static void more_than_are_kept_are_freed_when_they_come_back(void **state)
{
    (void)state;
    jd_verdicts verdicts;
    jeton_verdict *lent[JD_VERDICTS_KEPT + 2];
    jd_verdicts_init(&verdicts);
    for (size_t i = 0; i < COUNT(lent); i++)
        assert_int_equal(jd_verdicts_take(&verdicts, &lent[i], NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(lent); i++)
        jd_verdicts_give(&verdicts, &lent[i]);
    assert_int_equal(verdicts.count, JD_VERDICTS_KEPT);
    jd_verdicts_done(&verdicts); /* AddressSanitizer tells of any that was lost */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_verdict_that_came_back_is_lent_again),
        cmocka_unit_test(more_than_are_kept_are_freed_when_they_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
