/* SPDX-License-Identifier: Apache-2.0 */
/* guard/cookie.c - finds one cookie in a Cookie header; writes Set-Cookie. */
#include "guard/cookie.h"

#include "core/auto.h"
#include "core/cut.h"
#include "core/err.h"

#include <inttypes.h>

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

/* Whether the piece is a cookie of that name; if so, `value` gets what it holds. */
static bool is_cookie(jeton_span piece, jeton_span name, jeton_span *value)
{
    const uint8_t *equals = piece.len > 0 ? memchr(piece.ptr, '=', piece.len) : NULL;
    if (equals == NULL)
        return false;
    const size_t name_len = (size_t)(equals - piece.ptr);
    if (!jeton_span_equal(jt_trim(jeton_bytes(piece.ptr, name_len), jt_is_blank), name))
        return false;
    const jeton_span text = jt_trim(jeton_bytes(equals + 1, piece.len - name_len - 1), jt_is_blank);
    *value = is_cookie_text(text) ? text : (jeton_span){0};
    return true;
}

size_t jt_cookie_find(jeton_span header, const char *name, jeton_span *value)
{
    const jeton_span wanted = jeton_str(name);
    size_t count = 0;
    *value = (jeton_span){0};
    while (header.len > 0) {
        jeton_span held;
        const jeton_span piece = jt_cut_before(&header, ';');
        if (is_cookie(piece, wanted, &held) && count++ == 0)
            *value = held;
    }
    return count;
}

static jeton_status add_attribute(jt_buf *to, const char *name, const char *value, jeton_err *err)
{
    return value == NULL ? JETON_OK : jt_buf_addf(to, err, "; %s=%s", name, value);
}

static jeton_status add_flag(jt_buf *to, const char *name, bool on, jeton_err *err)
{
    return on ? jt_buf_addf(to, err, "; %s", name) : JETON_OK;
}

static jeton_status print(const jt_cookie *cookie, jt_buf *to, jeton_err *err)
{
    JT_TRY(jt_buf_addf(to, err, "%s=", cookie->name));
    JT_TRY(jt_buf_add(to, cookie->value, err));
    JT_TRY(add_attribute(to, "Path", cookie->path, err));
    JT_TRY(add_attribute(to, "Domain", cookie->domain, err));
    if (cookie->max_age >= 0)
        JT_TRY(jt_buf_addf(to, err, "; Max-Age=%" PRId64, cookie->max_age));
    JT_TRY(add_flag(to, "Secure", cookie->secure, err));
    JT_TRY(add_flag(to, "HttpOnly", cookie->http_only, err));
    return add_attribute(to, "SameSite", cookie->same_site, err);
}

jeton_status jt_cookie_print(const jt_cookie *cookie, jt_buf *to, jeton_err *err)
{
    const size_t before = to->len;
    if (!is_cookie_text(cookie->value))
        return jt_fail(err, JETON_E_ARGUMENT, "%s: not the text of a cookie", cookie->name);
    JT_TRY(print(cookie, to, err));
    if (to->len - before > JT_COOKIE_MAX)
        return jt_fail(err, JETON_E_LIMIT, "%s is too long for a cookie", cookie->name);
    return JETON_OK;
}

bool jt_is_http_name(const char *name)
{
    for (const char *c = name; *c != '\0'; c++)
        if (*c <= ' ' || *c >= 0x7f || strchr("()<>@,;:\\\"/[]?={}", *c) != NULL)
            return false;
    return name[0] != '\0';
}

bool jt_is_attribute(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c >= 0x7f || *c == ';')
            return false;
    return true;
}
