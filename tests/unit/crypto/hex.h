/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/crypto/hex.h - bytes from the hexadecimal texts that vectors are printed in. */
#ifndef JT_UNIT_HEX_H
#define JT_UNIT_HEX_H

#include "../unit.h"

static inline unsigned hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    assert_true(c >= 'a' && c <= 'f');
    return (unsigned)(c - 'a' + 10);
}

/* The bytes in `to`, as a span. */
static inline jeton_span hex_parse(jeton_span text, uint8_t *to, size_t room)
{
    assert_true(text.len % 2 == 0 && text.len / 2 <= room);
    for (size_t i = 0; i < text.len / 2; i++)
        to[i] =
            (uint8_t)(hex_digit((char)text.ptr[2 * i]) << 4 | hex_digit((char)text.ptr[2 * i + 1]));
    return jeton_bytes(to, text.len / 2);
}

static inline void hex_assert(const uint8_t *got, size_t len, const char *want)
{
    uint8_t bytes[256];
    const jeton_span wanted = hex_parse(jeton_str(want), bytes, sizeof bytes);
    assert_int_equal(len, wanted.len);
    assert_memory_equal(got, wanted.ptr, len);
}

#endif
