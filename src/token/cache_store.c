/* SPDX-License-Identifier: Apache-2.0 */
/* token/cache_store.c - putting tokens into the cache, making room for them, taking them out. All
 * of it happens under a shard's lock, which a verification takes only when it is free.
 */
#include "token/cache_table.h"

#include "core/limits.h"

#define SWEPT 64U /* sets looked at for something to take out, at most */

/* ---- counting ------------------------------------------------------------------------------ */

/* Adds unless that is more than `most`. Never more for a moment, either: others look. */
static bool add_within(atomic_size_t *sum, size_t more, size_t most)
{
    size_t old = atomic_load_explicit(sum, memory_order_relaxed);
    do {
        if (more > most - old)
            return false;
    } while (!atomic_compare_exchange_weak_explicit(sum, &old, old + more, memory_order_relaxed,
                                                    memory_order_relaxed));
    return true;
}

static void subtract(atomic_size_t *sum, size_t less)
{
    atomic_fetch_sub_explicit(sum, less, memory_order_relaxed);
}

/* Counts an entry of that size, when there is room for it. */
static bool charge(jeton_cache *cache, size_t size)
{
    if (!add_within(&cache->entries, 1, cache->most_entries))
        return false;
    if (add_within(&cache->bytes, size, cache->most_bytes))
        return true;
    subtract(&cache->entries, 1);
    return false;
}

static void give_back(jeton_cache *cache, size_t size)
{
    subtract(&cache->bytes, size);
    subtract(&cache->entries, 1);
}

/* ---- taking out ----------------------------------------------------------------------------- */

static void free_entry(jeton_cache *cache, jt_cache_entry *entry)
{
    give_back(cache, entry->size);
    jt_cache_entry_free(cache->ctx, entry);
}

/* Frees what no reader holds any more. What is left is as much as there are readers, at most: each
 * holds one entry. */
static void reclaim(jeton_cache *cache, jt_cache_shard *shard)
{
    jt_cache_entry **link = &shard->retired;
    while (*link != NULL) {
        jt_cache_entry *entry = *link;
        if (jt_readers_hold(&cache->readers, entry)) {
            link = &entry->next;
            continue;
        }
        *link = entry->next;
        shard->retired_count--;
        free_entry(cache, entry);
    }
    shard->reclaim_at = shard->retired_count + JT_CACHE_SHARDS;
}

/* Writes come one at a time, so reading and writing the whole word is fine. */
static void set_tag(jt_cache_set *set, size_t way, uint8_t tag)
{
    const uint64_t tags = atomic_load_explicit(&set->tags, memory_order_relaxed);
    const uint64_t others = tags & ~((uint64_t)0xff << 8 * way);
    atomic_store_explicit(&set->tags, others | (uint64_t)tag << 8 * way, memory_order_relaxed);
}

static void take_out(jt_cache_shard *shard, jt_cache_set *set, size_t way)
{
    set_tag(set, way, 0);
    jt_cache_entry *entry = atomic_exchange(&set->ways[way], NULL);
    entry->next = shard->retired;
    shard->retired = entry;
    shard->retired_count++;
    atomic_fetch_add_explicit(&shard->evicted, 1, memory_order_relaxed);
}

/* Which of two goes first: what is over, then what was not used, then what is over sooner. */
static bool goes_before(const jt_cache_entry *a, const jt_cache_entry *b, jeton_time now)
{
    const bool a_over = a->window.until <= now;
    const bool b_over = b->window.until <= now;
    const bool a_used = atomic_load_explicit(&a->used, memory_order_relaxed);
    const bool b_used = atomic_load_explicit(&b->used, memory_order_relaxed);
    if (a_over != b_over)
        return a_over;
    if (a_used != b_used)
        return b_used;
    return a->window.until < b->window.until;
}

/* Takes one entry out of a set and returns its way, empty now; JT_CACHE_WAYS when there was none.
 * Those that stay have to be used again to stay the next time. */
static size_t evict(jt_cache_shard *shard, jt_cache_set *set, jeton_time now)
{
    size_t first = JT_CACHE_WAYS;
    for (size_t i = 0; i < JT_CACHE_WAYS; i++) {
        const jt_cache_entry *entry = atomic_load(&set->ways[i]);
        if (entry != NULL &&
            (first == JT_CACHE_WAYS || goes_before(entry, atomic_load(&set->ways[first]), now)))
            first = i;
    }
    if (first == JT_CACHE_WAYS)
        return first;
    take_out(shard, set, first);
    for (size_t i = 0; i < JT_CACHE_WAYS; i++) {
        jt_cache_entry *entry = atomic_load(&set->ways[i]);
        if (entry != NULL)
            atomic_store_explicit(&entry->used, false, memory_order_relaxed);
    }
    return first;
}

/* The sets of a shard are those whose number leaves the shard's as remainder. */
static jt_cache_set *next_set(const jeton_cache *cache, jt_cache_shard *shard)
{
    const size_t first = (size_t)(shard - cache->shards);
    shard->hand = (shard->hand + JT_CACHE_SHARDS) & (cache->set_count - 1);
    return &cache->sets[shard->hand + first];
}

