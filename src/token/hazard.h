/* SPDX-License-Identifier: Apache-2.0 */
/* token/hazard.h - reading what others may replace at any time, without locks (hazard pointers).
 *
 * A reader says in a record of its own what it holds. Who has taken something out of where readers
 * find it frees it only when no record names it. Reader and writer each write one place and then
 * read the other's, both in one total order (seq_cst): one of them sees the other.
 *
 * A record has one owner at a time and is never freed before all of them are: owners come and go by
 * exchanging a flag. There are as many as there ever were owners at one time.
 */
#ifndef JT_TOKEN_HAZARD_H
#define JT_TOKEN_HAZARD_H

#include <jeton/cache.h>
#include <stdatomic.h>

#define JT_CACHE_LINE 64U

/* What a reader counts: only the owner writes, so counting needs no locked instruction. */
typedef enum jt_reader_count {
    JT_READER_HITS,
    JT_READER_MISSES,
    JT_READER_EXPIRED,
} jt_reader_count;

#define JT_READER_COUNTS 3U

typedef struct jt_reader {
    uint8_t before[JT_CACHE_LINE]; /* a record shares no cache line with what others write */
    _Atomic(const void *) held;
    _Atomic uint64_t counts[JT_READER_COUNTS];
    atomic_bool taken;
    struct jt_reader *next;
    jeton_cache *of;
    uint8_t behind[JT_CACHE_LINE];
} jt_reader;

typedef _Atomic(jt_reader *) jt_readers;

/* A record for the caller alone, of `of`; NULL when there is no memory for a new one. Given back
 * with jt_reader_leave(), which also lets go of what is held. */
jt_reader *jt_readers_join(jt_readers *readers, const jeton_ctx *ctx, jeton_cache *of);
void jt_reader_leave(jt_reader *reader);

/* Whether any reader holds `what`, which no reader can find any more. */
bool jt_readers_hold(const jt_readers *readers, const void *what);

/* All that was ever counted. */
uint64_t jt_readers_count(const jt_readers *readers, jt_reader_count count);

/* Frees the records; nobody has one. */
void jt_readers_done(jt_readers *readers, const jeton_ctx *ctx);

/* Holds `what` and nothing else. What was found somewhere shared must be looked for there again
 * afterwards: only when it is still there is it held. */
static inline void jt_reader_hold(jt_reader *reader, const void *what)
{
    atomic_store(&reader->held, what);
}

/* Lets go. What was read before has been read when a writer sees it. */
static inline void jt_reader_let_go(jt_reader *reader)
{
    atomic_store_explicit(&reader->held, NULL, memory_order_release);
}

static inline void jt_reader_add(jt_reader *reader, jt_reader_count count)
{
    const uint64_t old = atomic_load_explicit(&reader->counts[count], memory_order_relaxed);
    atomic_store_explicit(&reader->counts[count], old + 1, memory_order_relaxed);
}

#endif
