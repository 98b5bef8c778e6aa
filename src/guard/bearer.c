/* SPDX-License-Identifier: Apache-2.0 */
/* guard/bearer.c - the Bearer scheme. */
#include "guard/bearer.h"

#include "core/auto.h"
#include "core/cut.h"
#include "core/scan.h"

#include <strings.h>

/* Python's str.split() parts at these, of what a header can hold. */
static bool is_blank(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

jt_bearer jt_bearer_find(jeton_span value, const char *scheme, jeton_span *token)
{
    const size_t len = strlen(scheme);
    const size_t skip = len > 0 ? len + 1 : 0;
    *token = jeton_str(NULL);
    if (value.len < len || strncasecmp((const char *)value.ptr, scheme, len) != 0 ||
        (value.len > len && len > 0 && value.ptr[len] != ' '))
        return JT_BEARER_OTHER;
    if (value.len < skip)
        return JT_BEARER_BAD;
    const jeton_span rest = jeton_bytes(value.ptr + skip, value.len - skip);
    if (rest.len == 0 || jt_has_below(rest, ' ' + 1))
        return JT_BEARER_BAD;
    *token = rest;
    return JT_BEARER_GOOD;
}

/* ---- lists, as Flask-JWT-Extended takes them ------------------------------------------------ */

/* The next word of *text, which moves behind it; empty when there is none. */
static jeton_span next_word(jeton_span *text)
{
    size_t from = 0;
    while (from < text->len && is_blank(text->ptr[from]))
        from++;
    size_t to = from;
    while (to < text->len && !is_blank(text->ptr[to]))
        to++;
    const jeton_span word = jeton_bytes(text->ptr + from, to - from);
    *text = jeton_bytes(text->ptr + to, text->len - to);
    return word;
}

/* The one word that `field` holds behind its scheme. */
static jt_bearer only_word(jeton_span field, jeton_span *token)
{
    const jeton_span word = next_word(&field);
    if (word.len == 0 || next_word(&field).len > 0)
        return JT_BEARER_BAD;
    *token = word;
    return JT_BEARER_GOOD;
}

jt_bearer jt_bearer_find_lax(jeton_span value, const char *scheme, jeton_span *token)
{
    jeton_span of_scheme = {0};
    size_t count = 0;
    *token = jeton_str(NULL);
    if (scheme[0] == '\0')
        return only_word(value, token);
    while (value.len > 0) {
        jeton_span field = jt_cut_before(&value, ',');
        if (!jeton_span_equal(next_word(&field), jeton_str(scheme)))
            continue;
        of_scheme = field;
        count++;
    }
    return count == 1 ? only_word(of_scheme, token) : JT_BEARER_OTHER;
}

/* ---- the challenge -------------------------------------------------------------------------- */

/* Cut, and what a quoted string cannot hold as it is (RFC 9110 §5.6.4) is replaced. */
static jeton_status add_quoted(jt_buf *to, const char *text, jeton_err *err)
{
    const size_t len = strnlen(text, JT_CHALLENGE_TEXT);
    JT_TRY(jt_buf_reserve(to, len, err));
    for (size_t i = 0; i < len; i++) {
        const bool is_plain = text[i] >= ' ' && text[i] < 0x7f && text[i] != '"' && text[i] != '\\';
        to->ptr[to->len++] = (uint8_t)(is_plain ? text[i] : '_');
    }
    return JETON_OK;
}

/* `begun`: something stands before it that it has to be parted from. */
static jeton_status add_text(jt_buf *to, bool *begun, const char *name, const char *text,
                             jeton_err *err)
{
    if (text == NULL)
        return JETON_OK;
    JT_TRY(jt_buf_addf(to, err, "%s%s=\"", *begun ? ", " : " ", name));
    JT_TRY(add_quoted(to, text, err));
    *begun = true;
    return jt_buf_add(to, jeton_str("\""), err);
}

/* Always behind an error. */
static jeton_status add_scopes(jt_buf *to, const char *const *scopes, jeton_err *err)
{
    if (scopes == NULL || scopes[0] == NULL)
        return JETON_OK;
    for (size_t i = 0; i < JT_CHALLENGE_SCOPES && scopes[i] != NULL; i++) {
        JT_TRY(jt_buf_add(to, jeton_str(i > 0 ? " " : ", scope=\""), err));
        JT_TRY(add_quoted(to, scopes[i], err));
    }
    return jt_buf_add(to, jeton_str("\""), err);
}

static jeton_status add_error(const jt_challenge *challenge, jt_buf *to, bool *begun,
                              jeton_err *err)
{
    if (challenge->error == NULL)
        return JETON_OK;
    JT_TRY(add_text(to, begun, "error", challenge->error, err));
    JT_TRY(add_text(to, begun, "error_description", challenge->description, err));
    JT_TRY(add_scopes(to, challenge->scopes, err));
    if (challenge->max_age == 0)
        return JETON_OK;
    return jt_buf_addf(to, err, ", max_age=\"%u\"", challenge->max_age);
}

jeton_status jt_challenge_print(const jt_challenge *challenge, jt_buf *to, jeton_err *err)
{
    bool begun = false;
    JT_TRY(jt_buf_add(to, jeton_str("Bearer"), err));
    JT_TRY(add_text(to, &begun, "realm", challenge->realm, err));
    JT_TRY(add_error(challenge, to, &begun, err));
    return add_text(to, &begun, "resource_metadata", challenge->resource_metadata, err);
}
