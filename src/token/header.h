/* SPDX-License-Identifier: Apache-2.0 */
/* token/header.h - the protected header of a token (RFC 7515 §4): what is read of it, and what it
 * may not say. */
#ifndef JT_TOKEN_HEADER_H
#define JT_TOKEN_HEADER_H

#include "core/buf.h"

#include <jeton/alg.h>

typedef struct jt_header {
    jeton_alg alg;  /* never JETON_ALG_UNSET after a good parse */
    jeton_span kid; /* empty: none */
    jeton_span typ; /* empty: none */
} jt_header;

/* Reads a header in place: `text` is overwritten, and must be followed by JT_JSON_PADDING bytes;
 * the spans point into it. `depth` is what it may nest. Keys and addresses in it (jwk, jku, x5c,
 * x5u) are never looked at.
 *
 * JETON_E_SYNTAX  not strict JSON
 * JETON_E_HEADER  not an object, or a member of the wrong type
 * JETON_E_ALG     "none", or an algorithm we do not know
 * JETON_E_CRIT    "crit" is there: we understand no extension (RFC 7515 §4.1.11)
 */
JETON_MUST jeton_status jt_header_parse(jt_buf *pool, unsigned depth, uint8_t *text, size_t len,
                                        jt_header *header, jeton_err *err);

/* A media type without the "application/" that RFC 7515 §4.1.9 lets writers leave out. */
jeton_span jt_media_type_short(jeton_span type);

/* Whether a "typ" is `want`, which is short: letters in any case, "application/" left out or not
 * (RFC 8725 §3.11). */
bool jt_media_type_is(jeton_span type, jeton_span want);

#endif
