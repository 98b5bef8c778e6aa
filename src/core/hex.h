/* SPDX-License-Identifier: Apache-2.0 */
/* core/hex.h - digits of base 16. */
#ifndef JT_CORE_HEX_H
#define JT_CORE_HEX_H

#include <stdint.h>

/* The value of a digit, in either case; -1 when it is none. */
static inline int jt_hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const uint8_t lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The same where capitals are none: in formats with one text for each value. */
static inline int jt_hex_lower(uint8_t c)
{
    return c >= 'A' && c <= 'F' ? -1 : jt_hex_digit(c);
}

/* The byte of two digits; -1 when one of them is none. */
static inline int jt_hex_byte(int (*digit)(uint8_t c), const uint8_t *two)
{
    const int high = digit(two[0]);
    const int low = digit(two[1]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

#endif
