/* SPDX-License-Identifier: Apache-2.0 */
/* core/base64url_wide.c - base64url with byte shuffles: tables of sixteen entries that live in
 * registers. The ways of packing and unpacking are Wojciech Muła's. */
#include "core/base64url_wide.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <string.h>

#define WIDTH ((size_t)32) /* characters of a step */

#define EACH(byte) _mm256_set1_epi8((char)(byte))

/* A table of sixteen, for both halves of a register. */
#define TABLE(...) _mm256_broadcastsi128_si256(_mm_setr_epi8(__VA_ARGS__))

/* ---- parsing -------------------------------------------------------------------------------- */

/* The columns of ASCII that have letters in them, by a bit each: -, 0-9, A-O, P-Z and _, a-o, p-z.
 * Indexed by the upper half of a character. */
#define COLUMNS 0, 0, 1, 2, 4, 8, 16, 32, 0, 0, 0, 0, 0, 0, 0, 0

/* In which of those columns a row has a letter, indexed by the lower half. */
#define DIGITS (2 | 4 | 8 | 16 | 32)
#define ROWS                                                                                       \
    2 | 8 | 32, DIGITS, DIGITS, DIGITS, DIGITS, DIGITS, DIGITS, DIGITS, DIGITS, DIGITS,            \
        4 | 8 | 16 | 32, 4 | 16, 4 | 16, 1 | 4 | 16, 4 | 16, 4 | 8 | 16

/* What is added to a character of each column to have its value. */
#define OFFSETS 0, 0, 62 - '-', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0

/* The one character that does not go with its column. */
#define UNDERSCORE_MORE (63 - ('_' - 'A'))

/* The values of the characters, a byte each; *bad gets bits for those that are no letters. */
__attribute__((target("avx2"))) static __m256i values_of(__m256i chars, __m256i *bad)
{
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(chars, 4), EACH(15));
    const __m256i lower = _mm256_and_si256(chars, EACH(15));
    const __m256i column = _mm256_shuffle_epi8(TABLE(COLUMNS), upper);
    const __m256i row = _mm256_shuffle_epi8(TABLE(ROWS), lower);
    const __m256i none = _mm256_cmpeq_epi8(_mm256_and_si256(column, row), EACH(0));
    *bad = _mm256_or_si256(*bad, none);
    const __m256i more =
        _mm256_and_si256(_mm256_cmpeq_epi8(chars, EACH('_')), EACH(UNDERSCORE_MORE));
    const __m256i offset = _mm256_shuffle_epi8(TABLE(OFFSETS), upper);
    return _mm256_add_epi8(chars, _mm256_add_epi8(offset, more));
}

/* The bytes: pairs of values to 12 bits, pairs of those to 24, big end first. Each half of the
 * register has twelve, and four that are zero. */
__attribute__((target("avx2"))) static __m256i pack(__m256i values)
{
    const __m256i twelve = _mm256_maddubs_epi16(values, _mm256_set1_epi16(0x0140));
    const __m256i all = _mm256_madd_epi16(twelve, _mm256_set1_epi32(0x00011000));
    return _mm256_shuffle_epi8(all, TABLE(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
}

/* Stores twelve bytes and no more. */
__attribute__((target("avx2"))) static void store(__m128i half, uint8_t *to)
{
    const int64_t first = _mm_cvtsi128_si64(half);
    const int32_t last = _mm_extract_epi32(half, 2);
    memcpy(to, &first, sizeof first);
    memcpy(to + sizeof first, &last, sizeof last);
}

__attribute__((target("avx2"))) static bool parse(const uint8_t *at, size_t steps, uint8_t *to)
{
    __m256i bad = EACH(0);
    for (; steps > 0; steps--, at += WIDTH, to += WIDTH / 4 * 3) {
        const __m256i chars = _mm256_loadu_si256((const __m256i *)(const void *)at);
        const __m256i bytes = pack(values_of(chars, &bad));
        store(_mm256_castsi256_si128(bytes), to);
        store(_mm256_extracti128_si256(bytes, 1), to + WIDTH / 8 * 3);
    }
    return _mm256_movemask_epi8(bad) == 0;
}

size_t jt_base64url_parse_wide(const uint8_t *at, size_t len, uint8_t *to, bool *good)
{
    *good = true;
    if (!__builtin_cpu_supports("avx2"))
        return 0;
    *good = parse(at, len / WIDTH, to);
    return len / WIDTH * WIDTH;
}

/* ---- printing ------------------------------------------------------------------------------- */

#define BYTES  ((size_t)24) /* of a step, which gives WIDTH characters … */
#define LOADED ((size_t)28) /* … and reads that many */

/* The ranges of values by number: 0 is a-z, 1 to 10 the digits one by one, then - and _, 13 is
 * A-Z. What is added to a value of each to have its character. */
#define DIGIT ('0' - 52)
#define TO_CHARACTERS                                                                              \
    'a' - 26, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, '-' - 62,      \
        '_' - 63, 'A', 0, 0

/* Twelve bytes at the front of each half become sixteen values of six bits. */
__attribute__((target("avx2"))) static __m256i unpack(__m256i bytes)
{
    const __m256i in =
        _mm256_shuffle_epi8(bytes, TABLE(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
    const __m256i odd = _mm256_and_si256(in, _mm256_set1_epi32(0x0fc0fc00));
    const __m256i even = _mm256_and_si256(in, _mm256_set1_epi32(0x003f03f0));
    return _mm256_or_si256(_mm256_mulhi_epu16(odd, _mm256_set1_epi32(0x04000040)),
                           _mm256_mullo_epi16(even, _mm256_set1_epi32(0x01000010)));
}

__attribute__((target("avx2"))) static __m256i characters_of(__m256i values)
{
    const __m256i capital = _mm256_and_si256(_mm256_cmpgt_epi8(EACH(26), values), EACH(13));
    const __m256i range = _mm256_or_si256(_mm256_subs_epu8(values, EACH(51)), capital);
    return _mm256_add_epi8(values, _mm256_shuffle_epi8(TABLE(TO_CHARACTERS), range));
}

__attribute__((target("avx2"))) static size_t print(const uint8_t *at, size_t len, char *to)
{
    size_t done = 0;
    for (; len - done >= LOADED; done += BYTES, to += WIDTH) {
        const __m128i low = _mm_loadu_si128((const __m128i *)(const void *)(at + done));
        const __m128i high = _mm_loadu_si128((const __m128i *)(const void *)(at + done + 12));
        const __m256i chars = characters_of(unpack(_mm256_set_m128i(high, low)));
        _mm256_storeu_si256((__m256i *)(void *)to, chars);
    }
    return done;
}

size_t jt_base64url_print_wide(const uint8_t *at, size_t len, char *to)
{
    return __builtin_cpu_supports("avx2") ? print(at, len, to) : 0;
}

#else

size_t jt_base64url_parse_wide(const uint8_t *at, size_t len, uint8_t *to, bool *good)
{
    (void)at;
    (void)len;
    (void)to;
    *good = true;
    return 0;
}

size_t jt_base64url_print_wide(const uint8_t *at, size_t len, char *to)
{
    (void)at;
    (void)len;
    (void)to;
    return 0;
}

#endif
