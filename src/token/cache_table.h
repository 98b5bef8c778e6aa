/* SPDX-License-Identifier: Apache-2.0 */
/* token/cache_table.h - what a cache is inside: for token/cache*.c only.
 *
 * A table of sets, each one cache line with a few ways; a way is a pointer to an entry and a tag, a
 * few bits of its hash, so that a search reads one line and then, as a rule, one entry or none.
 * Which set a token may be in is told by its end, under a secret; that it is the same token, by all
 * its bytes.
 *
 * Readers take no lock (token/hazard.h). A set belongs to a shard, and who changes it has the
 * shard's lock. Memory is counted for the whole cache, from before an entry is made until it has
 * been freed, so that the limits hold however many readers hold on to what was taken out.
 */
#ifndef JT_TOKEN_CACHE_TABLE_H
#define JT_TOKEN_CACHE_TABLE_H

#include "token/cache.h"
#include "token/cache_entry.h"
#include "token/hazard.h"

#include <pthread.h>
#include <stdalign.h>

#define JT_CACHE_WAYS   7U
#define JT_CACHE_SHARDS 16U
#define JT_CACHE_TAIL   32U /* bytes at the end of a token that its hash is made of */

typedef struct jt_cache_set {
    alignas(JT_CACHE_LINE) _Atomic(jt_cache_entry *) ways[JT_CACHE_WAYS];
    _Atomic uint64_t tags; /* a byte for each way, the first the lowest: 0 where it is empty, upper
                              bit set where not. A hint; the entry decides */
} jt_cache_set;

_Static_assert(sizeof(jt_cache_set) == JT_CACHE_LINE || sizeof(void *) != 8, "one cache line");

typedef struct jt_cache_shard {
    pthread_mutex_t lock;
    jt_cache_entry *retired; /* taken out, and perhaps still held by a reader */
    unsigned retired_count, reclaim_at;
    size_t hand; /* the set where room is looked for next */
    _Atomic uint64_t stored, evicted;
    uint8_t behind[JT_CACHE_LINE];
} jt_cache_shard;

/* NH (RFC 4418 §5.2): sums of products of 32-bit halves. Two tails that were not chosen with these
 * numbers known get the same sum once in 2^32. The last pair is for verifier and length. */
#define JT_CACHE_PAIRS (JT_CACHE_TAIL / 8U + 1U)
typedef struct jt_cache_secret {
    uint32_t add[2 * JT_CACHE_PAIRS];
    uint64_t factor; /* odd; spreads the sum over all bits */
} jt_cache_secret;

struct jeton_cache {
    const jeton_ctx *ctx;
    size_t most_entries, most_bytes;
    jt_cache_secret secret;
    jt_cache_set *sets;
    void *sets_memory; /* where they were allocated, not aligned */
    size_t set_count;  /* a power of two, JT_CACHE_SHARDS at least */
    atomic_size_t refs;
    _Atomic uint64_t last_use; /* the last verifier's number */
    /* from here on, what writers write */
    uint8_t between[JT_CACHE_LINE];
    atomic_size_t entries, bytes;
    jt_readers readers;
    jt_cache_shard shards[JT_CACHE_SHARDS];
};

/* Whether a token may be in a cache at all. */
bool jt_cache_takes(jeton_span token);

uint64_t jt_cache_hash(const jeton_cache *cache, uint64_t verifier, jeton_span token);

static inline jt_cache_set *jt_cache_set_of(const jeton_cache *cache, uint64_t hash)
{
    return &cache->sets[hash >> 32 & (cache->set_count - 1)];
}

#define JT_CACHE_EACH ((uint64_t)0x0001010101010101) /* one in each way's byte of the tags */

static inline uint8_t jt_cache_tag(uint64_t hash)
{
    return (uint8_t)(hash >> 24 | 0x80);
}

/* The ways that have this tag, as upper bits of their bytes; perhaps others too, which the entries
 * sort out. */
static inline uint64_t jt_cache_matches(const jt_cache_set *set, uint8_t tag)
{
    const uint64_t tags = atomic_load_explicit(&set->tags, memory_order_relaxed);
    const uint64_t differ = tags ^ JT_CACHE_EACH * tag;
    return (differ - JT_CACHE_EACH) & ~differ & JT_CACHE_EACH << 7; /* bytes that are 0 */
}

/* The first way of some matches, and the others. */
static inline size_t jt_cache_first(uint64_t matches)
{
    return (size_t)__builtin_ctzll(matches) / 8;
}

static inline uint64_t jt_cache_others(uint64_t matches)
{
    return matches & (matches - 1);
}

/* Takes every entry out that is that verifier's. Waits for the shards' locks. */
void jt_cache_forget(jeton_cache *cache, uint64_t verifier);

#endif
