/* SPDX-License-Identifier: Apache-2.0 */
/* token/cache.c - the verdict cache: making it, using it, finding in it. Storing is in
 * cache_store.c. */
#include "token/cache_table.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/secret.h"

#include <endian.h>

/* ---- making and sharing --------------------------------------------------------------------- */

/* Sets enough for two or three of seven ways to be taken when the cache is full: so few of them
 * would need more ways. JETON_E_LIMIT. */
static jeton_status make_sets(jeton_cache *cache, jeton_err *err)
{
    if (cache->most_entries > JT_LIMIT_CACHE_ENTRIES)
        return jt_fail(err, JETON_E_LIMIT, "more than %zu entries", JT_LIMIT_CACHE_ENTRIES);
    cache->set_count = JT_CACHE_SHARDS;
    while (cache->set_count < cache->most_entries / 3)
        cache->set_count *= 2;
    const size_t size = cache->set_count * sizeof(jt_cache_set); /* far below what would overflow */
    cache->sets_memory = jt_zalloc(cache->ctx, size + JT_CACHE_LINE);
    if (cache->sets_memory == NULL)
        return jt_fail(err, JETON_E_NOMEM, "cache");
    const uintptr_t at = (uintptr_t)cache->sets_memory;
    cache->sets = (jt_cache_set *)((at + JT_CACHE_LINE - 1) / JT_CACHE_LINE * JT_CACHE_LINE);
    return JETON_OK;
}

static jeton_status fill(jeton_cache *cache, const jeton_cache_options *options, jeton_err *err)
{
    if (options != NULL && options->entries > 0)
        cache->most_entries = options->entries;
    if (options != NULL && options->bytes > 0)
        cache->most_bytes = options->bytes;
    JT_TRY(jt_random(cache->ctx, &cache->secret, sizeof cache->secret, err));
    cache->secret.factor |= 1;
    return make_sets(cache, err);
}

jeton_status jeton_cache_new(const jeton_ctx *ctx, const jeton_cache_options *options,
                             jeton_cache **cache, jeton_err *err)
{
    *cache = NULL;
    JT_AUTO(jeton_cache_free) jeton_cache *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "cache");
    made->ctx = ctx;
    made->most_entries = JT_LIMIT_CACHE_DEFAULT;
    made->most_bytes = JT_LIMIT_CACHE_BYTES;
    atomic_init(&made->refs, 1);
    for (size_t i = 0; i < JT_CACHE_SHARDS; i++)
        (void)pthread_mutex_init(&made->shards[i].lock, NULL); /* cannot fail without attributes */
    JT_TRY(fill(made, options, err));
    *cache = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

/* Each verifier has taken out what it had put in before it gave its reference back: what is left is
 * what was held by verdicts then. */
static void free_retired(jeton_cache *cache, jt_cache_shard *shard)
{
    while (shard->retired != NULL) {
        jt_cache_entry *entry = shard->retired;
        shard->retired = entry->next;
        jt_cache_entry_free(cache->ctx, entry);
    }
    (void)pthread_mutex_destroy(&shard->lock);
}

void jeton_cache_free(jeton_cache **cache)
{
    if (cache == NULL || *cache == NULL)
        return;
    jeton_cache *old = *cache;
    *cache = NULL;
    /* acquire and release: what other threads did with it happened before it goes away */
    if (atomic_fetch_sub_explicit(&old->refs, 1, memory_order_acq_rel) > 1)
        return;
    for (size_t i = 0; i < JT_CACHE_SHARDS; i++)
        free_retired(old, &old->shards[i]);
    jt_readers_done(&old->readers, old->ctx);
    const jeton_ctx *ctx = old->ctx;
    jt_release(ctx, old->sets_memory);
    jt_wipe(old, sizeof *old);
    jt_release(ctx, old);
}

/* The count is the one thing that changes. */
static jeton_cache *ref(const jeton_cache *cache)
{
    jeton_cache *shared = (jeton_cache *)(uintptr_t)cache;
    if (shared != NULL)
        atomic_fetch_add_explicit(&shared->refs, 1, memory_order_relaxed);
    return shared;
}

void jeton_cache_stats(const jeton_cache *cache, jeton_cache_counts *counts)
{
    *counts = (jeton_cache_counts){
        .hits = jt_readers_count(&cache->readers, JT_READER_HITS),
        .misses = jt_readers_count(&cache->readers, JT_READER_MISSES),
        .expired = jt_readers_count(&cache->readers, JT_READER_EXPIRED),
        .entries = atomic_load_explicit(&cache->entries, memory_order_relaxed),
        .bytes = atomic_load_explicit(&cache->bytes, memory_order_relaxed),
    };
    for (size_t i = 0; i < JT_CACHE_SHARDS; i++) {
        const jt_cache_shard *shard = &cache->shards[i];
        counts->stored += atomic_load_explicit(&shard->stored, memory_order_relaxed);
        counts->evicted += atomic_load_explicit(&shard->evicted, memory_order_relaxed);
    }
}

/* ---- verifiers and verdicts ----------------------------------------------------------------- */

void jt_cache_begin(jt_cache_use *use, const jeton_cache *cache)
{
    jeton_cache *shared = ref(cache); /* before the end: it may be the same one */
    jt_cache_end(use);
    if (shared == NULL)
        return;
    use->cache = shared;
    use->id = atomic_fetch_add_explicit(&shared->last_use, 1, memory_order_relaxed) + 1;
}

void jt_cache_end(jt_cache_use *use)
{
    if (use->cache == NULL)
        return;
    jt_cache_forget(use->cache, use->id);
    jeton_cache_free(&use->cache);
}

