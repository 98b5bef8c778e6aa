/* SPDX-License-Identifier: Apache-2.0 */
/* http/etag.c - lists of entity tags. */
#include "http/etag.h"

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static jeton_span trim(jeton_span text)
{
    for (; text.len > 0 && is_space(text.ptr[0]); text.ptr++)
        text.len--;
    while (text.len > 0 && is_space(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* Tags of ours hold no comma, so what others have in theirs cannot matter. */
bool jd_etag_is_listed(jeton_span list, jeton_span tag)
{
    while (list.len > 0) {
        const uint8_t *comma = memchr(list.ptr, ',', list.len);
        const size_t len = comma != NULL ? (size_t)(comma - list.ptr) : list.len;
        jeton_span one = trim(jeton_bytes(list.ptr, len));
        if (one.len > 2 && memcmp(one.ptr, "W/", 2) == 0)
            one = jeton_bytes(one.ptr + 2, one.len - 2);
        if (jeton_span_equal(one, jeton_str("*")) || jeton_span_equal(one, tag))
            return true;
        list = comma != NULL ? jeton_bytes(comma + 1, list.len - len - 1) : jeton_str(NULL);
    }
    return false;
}
