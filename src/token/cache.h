/* SPDX-License-Identifier: Apache-2.0 */
/* token/cache.h - the verdict cache from the inside: what a verifier and a verdict do with it.
 */
#ifndef JT_TOKEN_CACHE_H
#define JT_TOKEN_CACHE_H

#include "token/policy.h"

#include <jeton/cache.h>

/* A verifier's part in a cache. {0}: none. */
typedef struct jt_cache_use {
    jeton_cache *cache;
    uint64_t id; /* given to no other use of the cache, ever */
} jt_cache_use;

/* Begins with the cache (NULL: none); ends what was before. Ending takes everything out of the
 * cache that the use had put in; no verification may be under way. */
void jt_cache_begin(jt_cache_use *use, const jeton_cache *cache);
void jt_cache_end(jt_cache_use *use);

/* The same use with other keys: what is stored with one number is found with that one only. For a
 * verifier whose keys change while it lives; the numbers are below 2^24. Lives as long as `use`. */
#define JT_CACHE_USE_BITS 40U
static inline jt_cache_use jt_cache_keyed(const jt_cache_use *use, uint64_t keys)
{
    return (jt_cache_use){.cache = use->cache, .id = use->id | keys << JT_CACHE_USE_BITS};
}

/* Looks for the token. When it is there and good now, by the clock of `ctx`, the verdict is given
 * key, claims and payload: what jt_jws_verify() and jt_policy_check() would have found. */
bool jt_cache_find(const jt_cache_use *use, const jeton_ctx *ctx, jeton_span token,
                   jeton_verdict *verdict);

/* Remembers a token in which the verdict has found key, claims and payload, `now` and for as long
 * as its window says. Or does not: it is too large, another thread is in the way, there is no
 * memory. */
void jt_cache_store(const jt_cache_use *use, jeton_span token, jt_window window, jeton_time now,
                    const jeton_verdict *verdict);

/* The verdict lets go of what it was given; ends its part in a cache. */
void jt_cache_leave(jeton_verdict *verdict);

#endif