void jt_cache_leave(jeton_verdict *verdict)
{
    if (verdict->reader == NULL)
        return;
    jeton_cache *cache = verdict->reader->of;
    jt_reader_leave(verdict->reader);
    verdict->reader = NULL;
    jeton_cache_free(&cache);
}

/* The verdict's record with this cache; NULL when there is no memory for one. */
static jt_reader *reader_of(jeton_cache *cache, jeton_verdict *verdict)
{
    if (verdict->reader != NULL && verdict->reader->of == cache)
        return verdict->reader;
    jt_cache_leave(verdict);
    verdict->reader = jt_readers_join(&cache->readers, cache->ctx, cache);
    if (verdict->reader != NULL)
        (void)ref(cache);
    return verdict->reader;
}

/* ---- finding -------------------------------------------------------------------------------- */

/* A token is longer than what its hash is made of: its signature alone is. */
bool jt_cache_takes(jeton_span token)
{
    return token.len >= JT_CACHE_TAIL && token.len <= JT_LIMIT_CACHED_TOKEN;
}

static uint64_t product(const jt_cache_secret *secret, size_t pair, uint64_t word)
{
    const uint32_t low = (uint32_t)word + secret->add[2 * pair];
    const uint32_t high = (uint32_t)(word >> 32) + secret->add[2 * pair + 1];
    return (uint64_t)low * high;
}

/* The end of a token is the end of its signature: no two tokens that are good share it but by
 * chance or by their signer's doing, and a token that is not good is never stored. */
uint64_t jt_cache_hash(const jeton_cache *cache, uint64_t verifier, jeton_span token)
{
    const jt_cache_secret *secret = &cache->secret;
    uint64_t words[JT_CACHE_PAIRS];
    memcpy(words, token.ptr + token.len - JT_CACHE_TAIL, JT_CACHE_TAIL);
    words[JT_CACHE_PAIRS - 1] = verifier ^ (uint64_t)token.len << 48;
    uint64_t sum = 0;
    for (size_t pair = 0; pair < JT_CACHE_PAIRS; pair++)
        sum += product(secret, pair, words[pair]);
    const uint64_t spread = (sum ^ sum >> 32) * secret->factor;
    return spread ^ spread >> 32;
}

/* What is in a way, held; NULL when it is empty. */
static jt_cache_entry *hold(jt_reader *reader, _Atomic(jt_cache_entry *) *way)
{
    jt_cache_entry *entry = atomic_load_explicit(way, memory_order_relaxed);
    while (entry != NULL) {
        jt_reader_hold(reader, entry);
        jt_cache_entry *still = atomic_load(way);
        if (still == entry)
            return entry;
        entry = still;
    }
    return NULL;
}

/* The entry is wanted soon: whoever has something else to do first does not wait for it afterwards.
 * Nothing is read through the pointer, which may be of an entry that is gone. */
static void prefetch(jt_cache_set *set, size_t way, size_t len)
{
    const uintptr_t entry = (uintptr_t)atomic_load_explicit(&set->ways[way], memory_order_relaxed);
    for (size_t at = 0; at < sizeof(jt_cache_entry) + len; at += JT_CACHE_LINE)
        __builtin_prefetch((const void *)(entry + at));
}

/* The token's entry, held by the reader; NULL when there is none, and then perhaps another one is
 * held. */
static jt_cache_entry *search(jt_cache_set *set, uint64_t matches, uint64_t verifier,
                              jeton_span token, jt_reader *reader)
{
    for (; matches != 0; matches = jt_cache_others(matches)) {
        jt_cache_entry *entry = hold(reader, &set->ways[jt_cache_first(matches)]);
        if (entry != NULL && jt_cache_entry_is(entry, verifier, token))
            return entry;
    }
    return NULL;
}

/* Most times it is set already, and then the line stays shared by all processors. */
static void mark_used(jt_cache_entry *entry)
{
    if (!atomic_load_explicit(&entry->used, memory_order_relaxed))
        atomic_store_explicit(&entry->used, true, memory_order_relaxed);
}

/* It is not there, or not good: for the reader nothing has happened. */
static bool found_nothing(jt_reader *reader, jt_reader_count count)
{
    jt_reader_let_go(reader);
    jt_reader_add(reader, count);
    return false;
}

bool jt_cache_find(const jt_cache_use *use, const jeton_ctx *ctx, jeton_span token,
                   jeton_verdict *verdict)
{
    jt_reader *reader = reader_of(use->cache, verdict);
    if (reader == NULL)
        return false;
    if (!jt_cache_takes(token))
        return found_nothing(reader, JT_READER_MISSES);
    const uint64_t hash = jt_cache_hash(use->cache, use->id, token);
    jt_cache_set *set = jt_cache_set_of(use->cache, hash);
    const uint64_t matches = jt_cache_matches(set, jt_cache_tag(hash));
    if (matches == 0)
        return found_nothing(reader, JT_READER_MISSES);
    prefetch(set, jt_cache_first(matches), token.len);
    const jeton_time now = jt_now(ctx);
    jt_cache_entry *entry = search(set, matches, use->id, token, reader);
    if (entry == NULL)
        return found_nothing(reader, JT_READER_MISSES);
    if (now < entry->window.from || now >= entry->window.until)
        return found_nothing(reader, JT_READER_EXPIRED);
    mark_used(entry);
    jt_reader_add(reader, JT_READER_HITS);
    verdict->key = entry->key;
    verdict->claims = entry->claims;
    verdict->payload = entry->payload;
    return true;
}
