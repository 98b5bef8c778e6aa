/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fault/alloc.h - the calls that test_alloc.c drives: a table for each part of the library,
 * and what the calls need.
 *
 * Each call empties what it made, and says whether there was something.
 */
#ifndef JT_FAULT_ALLOC_H
#define JT_FAULT_ALLOC_H

#include <jeton.h>

#include "../unit/unit.h"

typedef struct alloc_call {
    const char *name; /* NULL ends a table */
    jeton_status (*call)(bool *had, jeton_err *err);
} alloc_call;

extern const alloc_call alloc_keys[], alloc_tokens[], alloc_jws[], alloc_guard[], alloc_segment[];

extern unit_heap heap;
extern jeton_ctx *ctx;

/* What calls need, made with all the memory in the world: a private key of each kind, and a token.
 */
extern struct alloc_given {
    jeton_key *key, *secret;
    jeton_keyset *keys;
    jeton_text *jwk, *jwks, *pem, *der, *sealed, *public_jwk, *token, *jws, *detached, *unsecured;
    jeton_claims *claims;
    jeton_signer *signer;
    jeton_verifier *verifier, *caching;
    jeton_segment *segment;
    jeton_guard *guard;
    jeton_issuer *issuer;
} given;

extern char alloc_segment_path[];
extern const jeton_token_defaults alloc_defaults;
extern const jeton_policy alloc_policy;

/* Two signatures, with everything a header can have. */
jeton_status alloc_make_jws(bool detached, jeton_text **text, jeton_err *err);

static inline bool had_key(jeton_key *key)
{
    const bool had = key != NULL;
    jeton_key_free(&key);
    return had;
}

static inline bool had_text(jeton_text *text)
{
    const bool had = text != NULL;
    jeton_text_free(&text);
    return had;
}

static inline bool had_keyset(jeton_keyset *set)
{
    const bool had = set != NULL;
    jeton_keyset_free(&set);
    return had;
}

#endif
