/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws_form.c - which form a text is in, the compact one, and the limits of all. */
#include "token/jws_form.h"

#include "core/auto.h"
#include "core/err.h"
#include "token/compact.h"

/* ---- reading -------------------------------------------------------------------------------- */

static bool is_space(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* A compact text has neither white space nor braces, so there is nothing to guess. */
static bool is_json(jeton_span text)
{
    size_t at = 0;
    while (at < text.len && is_space(text.ptr[at]))
        at++;
    return at < text.len && text.ptr[at] == '{';
}

static jeton_status parse_compact(const jeton_limits *limits, jeton_span text, jt_jws_parts *parts,
                                  jeton_err *err)
{
    jt_segments segments;
    JT_TRY(jt_segments_find(limits, text, &segments, err));
    *parts = (jt_jws_parts){
        .form = JETON_JWS_COMPACT, .has_payload = true, .payload = segments.payload, .count = 1};
    parts->at[0].header = segments.header;
    parts->at[0].signature = segments.signature;
    return JETON_OK;
}

static jeton_status parse_json(const jeton_limits *limits, unsigned forms, jeton_span text,
                               jt_buf *copy, jt_buf *pool, jt_jws_parts *parts, jeton_err *err)
{
    const jt_val *root;
    copy->len = 0;
    JT_TRY(jt_buf_reserve(copy, text.len + JT_JSON_PADDING, err));
    memcpy(copy->ptr, text.ptr, text.len);
    copy->len = text.len;
    JT_TRY(jt_json_parse_into(pool, limits->depth, copy->ptr, text.len, &root, err));
    JT_TRY(jt_jws_json_parse(root, forms, parts, err));
    for (size_t i = 0; i < parts->count; i++) {
        const jt_segments segments = {.header = parts->at[i].header,
                                      .payload = parts->payload,
                                      .signature = parts->at[i].signature};
        JT_TRY(jt_segments_hold(limits, &segments, err));
    }
    return JETON_OK;
}

jeton_status jt_jws_parts_parse(const jeton_limits *limits, unsigned forms, jeton_span text,
                                jt_buf *copy, jt_buf *pool, jt_jws_parts *parts, jeton_err *err)
{
    *parts = (jt_jws_parts){0};
    if (text.len > limits->token)
        return jt_fail(err, JETON_E_LIMIT, "JWS longer than %zu bytes", limits->token);
    const bool json = is_json(text);
    if (!json && (forms & JETON_JWS_COMPACT) == 0)
        return jt_fail(err, JETON_E_SYNTAX, "not a JWS in a JSON form");
    if (json && (forms & (JETON_JWS_FLATTENED | JETON_JWS_GENERAL)) == 0)
        return jt_fail(err, JETON_E_SYNTAX, "not a JWS in the compact form");

    jt_jws_parts found;
    JT_TRY(json ? parse_json(limits, forms, text, copy, pool, &found, err)
                : parse_compact(limits, text, &found, err));
    *parts = found;
    return JETON_OK;
}

/* ---- printing ------------------------------------------------------------------------------- */

static jeton_status print_compact(const jt_jws_parts *parts, jt_buf *out, jeton_err *err)
{
    JT_TRY(jt_buf_add(out, parts->at[0].header, err));
    JT_TRY(jt_buf_add(out, jeton_str("."), err));
    JT_TRY(jt_buf_add(out, parts->payload, err));
    JT_TRY(jt_buf_add(out, jeton_str("."), err));
    return jt_buf_add(out, parts->at[0].signature, err);
}

jeton_status jt_jws_parts_print(const jt_jws_parts *parts, jt_buf *out, jeton_err *err)
{
    return parts->form == JETON_JWS_COMPACT ? print_compact(parts, out, err)
                                            : jt_jws_json_print(parts, out, err);
}
