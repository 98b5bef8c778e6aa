/* SPDX-License-Identifier: Apache-2.0 */
/* token/compact.h - the compact serialization (RFC 7515 §3.1, §7.1): three segments and two dots.
 */
#ifndef JT_TOKEN_COMPACT_H
#define JT_TOKEN_COMPACT_H

#include "core/buf.h"

/* The segments as they came: base64url texts within the token. */
typedef struct jt_segments {
    jeton_span header, payload, signature;
    jeton_span signed_part; /* header.payload, what the signature is over (RFC 7515 §5.2 step 8) */
} jt_segments;

/* The decoded bytes, within the buffer they were decoded into. Header and claims are followed by
 * JT_JSON_PADDING bytes, ready to be parsed in place; `payload` is never changed. */
typedef struct jt_octets {
    uint8_t *header;
    size_t header_len;
    uint8_t *claims; /* a second copy of the payload */
    jeton_span payload, signature;
} jt_octets;

/* Finds the segments and holds each against its limit, before anything is decoded.
 *
 * JETON_E_LIMIT   the token or a segment is too long
 * JETON_E_SYNTAX  not three segments
 */
JETON_MUST jeton_status jt_segments_find(const jeton_limits *limits, jeton_span token,
                                         jt_segments *segments, jeton_err *err);

/* Holds header, payload and signature against their limits. JETON_E_LIMIT. */
JETON_MUST jeton_status jt_segments_hold(const jeton_limits *limits, const jt_segments *s,
                                         jeton_err *err);

/* Decodes all three into *to, whose old content is lost. JETON_E_ENCODING, JETON_E_NOMEM. */
JETON_MUST jeton_status jt_segments_decode(const jt_segments *segments, jt_buf *to,
                                           jt_octets *octets, jeton_err *err);

#endif