static bool evict_anywhere(const jeton_cache *cache, jt_cache_shard *shard, jeton_time now)
{
    for (size_t i = 0; i < SWEPT; i++)
        if (evict(shard, next_set(cache, shard), now) < JT_CACHE_WAYS)
            return true;
    return false;
}

static void forget_in(jt_cache_shard *shard, jt_cache_set *set, uint64_t verifier)
{
    const uint64_t whose = ((uint64_t)1 << JT_CACHE_USE_BITS) - 1; /* with whatever keys */
    for (size_t i = 0; i < JT_CACHE_WAYS; i++) {
        const jt_cache_entry *entry = atomic_load(&set->ways[i]);
        if (entry != NULL && (entry->verifier & whose) == verifier)
            take_out(shard, set, i);
    }
}

void jt_cache_forget(jeton_cache *cache, uint64_t verifier)
{
    for (size_t s = 0; s < JT_CACHE_SHARDS; s++) {
        jt_cache_shard *shard = &cache->shards[s];
        (void)pthread_mutex_lock(&shard->lock);
        for (size_t set = s; set < cache->set_count; set += JT_CACHE_SHARDS)
            forget_in(shard, &cache->sets[set], verifier);
        reclaim(cache, shard);
        (void)pthread_mutex_unlock(&shard->lock);
    }
}

/* ---- putting in ----------------------------------------------------------------------------- */

/* Takes something out of another shard and frees there what can be; false when nothing was left, or
 * a thread is in it. */
static bool evict_elsewhere(jeton_cache *cache, const jt_cache_shard *not_here, jeton_time now)
{
    bool found = false;
    for (size_t i = 0; !found && i < JT_CACHE_SHARDS; i++) {
        jt_cache_shard *shard = &cache->shards[i];
        if (shard == not_here || pthread_mutex_trylock(&shard->lock) != 0)
            continue;
        found = evict_anywhere(cache, shard, now) || shard->retired != NULL;
        reclaim(cache, shard);
        (void)pthread_mutex_unlock(&shard->lock);
    }
    return found;
}

/* Makes room and counts it as taken: in the token's own set, its shard, or any other. Gives up
 * after a while, since what was taken out may be held by readers: not remembering is fine. */
static bool make_room(jeton_cache *cache, jt_cache_shard *shard, jt_cache_set *set, size_t size,
                      jeton_time now)
{
    bool more = true;
    for (unsigned tries = 0; more && tries < SWEPT; tries++) {
        if (charge(cache, size))
            return true;
        more = evict(shard, set, now) < JT_CACHE_WAYS || evict_anywhere(cache, shard, now) ||
               evict_elsewhere(cache, shard, now);
        reclaim(cache, shard);
    }
    return charge(cache, size);
}

/* The way the token is in already, or an empty one, made by taking something out if it must be. */
static size_t find_way(jt_cache_shard *shard, jt_cache_set *set, const jt_cache_use *use,
                       jeton_span token, jeton_time now)
{
    size_t empty = JT_CACHE_WAYS;
    for (size_t i = 0; i < JT_CACHE_WAYS; i++) {
        const jt_cache_entry *entry = atomic_load(&set->ways[i]);
        if (entry == NULL)
            empty = i;
        else if (jt_cache_entry_is(entry, use->id, token))
            return i;
    }
    return empty < JT_CACHE_WAYS ? empty : evict(shard, set, now);
}

static void put(const jt_cache_use *use, jt_cache_shard *shard, uint64_t hash, jeton_span token,
                jt_window window, jeton_time now, const jeton_verdict *verdict)
{
    jeton_cache *cache = use->cache;
    jt_cache_set *set = jt_cache_set_of(cache, hash);
    const size_t size = jt_cache_entry_size(token, verdict);
    if (size > cache->most_bytes || !make_room(cache, shard, set, size, now))
        return;
    const size_t way = find_way(shard, set, use, token, now);
    jt_cache_entry *entry = NULL;
    if (atomic_load(&set->ways[way]) == NULL) /* or another thread was faster */
        entry = jt_cache_entry_new(cache->ctx, use->id, token, window, verdict);
    if (entry == NULL) {
        give_back(cache, size);
        return;
    }
    atomic_store(&set->ways[way], entry);
    set_tag(set, way, jt_cache_tag(hash));
    atomic_fetch_add_explicit(&shard->stored, 1, memory_order_relaxed);
}

void jt_cache_store(const jt_cache_use *use, jeton_span token, jt_window window, jeton_time now,
                    const jeton_verdict *verdict)
{
    if (!jt_cache_takes(token))
        return;
    jeton_cache *cache = use->cache;
    const uint64_t hash = jt_cache_hash(cache, use->id, token);
    const size_t set = (size_t)(jt_cache_set_of(cache, hash) - cache->sets);
    jt_cache_shard *shard = &cache->shards[set % JT_CACHE_SHARDS];
    if (pthread_mutex_trylock(&shard->lock) != 0)
        return; /* nobody waits for a cache */
    put(use, shard, hash, token, window, now, verdict);
    if (shard->retired_count >= shard->reclaim_at)
        reclaim(cache, shard);
    (void)pthread_mutex_unlock(&shard->lock);
}
