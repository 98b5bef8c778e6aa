/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws_making.h - a JWS being made, in its steps: for jws_sign.c, which has all of the
 * payload, and jws_stream.c, which never has. */
#ifndef JT_TOKEN_JWS_MAKING_H
#define JT_TOKEN_JWS_MAKING_H

#include "core/limits.h"
#include "json/json.h"

#include <jeton/jws.h>

typedef struct jt_jws_making {
    const jeton_ctx *ctx;
    jeton_jws_options options; /* complete: the form is one */
    size_t count;
    struct {
        jeton_key *key;
        jeton_alg alg;
        jt_buf header;    /* the protected one, base64url */
        jt_json *open;    /* the unprotected one; NULL: none */
        jt_buf signature; /* base64url */
    } at[JT_LIMIT_SIGNATURES];
} jt_jws_making;

/* Everything but the signatures. Outcomes as jeton_jws_sign() has them. *making is the caller's:
 * jt_jws_making_free(). */
JETON_MUST jeton_status jt_jws_making_new(const jeton_ctx *ctx,
                                          const jeton_jws_signature *signatures, size_t count,
                                          const jeton_jws_options *options, jt_jws_making **making,
                                          jeton_err *err);
void jt_jws_making_free(jt_jws_making **making);

/* Keeps signature i, which is `len` bytes. JETON_E_NOMEM. */
JETON_MUST jeton_status jt_jws_making_put(jt_jws_making *making, size_t i, const uint8_t *signature,
                                          size_t len, jeton_err *err);

/* Writes it down; all signatures are there. `payload` as it stands in the text, and not at all when
 * it is detached. JETON_E_LIMIT: too long for a verifier. JETON_E_SYNTAX, JETON_E_NOMEM. */
JETON_MUST jeton_status jt_jws_making_print(const jt_jws_making *making, jeton_span payload,
                                            jeton_text **text, jeton_err *err);

#endif
