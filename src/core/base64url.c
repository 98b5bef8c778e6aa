/* SPDX-License-Identifier: Apache-2.0 */
/* core/base64url.c - base64url by table: four characters a step, errors gathered in the top bits.
 * Long texts are done by base64url_wide.c but for their end.
 */
#include "core/base64url.h"

#include "core/base64url_wide.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

#define BAD 0xffU

/* What each byte stands for; BAD is the only value with the top bits set. */
/* clang-format off */
static const uint8_t values[256] = {
#define B16 BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD,BAD
    B16, B16,
    BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD, BAD,  62, BAD, BAD,
     52,  53,  54,  55,  56,  57,  58,  59,  60,  61, BAD, BAD, BAD, BAD, BAD, BAD,
    BAD,   0,   1,   2,   3,   4,   5,   6,   7,   8,   9,  10,  11,  12,  13,  14,
     15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25, BAD, BAD, BAD, BAD,  63,
    BAD,  26,  27,  28,  29,  30,  31,  32,  33,  34,  35,  36,  37,  38,  39,  40,
     41,  42,  43,  44,  45,  46,  47,  48,  49,  50,  51, BAD, BAD, BAD, BAD, BAD,
    B16, B16, B16, B16, B16, B16, B16, B16,
#undef B16
};
/* clang-format on */

void jt_base64url_print(jeton_span bytes, char *to)
{
    const size_t done = jt_base64url_print_wide(bytes.ptr, bytes.len, to);
    const uint8_t *at = bytes.ptr + done;
    size_t left = bytes.len - done;
    to += jt_base64url_chars(done);
    for (; left >= 3; left -= 3, at += 3) {
        const uint32_t word = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
        *to++ = letters[word >> 18];
        *to++ = letters[word >> 12 & 63];
        *to++ = letters[word >> 6 & 63];
        *to++ = letters[word & 63];
    }
    if (left == 0)
        return;
    const uint32_t word = (uint32_t)at[0] << 16 | (left == 2 ? (uint32_t)at[1] << 8 : 0);
    *to++ = letters[word >> 18];
    *to++ = letters[word >> 12 & 63];
    if (left == 2)
        *to++ = letters[word >> 6 & 63];
}

/* The two or three characters of an incomplete group: all valid, and no bit set that the bytes
 * do not use. */
static bool parse_tail(const uint8_t *at, size_t left, uint8_t *to)
{
    if (left == 0)
        return true;
    if (left == 1)
        return false;
    const uint32_t a = values[at[0]];
    const uint32_t b = values[at[1]];
    const uint32_t c = left == 3 ? values[at[2]] : 0;
    const uint32_t word = a << 18 | b << 12 | c << 6;
    to[0] = (uint8_t)(word >> 16);
    if (left == 3)
        to[1] = (uint8_t)(word >> 8);
    const uint32_t unused = left == 3 ? word & 0xffU : word & 0xffffU;
    return ((a | b | c) & 0xc0U) == 0 && unused == 0;
}

bool jt_base64url_parse(jeton_span chars, uint8_t *to)
{
    bool good;
    const size_t done = jt_base64url_parse_wide(chars.ptr, chars.len, to, &good);
    const uint8_t *at = chars.ptr + done;
    to += jt_base64url_bytes(done);
    uint32_t seen = 0; /* the values of all characters, or-ed: a bad one shows in the top bits */
    size_t left = chars.len - done;
    for (; left >= 4; left -= 4, at += 4, to += 3) {
        const uint32_t a = values[at[0]];
        const uint32_t b = values[at[1]];
        const uint32_t c = values[at[2]];
        const uint32_t d = values[at[3]];
        seen |= a | b | c | d;
        const uint32_t word = a << 18 | b << 12 | c << 6 | d;
        to[0] = (uint8_t)(word >> 16);
        to[1] = (uint8_t)(word >> 8);
        to[2] = (uint8_t)word;
    }
    return good && (seen & 0xc0U) == 0 && parse_tail(at, left, to);
}
