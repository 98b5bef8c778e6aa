/* SPDX-License-Identifier: Apache-2.0 */
/* http/cookie.c - finds one cookie in a Cookie header. */
#include "http/cookie.h"

static jeton_span trimmed(jeton_span text)
{
    while (text.len > 0 && (text.ptr[0] == ' ' || text.ptr[0] == '\t'))
        text = jeton_bytes(text.ptr + 1, text.len - 1);
    while (text.len > 0 && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    return text;
}

/* RFC 6265 §4.1.1 cookie-octet, and the quote, which may stand around a value. */
static bool is_cookie_text(jeton_span value)
{
    for (size_t i = 0; i < value.len; i++) {
        const uint8_t c = value.ptr[i];
        if (c <= ' ' || c >= 0x7f || c == ',' || c == ';' || c == '\\')
            return false;
    }
    return true;
}

/* The first piece of *rest up to its ";"; *rest moves behind it. */
static jeton_span next_piece(jeton_span *rest)
{
    const uint8_t *end = memchr(rest->ptr, ';', rest->len);
    const size_t len = end != NULL ? (size_t)(end - rest->ptr) : rest->len;
    const size_t used = end != NULL ? len + 1 : len;
    const jeton_span piece = jeton_bytes(rest->ptr, len);
    *rest = jeton_bytes(rest->ptr + used, rest->len - used);
    return piece;
}

/* Whether the piece is a cookie of that name; if so, `value` gets what it holds. */
static bool is_cookie(jeton_span piece, const char *name, jeton_span *value)
{
    const uint8_t *equals = piece.len > 0 ? memchr(piece.ptr, '=', piece.len) : NULL;
    if (equals == NULL)
        return false;
    const size_t name_len = (size_t)(equals - piece.ptr);
    if (!jeton_span_equal(trimmed(jeton_bytes(piece.ptr, name_len)), jeton_str(name)))
        return false;
    const jeton_span text = trimmed(jeton_bytes(equals + 1, piece.len - name_len - 1));
    *value = is_cookie_text(text) ? text : (jeton_span){0};
    return true;
}

size_t jd_cookie_find(jeton_span header, const char *name, jeton_span *value)
{
    size_t count = 0;
    *value = (jeton_span){0};
    while (header.len > 0) {
        jeton_span held;
        const jeton_span piece = next_piece(&header);
        if (is_cookie(piece, name, &held) && count++ == 0)
            *value = held;
    }
    return count;
}
