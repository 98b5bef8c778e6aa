/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws_form.h - the three serializations of a JWS (RFC 7515 §7) as one thing: its segments,
 * still encoded. What they say is not looked at here. */
#ifndef JT_TOKEN_JWS_FORM_H
#define JT_TOKEN_JWS_FORM_H

#include "core/limits.h"
#include "json/tree.h"

#include <jeton/jws.h>

typedef struct jt_jws_parts {
    jeton_jws_form form;
    bool has_payload;   /* false only where a JSON form has no such member */
    jeton_span payload; /* as it stands there: base64url, or what "b64":false is about */
    size_t count;
    struct {
        jeton_span header;    /* the protected one, base64url; empty: none */
        const jt_val *open;   /* the unprotected one, an object; NULL: none */
        jeton_span signature; /* base64url */
    } at[JT_LIMIT_SIGNATURES];
} jt_jws_parts;

/* Finds the parts of a text and holds each against its limit, before anything is decoded. They are
 * borrowed from the text, or for the JSON forms from *copy and *pool, whose old content is lost.
 *
 * forms  JETON_JWS_… bits: others are JETON_E_SYNTAX
 *
 * JETON_E_LIMIT   something is too long, too deep or too many
 * JETON_E_SYNTAX  not of those forms: a member missing, of the wrong type, or of another form
 * JETON_E_NOMEM
 */
JETON_MUST jeton_status jt_jws_parts_parse(const jeton_limits *limits, unsigned forms,
                                           jeton_span text, jt_buf *copy, jt_buf *pool,
                                           jt_jws_parts *parts, jeton_err *err);

/* Adds them to *out in their form. JETON_E_SYNTAX: the payload is not UTF-8. JETON_E_NOMEM. */
JETON_MUST jeton_status jt_jws_parts_print(const jt_jws_parts *parts, jt_buf *out, jeton_err *err);

/* The JSON forms of both, for jws_form.c only. */
JETON_MUST jeton_status jt_jws_json_parse(const jt_val *root, unsigned forms, jt_jws_parts *parts,
                                          jeton_err *err);
JETON_MUST jeton_status jt_jws_json_print(const jt_jws_parts *parts, jt_buf *out, jeton_err *err);

#endif
