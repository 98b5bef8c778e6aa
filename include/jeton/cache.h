/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/cache.h - accepted tokens, remembered: the same token once more costs a comparison and the
 * checks on time, not a signature.
 *
 * A cache changes nothing but the speed. A token is found by its whole bytes (compared in constant
 * time, looked up under a secret of the cache's own) and by the verifier that accepted it, so
 * verifiers of different policies and keys may share one cache, and one made anew for new keys or a
 * new policy finds nothing of the old one's. Only accepted tokens are remembered. Each call reads
 * the clock and asks the hooks; outside the time in which a token is good it is verified in full,
 * so that every refusal has the reason it would have had.
 *
 * Threads: all may use one cache, through verifiers they share. Finding takes no lock, waits for
 * nobody, allocates nothing and writes to memory of the verdict's own; what else is said below for
 * each call. The context's allocator is called from whichever thread verifies.
 *
 * Memory: bounded by the options. What a verdict gives out of a remembered token stays where it is
 * until the verdict is used again or freed, however many tokens come in between.
 */
#ifndef JETON_CACHE_H
#define JETON_CACHE_H

#include <jeton/ctx.h>
#include <jeton/error.h>

typedef struct jeton_cache jeton_cache;

/* How much is remembered at most. 0 means the default in brackets. */
typedef struct jeton_cache_options {
    size_t entries; /* tokens                                                       [8192] */
    size_t bytes;   /* memory of the tokens, their claims included [16 MiB]; a table of 32 bytes
                       for each of `entries` (up to twice that) comes on top */
} jeton_cache_options;

/* What has happened since the cache was made, and what is in it. */
typedef struct jeton_cache_counts {
    uint64_t hits;         /* found, and good at that time */
    uint64_t misses;       /* not found: verified in full */
    uint64_t expired;      /* found, but outside its time: verified in full, and refused */
    uint64_t stored;       /* accepted tokens that were put in */
    uint64_t evicted;      /* taken out: for want of room, or because their verifier is gone */
    size_t entries, bytes; /* in memory now; what a verdict still holds is among them */
} jeton_cache_counts;

JETON_BEGIN

/* Makes an empty cache.
 *
 * ctx      may be NULL; must outlive the cache and the verdicts that were used with it
 * options  copied; NULL means all defaults
 * cache    set to NULL first; on JETON_OK the caller owns it: jeton_cache_free()
 *
 * JETON_E_LIMIT   more entries than can be counted
 * JETON_E_RANDOM  no secret could be drawn
 * JETON_E_NOMEM
 */
JETON_API JETON_MUST jeton_status jeton_cache_new(const jeton_ctx *ctx,
                                                  const jeton_cache_options *options,
                                                  jeton_cache **cache, jeton_err *err);

/* Gives one reference back and sets *cache to NULL; NULL is fine. Each verifier that uses the cache
 * has a reference of its own, and so has each verdict between its first use with such a verifier
 * and its next use with a verifier of another cache, or its end. The last one wipes and frees. Any
 * thread, at any time. */
JETON_API void jeton_cache_free(jeton_cache **cache);

/* Fills *counts. Any thread, at any time; numbers that other threads change meanwhile may be of
 * different moments. */
JETON_API void jeton_cache_stats(const jeton_cache *cache, jeton_cache_counts *counts);

JETON_END

#endif
