/* SPDX-License-Identifier: Apache-2.0 */
/* core/cut.h - parts of a text: up to a mark, and without what stands around it. */
#ifndef JT_CORE_CUT_H
#define JT_CORE_CUT_H

#include <jeton/span.h>

#include <stdbool.h>
#include <string.h>

/* What may stand around the values of HTTP headers (RFC 9110 §5.6.3, OWS). */
static inline bool jt_is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* What may stand around the text of a file, too. */
static inline bool jt_is_space(uint8_t c)
{
    return jt_is_blank(c) || c == '\r' || c == '\n';
}

/* Without the bytes at its end that `is` says yes to. */
static inline jeton_span jt_trim_end(jeton_span text, bool (*is)(uint8_t c))
{
    while (text.len > 0 && is(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* … and at its beginning. */
static inline jeton_span jt_trim(jeton_span text, bool (*is)(uint8_t c))
{
    while (text.len > 0 && is(text.ptr[0]))
        text = jeton_bytes(text.ptr + 1, text.len - 1);
    return jt_trim_end(text, is);
}

/* What stands before the first `mark`, or all of it; *rest moves behind the mark. Two marks in a
 * row part nothing from something: the empty text is a piece, too. */
static inline jeton_span jt_cut_before(jeton_span *rest, uint8_t mark)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->ptr, mark, rest->len) : NULL;
    const size_t len = end != NULL ? (size_t)(end - rest->ptr) : rest->len;
    const size_t used = end != NULL ? len + 1 : len;
    const jeton_span before = jeton_bytes(rest->ptr, len);
    *rest = jeton_bytes(rest->ptr + used, rest->len - used);
    return before;
}

#endif
