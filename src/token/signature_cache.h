/* SPDX-License-Identifier: Apache-2.0 */
/* token/signature_cache.h - the cache of good signatures from the inside: what the search for a
 * token's key does with it. */
#ifndef JT_TOKEN_SIGNATURE_CACHE_H
#define JT_TOKEN_SIGNATURE_CACHE_H

#include "keys/key.h"

#include <jeton/signature_cache.h>

#include <stdbool.h>

/* What a signature is found by. */
#define JT_SIGNATURE_WORDS 2U
typedef struct jt_signature_tag {
    uint64_t words[JT_SIGNATURE_WORDS];
    uint64_t place;
} jt_signature_tag;

/* The tag of a signature that `key` may be verified with. False when it cannot be remembered: it is
 * by a secret, or there is no memory for the key's digest. */
bool jt_signature_tag_make(const jeton_signature_cache *cache, const jeton_key *key, jeton_alg alg,
                           jeton_span signed_part, jeton_span signature, jt_signature_tag *tag);

/* Whether it was remembered. In time that does not depend on how much of an entry is alike. */
bool jt_signature_cache_has(const jeton_signature_cache *cache, const jt_signature_tag *tag);

/* Remembers it: of a good signature only. */
void jt_signature_cache_add(const jeton_signature_cache *cache, const jt_signature_tag *tag);

/* Adds a reference; NULL is fine. */
jeton_signature_cache *jt_signature_cache_ref(const jeton_signature_cache *cache);

#endif
