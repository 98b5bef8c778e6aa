/* SPDX-License-Identifier: Apache-2.0 */
/* token/compact.c - splits and decodes compact tokens. */
#include "token/compact.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "core/limits.h"
#include "json/json.h"

/* Takes the text up to the next dot off the front of *rest. False when there is no dot. */
static bool cut_at_dot(jeton_span *rest, jeton_span *segment)
{
    const uint8_t *dot = rest->len > 0 ? memchr(rest->ptr, '.', rest->len) : NULL;
    if (dot == NULL)
        return false;
    *segment = jeton_bytes(rest->ptr, (size_t)(dot - rest->ptr));
    *rest = jeton_bytes(dot + 1, rest->len - segment->len - 1);
    return true;
}

jeton_status jt_segments_hold(const jeton_limits *limits, const jt_segments *s, jeton_err *err)
{
    if (s->header.len > jt_base64url_chars(limits->header))
        return jt_fail(err, JETON_E_LIMIT, "header longer than %zu bytes", limits->header);
    if (s->payload.len > jt_base64url_chars(limits->payload))
        return jt_fail(err, JETON_E_LIMIT, "payload longer than %zu bytes", limits->payload);
    if (s->signature.len > jt_base64url_chars(JT_LIMIT_SIGNATURE))
        return jt_fail(err, JETON_E_LIMIT, "signature longer than %zu bytes", JT_LIMIT_SIGNATURE);
    return JETON_OK;
}

jeton_status jt_segments_find(const jeton_limits *limits, jeton_span token, jt_segments *segments,
                              jeton_err *err)
{
    *segments = (jt_segments){0};
    if (token.len > limits->token)
        return jt_fail(err, JETON_E_LIMIT, "token longer than %zu bytes", limits->token);

    jeton_span rest = token;
    jt_segments found = {0};
    if (!cut_at_dot(&rest, &found.header) || !cut_at_dot(&rest, &found.payload))
        return jt_fail(err, JETON_E_SYNTAX, "not three segments parted by dots");
    if (rest.len > 0 && memchr(rest.ptr, '.', rest.len) != NULL)
        return jt_fail(err, JETON_E_SYNTAX, "more than three segments: not a signed token");
    found.signature = rest;
    found.signed_part = jeton_bytes(token.ptr, found.header.len + 1 + found.payload.len);

    JT_TRY(jt_segments_hold(limits, &found, err));
    *segments = found;
    return JETON_OK;
}

/* Decodes one segment to *at and moves *at behind it. */
static bool decode(jeton_span segment, uint8_t **at, jeton_span *octets)
{
    *octets = jeton_bytes(*at, jt_base64url_bytes(segment.len));
    *at += octets->len;
    return jt_base64url_parse(segment, (uint8_t *)(uintptr_t)octets->ptr);
}

jeton_status jt_segments_decode(const jt_segments *segments, jt_buf *to, jt_octets *octets,
                                jeton_err *err)
{
    *octets = (jt_octets){0};
    const size_t payload_len = jt_base64url_bytes(segments->payload.len);
    const size_t total = jt_base64url_bytes(segments->header.len) + JT_JSON_PADDING + payload_len +
                         jt_base64url_bytes(segments->signature.len) + payload_len +
                         JT_JSON_PADDING; /* each is below its limit: this cannot overflow */
    to->len = 0;
    JT_TRY(jt_buf_reserve(to, total, err));

    uint8_t *at = to->ptr;
    jeton_span header;
    jt_octets made = {.header = at};
    if (!decode(segments->header, &at, &header))
        return jt_fail(err, JETON_E_ENCODING, "the header is not canonical base64url");
    at += JT_JSON_PADDING;
    if (!decode(segments->payload, &at, &made.payload))
        return jt_fail(err, JETON_E_ENCODING, "the payload is not canonical base64url");
    if (!decode(segments->signature, &at, &made.signature))
        return jt_fail(err, JETON_E_ENCODING, "the signature is not canonical base64url");
    made.header_len = header.len;
    made.claims = at;
    if (payload_len > 0)
        memcpy(at, made.payload.ptr, payload_len);
    *octets = made;
    return JETON_OK;
}
