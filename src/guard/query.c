/* SPDX-License-Identifier: Apache-2.0 */
/* guard/query.c - percent-encoded pairs, one of which is looked for. */
#include "guard/query.h"

#include "core/auto.h"
#include "core/err.h"

/* The value of a hex digit, or 16. */
static unsigned hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const uint8_t lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10U : 16U;
}

int jt_query_byte(jeton_span text, size_t *at)
{
    const uint8_t c = text.ptr[(*at)++];
    if (c == '+')
        return ' ';
    if (c != '%')
        return c >= ' ' && c != 0x7f ? c : -1;
    if (text.len - *at < 2)
        return -1;
    const unsigned high = hex_digit(text.ptr[*at]);
    const unsigned low = hex_digit(text.ptr[*at + 1]);
    *at += 2;
    const unsigned byte = high << 4 | low;
    return high < 16 && low < 16 && byte != 0 ? (int)byte : -1;
}

/* Decodes to the end of *to, which has room. */
static jeton_status decode(jeton_span text, jt_buf *to, jeton_span *decoded, jeton_err *err)
{
    const size_t from = to->len;
    for (size_t at = 0; at < text.len;) {
        const int byte = jt_query_byte(text, &at);
        if (byte < 0)
            return jt_fail(err, JETON_E_REQUEST, "a character is not encoded as it must be");
        to->ptr[to->len++] = (uint8_t)byte;
    }
    *decoded = jeton_bytes(to->ptr + from, to->len - from);
    return JETON_OK;
}

static jeton_span cut_before(jeton_span *rest, uint8_t mark)
{
    const uint8_t *end = rest->len > 0 ? memchr(rest->ptr, mark, rest->len) : NULL;
    const size_t len = end != NULL ? (size_t)(end - rest->ptr) : rest->len;
    const size_t used = end != NULL ? len + 1 : len;
    const jeton_span before = jeton_bytes(rest->ptr, len);
    *rest = jeton_bytes(rest->ptr + used, rest->len - used);
    return before;
}

static jeton_status find(jeton_span text, jeton_span wanted, jt_buf *to, size_t *count,
                         jeton_span *value, jeton_err *err)
{
    while (text.len > 0) {
        jeton_span rest = cut_before(&text, '&');
        jeton_span name;
        jeton_span found;
        JT_TRY(decode(cut_before(&rest, '='), to, &name, err));
        JT_TRY(decode(rest, to, &found, err));
        if (jeton_span_equal(name, wanted) && (*count)++ == 0)
            *value = found;
    }
    return JETON_OK;
}

jeton_status jt_query_find(jeton_span text, const char *name, jt_buf *to, size_t *count,
                           jeton_span *value, jeton_err *err)
{
    size_t times = 0;
    jeton_span first = {0};
    *count = 0;
    *value = first;
    to->len = 0;
    JT_TRY(jt_buf_reserve(to, text.len, err)); /* nothing moves from here on */
    JT_TRY(find(text, jeton_str(name), to, &times, &first, err));
    *count = times;
    *value = first;
    return JETON_OK;
}
