/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws_inside.h - what the result of a verification is inside, and its steps: for the files
 * jws_verify.c, which has all of the payload, and jws_stream.c, which never has.
 *
 *   jt_jws_open()    the text is well-formed, and what its headers say is known
 *   (the caller)     each signature whose err.status is JETON_OK: whose it is, or why not
 *   jt_jws_judge()   whether that is enough
 */
#ifndef JT_TOKEN_JWS_INSIDE_H
#define JT_TOKEN_JWS_INSIDE_H

#include "token/header.h"
#include "token/jws_form.h"

/* One signature. */
typedef struct jt_signature {
    jt_buf bytes, pool;   /* what the spans below point into */
    jeton_span guarded;   /* the protected header as it was signed; empty: none */
    jeton_span signature; /* decoded */
    jt_header header;
    jt_buf open;          /* the unprotected header, printed when it is accepted */
    const jeton_key *key; /* whose it is; NULL: not good */
    jeton_err err;        /* why it is not good */
} jt_signature;

struct jeton_jws {
    const jeton_ctx *ctx;
    jeton_keyset *keys;
    jt_buf text, pool;  /* a JSON form, read */
    jt_jws_parts parts; /* of the compact form, borrowed from the text while that is there */
    bool unencoded;     /* "b64":false, in every header */
    jt_buf payload;     /* decoded, unless it was detached */
    size_t count;
    jt_signature at[JT_LIMIT_SIGNATURES]; /* the first `count` of them */
};

/* Reads a text up to its headers. Signatures whose header is not acceptable have their err.
 * `detached`: whether the payload comes in another way. Outcomes as jeton_jws_verify() has them. */
JETON_MUST jeton_status jt_jws_open(const jeton_ctx *ctx, const jeton_keyset *keys,
                                    const jeton_jws_policy *policy, jeton_span text, bool detached,
                                    jeton_jws **jws, jeton_err *err);

/* The last step about one signature: `key` is whose it is, and "typ" is what the policy wants. */
void jt_jws_accept(const jeton_jws_policy *policy, jt_signature *signature, const jeton_key *key);

/* Whether the policy is met. */
JETON_MUST jeton_status jt_jws_judge(const jeton_jws_policy *policy, jeton_jws *jws,
                                     jeton_err *err);

/* The policy, or {0} for NULL. */
const jeton_jws_policy *jt_jws_policy(const jeton_jws_policy *policy);

/* Adds base64url of `bytes`. */
JETON_MUST jeton_status jt_jws_encode(jt_buf *to, jeton_span bytes, jeton_err *err);

#endif
