/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/core/test_hex.c - which bytes are digits, and of which value. */
#include "core/hex.h"

#include "../unit.h"

#include <ctype.h>
#include <stdlib.h>

/* What the C library says of the same text. */
static int value_of(unsigned c)
{
    const char text[] = {(char)c, '\0'};
    return c < 128 && isxdigit((int)c) ? (int)strtol(text, NULL, 16) : -1;
}

static void hex_digits_are_what_the_c_library_takes_for_them(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 256; c++) {
        assert_int_equal(jt_hex_digit((uint8_t)c), value_of(c));
        assert_int_equal(jt_hex_lower((uint8_t)c), c >= 'A' && c <= 'F' ? -1 : value_of(c));
    }
}

static void two_digits_are_a_byte(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int any, lower;
    } rows[] = {
        {"00", 0, 0},   {"ff", 255, 255}, {"a0", 160, 160}, {"0a", 10, 10}, {"A0", 160, -1},
        {"0A", 10, -1}, {"g0", -1, -1},   {"0g", -1, -1},   {" 0", -1, -1}, {"0x", -1, -1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const uint8_t *two = (const uint8_t *)rows[i].text;
        assert_int_equal(jt_hex_byte(jt_hex_digit, two), rows[i].any);
        assert_int_equal(jt_hex_byte(jt_hex_lower, two), rows[i].lower);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hex_digits_are_what_the_c_library_takes_for_them),
        cmocka_unit_test(two_digits_are_a_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
