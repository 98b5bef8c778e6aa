/* SPDX-License-Identifier: Apache-2.0 */
/* sys/typo.c - distance between two short names, row by row (optimal string alignment). */
#include "sys/typo.h"

#include "core/auto.h"

static uint8_t folded(uint8_t c)
{
    if (c == '_')
        return '-';
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static bool same(jeton_span a, size_t i, jeton_span b, size_t j)
{
    return folded(a.ptr[i]) == folded(b.ptr[j]);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

typedef unsigned row[JD_TYPO_LEN + 1];

/* The distances of the first i letters of `a` to each beginning of `b`; `one` and `two` are the
 * rows of i - 1 and i - 2 letters. */
static void fill(row to, const row one, const row two, jeton_span a, size_t i, jeton_span b)
{
    to[0] = (unsigned)i;
    for (size_t j = 1; j <= b.len; j++) {
        const unsigned changed = one[j - 1] + (same(a, i - 1, b, j - 1) ? 0 : 1);
        to[j] = least(changed, least(one[j], to[j - 1]) + 1);
        if (i > 1 && j > 1 && same(a, i - 1, b, j - 2) && same(a, i - 2, b, j - 1))
            to[j] = least(to[j], two[j - 2] + 1);
    }
}

unsigned jd_typo_distance(jeton_span a, jeton_span b)
{
    if (a.len > JD_TYPO_LEN || b.len > JD_TYPO_LEN)
        return JD_TYPO_LEN;
    row rows[3] = {{0}};
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++)
        fill(rows[i % 3], rows[(i + 2) % 3], rows[(i + 1) % 3], a, i, b);
    return rows[a.len % 3][b.len];
}

bool jd_typo_of(jeton_span given, jeton_span name, unsigned *distance)
{
    *distance = jd_typo_distance(given, name);
    return *distance <= 1 + name.len / 4;
}
