/* SPDX-License-Identifier: Apache-2.0 */
/* guard/query.c - percent-encoded pairs, one of which is looked for. */
#include "guard/query.h"

#include "core/auto.h"
#include "core/cut.h"
#include "core/err.h"
#include "core/hex.h"

int jt_query_byte(jeton_span text, size_t *at)
{
    const uint8_t c = text.ptr[(*at)++];
    if (c == '+')
        return ' ';
    if (c != '%')
        return c >= ' ' && c != 0x7f ? c : -1;
    if (text.len - *at < 2)
        return -1;
    const int byte = jt_hex_byte(jt_hex_digit, text.ptr + *at);
    *at += 2;
    return byte > 0 ? byte : -1;
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

static jeton_status find(jeton_span text, jeton_span wanted, jt_buf *to, size_t *count,
                         jeton_span *value, jeton_err *err)
{
    while (text.len > 0) {
        jeton_span rest = jt_cut_before(&text, '&');
        jeton_span name;
        jeton_span found;
        JT_TRY(decode(jt_cut_before(&rest, '='), to, &name, err));
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
