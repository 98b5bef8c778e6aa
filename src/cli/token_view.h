/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_view.h - a token as far as it can be read: for looking at, never for deciding.
 *
 * Where a verifier refuses (padding, other alphabets, unused bits, what is not JSON) this reads on,
 * and remembers that it had to.
 */
#ifndef JD_CLI_TOKEN_VIEW_H
#define JD_CLI_TOKEN_VIEW_H

#include "core/buf.h"
#include "json/json.h"

#include <jeton/alg.h>

#define JD_TOKEN_PARTS 5U /* of an encrypted token; a signed one has three */

typedef struct jd_token_part {
    jeton_span text; /* as it stands in the token */
    jt_buf bytes;    /* decoded */
    bool decoded;    /* it could be */
    bool canonical;  /* as RFC 7515 §2 wants it */
    jt_json *json;   /* NULL: it is not JSON, and `why` says what is wrong */
    jeton_err why;
} jd_token_part;

typedef struct jd_token_view {
    jeton_span token;
    size_t count; /* of parts, also those beyond JD_TOKEN_PARTS */
    jd_token_part parts[JD_TOKEN_PARTS];
    jeton_time now;
    jeton_alg alg;         /* of the header, or JETON_ALG_UNSET */
    const jt_val *header;  /* the JSON objects, or NULL */
    const jt_val *payload; /* … of a token of three parts only */
} jd_token_view;

/* Reads a token, which is borrowed. Only want of memory is a failure: JETON_E_NOMEM.
 * jd_token_view_done() is safe whatever comes of it. */
JETON_MUST jeton_status jd_token_view_read(jeton_span token, jd_token_view *view, jeton_err *err);
void jd_token_view_done(jd_token_view *view);

/* Whether all of it could be read as it should be: a signed token, or the header of an encrypted
 * one. */
bool jd_token_view_is_whole(const jd_token_view *view);

/* A signed token has three parts, an encrypted one five (RFC 7516 §3.1). */
static inline bool jd_token_view_is_signed(const jd_token_view *view)
{
    return view->count == 3;
}

static inline bool jd_token_view_is_encrypted(const jd_token_view *view)
{
    return view->count == 5;
}

#endif
