/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_scan.c - thirty-two bytes at a time find what one at a time would. */
#include "core/scan.h"

#include "../unit.h"

static void scan_finds_a_smaller_byte_wherever_it_stands(void **state)
{
    (void)state;
    static const uint8_t least[] = {1, ' ', ' ' + 1, 127, 128};
    uint8_t bytes[80];
    for (size_t k = 0; k < COUNT(least); k++)
        for (size_t len = 0; len <= sizeof bytes; len++) {
            memset(bytes, least[k], sizeof bytes);
            assert_false(jt_has_below(jeton_bytes(bytes, len), least[k]));
            for (size_t at = 0; at < sizeof bytes; at++) {
                bytes[at] = (uint8_t)(least[k] - 1);
                assert_int_equal(jt_has_below(jeton_bytes(bytes, len), least[k]), at < len);
                bytes[at] = least[k];
            }
        }
}

static void scan_takes_every_other_byte_for_what_it_is(void **state)
{
    (void)state;
    uint8_t bytes[32];
    for (unsigned other = 0; other < 256; other++) {
        memset(bytes, (int)other, sizeof bytes);
        assert_int_equal(jt_has_below(jeton_bytes(bytes, sizeof bytes), ' '), other < ' ');
        bytes[3] = '~'; /* beside one that borrows, or does not */
        assert_int_equal(jt_has_below(jeton_bytes(bytes, sizeof bytes), ' '), other < ' ');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scan_finds_a_smaller_byte_wherever_it_stands),
        cmocka_unit_test(scan_takes_every_other_byte_for_what_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
