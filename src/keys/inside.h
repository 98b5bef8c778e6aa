/* SPDX-License-Identifier: Apache-2.0 */
/* keys/inside.h - what a key is inside, and the steps of making one: for keys/ only. */
#ifndef JT_KEYS_INSIDE_H
#define JT_KEYS_INSIDE_H

#include "core/limits.h"
#include "keys/key.h"
#include "keys/kty.h"
#include "keys/oct.h"
#include "json/tree.h"

#include <stdatomic.h>

struct jeton_key {
    atomic_size_t refs;
    const jeton_ctx *ctx;
    const jt_kty *kty;
    jeton_alg alg;         /* bound to it, or JETON_ALG_UNSET */
    bool has_key_ops;      /* then only these: */
    unsigned key_ops;      /* 1 << JT_OP_SIGN, 1 << JT_OP_VERIFY */
    jeton_text *kid, *use; /* NULL: not said */
    size_t x5c_count;
    jeton_text *x5c[JT_LIMIT_X5C]; /* its certificates, base64 */
    jeton_text *x5t;               /* the first one's SHA-256, base64url; NULL: not known */
    jt_pkey *pkey;                 /* the one … */
    jt_oct *oct;                   /* … or the other, as the type has it */
    _Atomic(uint8_t *) digest;     /* jt_key_digest(); NULL: not asked for yet */
};

/* An empty key of a type, to be filled. JETON_E_NOMEM. */
JETON_MUST jeton_status jt_key_new(const jeton_ctx *ctx, const jt_kty *kty, jeton_key **key,
                                   jeton_err *err);

/* Names it; an empty `kid` changes nothing. JETON_E_LIMIT: longer than JT_LIMIT_KID. */
JETON_MUST jeton_status jt_key_set_kid(jeton_key *key, jeton_span kid, jeton_err *err);

/* What it is for ("use"): as above. */
JETON_MUST jeton_status jt_key_set_use(jeton_key *key, jeton_span use, jeton_err *err);

/* Binds a filled key to an algorithm; JETON_ALG_UNSET changes nothing. JETON_E_KEY: it is not a
 * key for that. */
JETON_MUST jeton_status jt_key_bind(jeton_key *key, jeton_alg alg, jeton_err *err);

/* That a JWK has no member that is private in any type of key. JETON_E_KEY. */
JETON_MUST jeton_status jt_key_check_public(const jt_val *jwk, jeton_err *err);

/* jeton_key_parse() and jeton_key_print() without the text around. */
JETON_MUST jeton_status jt_key_from_val(const jeton_ctx *ctx, const jt_val *jwk, jeton_key **key,
                                        jeton_err *err);
JETON_MUST jeton_status jt_key_to_node(const jeton_key *key, jeton_key_part part, jt_tree *tree,
                                       jt_node **node, jeton_err *err);

#endif
