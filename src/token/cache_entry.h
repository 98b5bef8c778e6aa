/* SPDX-License-Identifier: Apache-2.0 */
/* token/cache_entry.h - one accepted token as the cache remembers it: all in one block of memory
 * that points to nothing outside but the key, and never changes.
 */
#ifndef JT_TOKEN_CACHE_ENTRY_H
#define JT_TOKEN_CACHE_ENTRY_H

#include "token/policy.h"

#include <stdatomic.h>

typedef struct jt_cache_entry {
    uint64_t verifier; /* whose it is */
    jeton_span token;
    jt_window window;
    atomic_bool used;     /* found since room was last made: set by readers, relaxed */
    const jeton_key *key; /* borrowed from the keys the entry is found for alone; not looked at when
                             they have gone */
    const jt_val *claims;
    jeton_span payload;
    size_t size;
    struct jt_cache_entry *next; /* among the retired */
    uint64_t bytes[];            /* the token, the values, the payload, the text of the values */
} jt_cache_entry;

/* Bytes of memory that an entry will take. */
size_t jt_cache_entry_size(jeton_span token, const jeton_verdict *verdict);

/* Remembers what `verdict` has found in the token; NULL when there is no memory. */
jt_cache_entry *jt_cache_entry_new(const jeton_ctx *ctx, uint64_t verifier, jeton_span token,
                                   jt_window window, const jeton_verdict *verdict);

/* Wipes and frees: a token is as good as a password while it lives. */
void jt_cache_entry_free(const jeton_ctx *ctx, jt_cache_entry *entry);

/* Whether it is that verifier's, and the token is equal, byte for byte. In time that depends on the
 * lengths only. */
bool jt_cache_entry_is(const jt_cache_entry *entry, uint64_t verifier, jeton_span token);

#endif
