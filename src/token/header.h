/* SPDX-License-Identifier: Apache-2.0 */
/* token/header.h - the header of a token (RFC 7515 §4): what is read of it, and what it may not
 * say. */
#ifndef JT_TOKEN_HEADER_H
#define JT_TOKEN_HEADER_H

#include "json/json.h"

#include <jeton/alg.h>

typedef struct jt_header {
    jeton_alg alg;  /* never JETON_ALG_UNSET after a good parse */
    jeton_span kid; /* empty: none */
    jeton_span typ; /* empty: none; always a protected one */
    jeton_span x5t; /* "x5t#S256" where there is no kid, or empty */
    bool unencoded; /* "b64": false (RFC 7797); never true where it is not taken */
} jt_header;

/* What a reader takes beyond the usual. */
enum {
    JT_TAKES_UNENCODED = 1,       /* the extension b64 */
    JT_TAKES_UNPROTECTED_ALG = 2, /* "alg" in the unprotected header */
};

/* Reads a header in place: `text` is overwritten, and must be followed by JT_JSON_PADDING bytes;
 * the spans point into it. `depth` is what it may nest. Keys and addresses in it (jwk, jku, x5c,
 * x5u) are never looked at: x5t#S256 only names a key of ours, as kid does.
 *
 * JETON_E_SYNTAX  not strict JSON
 * JETON_E_HEADER  not an object, or a member of the wrong type
 * JETON_E_ALG     "none", or an algorithm we do not know
 * JETON_E_CRIT    "crit" is there: we understand no extension (RFC 7515 §4.1.11)
 */
JETON_MUST jeton_status jt_header_parse(jt_buf *pool, unsigned depth, uint8_t *text, size_t len,
                                        jt_header *header, jeton_err *err);

/* Reads a header of two halves (RFC 7515 §7.2.1): names in one may not be in the other. Each is an
 * object, or NULL when it is not there; spans are borrowed from them. `takes` is JT_TAKES_… flags.
 *
 * JETON_E_HEADER  a member of the wrong type, or in the wrong half
 * JETON_E_ALG     as above
 * JETON_E_CRIT    "crit" demands what is not taken, or is not as RFC 7515 §4.1.11 has it; b64 that
 *                 "crit" does not speak of
 * JETON_E_LIMIT   kid too long, or more than JT_LIMIT_MEMBERS unprotected members
 */
JETON_MUST jeton_status jt_header_read(const jt_val *guarded, const jt_val *open, unsigned takes,
                                       jt_header *header, jeton_err *err);

/* Whether a protected header says that the payload is not encoded; this alone does not make it
 * right. */
bool jt_header_says_unencoded(const jt_val *guarded);

/* Reads the header of a token without signature: its "alg" is "none", and no extension is
 * demanded. JETON_E_HEADER, JETON_E_ALG, JETON_E_CRIT. */
JETON_MUST jeton_status jt_header_is_unsecured(const jt_val *header, jeton_err *err);

/* A media type without the "application/" that RFC 7515 §4.1.9 lets writers leave out. */
jeton_span jt_media_type_short(jeton_span type);

/* Whether a "typ" is `want`, which is short: letters in any case, "application/" left out or not
 * (RFC 8725 §3.11). The empty text is no type, whoever wants it. */
bool jt_media_type_is(jeton_span type, jeton_span want);

#endif
