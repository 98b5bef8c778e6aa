/* SPDX-License-Identifier: Apache-2.0 */
/* core/utf8.c - the table of well-formed sequences (Unicode, table 3-7). */
#include "core/utf8.h"

#include "core/auto.h"

/* A first byte, what its second byte may be, and how many bytes follow; third and fourth bytes
 * are always 80 … BF. */
static const struct {
    uint8_t first_least, first_most, second_least, second_most;
    size_t following;
} forms[] = {
    {0x00, 0x7f, 0x00, 0x00, 0}, {0xc2, 0xdf, 0x80, 0xbf, 1}, {0xe0, 0xe0, 0xa0, 0xbf, 2},
    {0xe1, 0xec, 0x80, 0xbf, 2}, {0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2},
    {0xf0, 0xf0, 0x90, 0xbf, 3}, {0xf1, 0xf3, 0x80, 0xbf, 3}, {0xf4, 0xf4, 0x80, 0x8f, 3},
};

/* The length of the sequence at `at`, or 0 when there is none. */
static size_t sequence(const uint8_t *at, size_t left)
{
    size_t i = 0;
    while (i < JT_COUNT(forms) && (at[0] < forms[i].first_least || at[0] > forms[i].first_most))
        i++;
    if (i == JT_COUNT(forms) || left <= forms[i].following)
        return 0;
    const size_t following = forms[i].following;
    if (following > 0 && (at[1] < forms[i].second_least || at[1] > forms[i].second_most))
        return 0;
    for (size_t k = 2; k <= following; k++)
        if ((at[k] & 0xc0U) != 0x80U)
            return 0;
    return following + 1;
}

bool jt_is_utf8(jeton_span bytes)
{
    for (size_t at = 0; at < bytes.len;) {
        const size_t len = sequence(bytes.ptr + at, bytes.len - at);
        if (len == 0)
            return false;
        at += len;
    }
    return true;
}
