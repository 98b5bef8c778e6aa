/* SPDX-License-Identifier: Apache-2.0 */
/* api/plain_path.c - a path with one meaning. */
#include "api/verify_rules.h"
#include "core/err.h"
#include "core/hex.h"

/* What may stand for itself in a segment. */
static bool is_plain(uint8_t c)
{
    return c > 0x20 && c != 0x7f && c != '\\' && c != '%' && c != ';' && c != '#';
}

/* One character, taken off the text; encoded it must not be one that parts segments. */
static bool take_char(jeton_span *rest, uint8_t *c)
{
    size_t len = 1;
    *c = rest->ptr[0];
    if (*c == '%') {
        const int byte = rest->len > 2 ? jt_hex_byte(jt_hex_digit, rest->ptr + 1) : -1;
        if (byte < 0)
            return false;
        len = 3;
        *c = (uint8_t)byte;
        if (*c == '/' || (*c != ' ' && !is_plain(*c)))
            return false;
    } else if (!is_plain(*c)) {
        return false;
    }
    *rest = jeton_bytes(rest->ptr + len, rest->len - len);
    return true;
}

/* Decoded text of which each segment is a name: only the last may be empty. */
static bool has_plain_segments(jeton_span path)
{
    size_t begin = 1;
    for (size_t i = 1; i <= path.len; i++) {
        if (i < path.len && path.ptr[i] != '/')
            continue;
        const size_t len = i - begin;
        const uint8_t *at = path.ptr + begin;
        if ((len == 0 && i < path.len) || (len == 1 && at[0] == '.') ||
            (len == 2 && at[0] == '.' && at[1] == '.'))
            return false;
        begin = i + 1;
    }
    return true;
}

jeton_status jd_plain_path(jeton_span target, jt_arena *arena, jeton_span *path, jeton_err *err)
{
    static const char why[] = "the path of the request behind this one could be misread";
    *path = jeton_str(NULL);
    const uint8_t *query = target.len > 0 ? memchr(target.ptr, '?', target.len) : NULL;
    jeton_span rest =
        jeton_bytes(target.ptr, query != NULL ? (size_t)(query - target.ptr) : target.len);
    if (rest.len == 0 || rest.ptr[0] != '/')
        return jt_fail(err, JETON_E_SCOPE, "%s", why);
    uint8_t *plain = jt_arena_alloc(arena, rest.len);
    if (plain == NULL)
        return jt_fail(err, JETON_E_NOMEM, "path");
    size_t len = 0;
    while (rest.len > 0)
        if (!take_char(&rest, &plain[len++]))
            return jt_fail(err, JETON_E_SCOPE, "%s", why);
    if (!has_plain_segments(jeton_bytes(plain, len)))
        return jt_fail(err, JETON_E_SCOPE, "%s", why);
    *path = jeton_bytes(plain, len);
    return JETON_OK;
}
