/* SPDX-License-Identifier: Apache-2.0 */
/* http/cookie.c - finds one cookie in a Cookie header; writes Set-Cookie. */
#include "http/cookie.h"

#include "core/auto.h"
#include "core/buf.h"
#include "core/err.h"

#include <inttypes.h>

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

static jeton_status print(const jd_cookie *cookie, jt_buf *to, jeton_err *err)
{
    JT_TRY(jt_buf_addf(to, err, "%s=", cookie->name));
    JT_TRY(jt_buf_add(to, cookie->value, err));
    JT_TRY(jt_buf_addf(to, err, "; Path=/; Max-Age=%" PRId64, cookie->max_age));
    JT_TRY(jt_buf_add(to, jeton_str(cookie->secure ? "; Secure" : ""), err));
    JT_TRY(jt_buf_add(to, jeton_str(cookie->http_only ? "; HttpOnly" : ""), err));
    return jt_buf_addf(to, err, "; SameSite=%s", cookie->same_site);
}

jeton_status jd_cookie_print(const jd_cookie *cookie, jt_arena *arena, const char **text,
                             jeton_err *err)
{
    *text = NULL;
    JT_AUTO(jt_buf_done) jt_buf made = jt_buf_init(NULL);
    if (!is_cookie_text(cookie->value))
        return jt_fail(err, JETON_E_ARGUMENT, "%s: not the text of a cookie", cookie->name);
    JT_TRY(print(cookie, &made, err));
    if (made.len > JD_COOKIE_MAX)
        return jt_fail(err, JETON_E_LIMIT, "%s is too long for a cookie", cookie->name);
    *text = jt_arena_text(arena, jt_buf_span(&made));
    return *text != NULL ? JETON_OK : jt_fail(err, JETON_E_NOMEM, "cookie");
}
