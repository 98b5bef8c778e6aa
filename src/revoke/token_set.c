/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/token_set.c - tables that grow by a fifth and shrink when they can. */
#include "revoke/token_set.h"

#include "core/mem.h"

#define SLOTS_LEAST 8U

/* Longer than four fifths, and searches for what is not there become long. */
static uint32_t most_in(uint32_t count)
{
    return (uint32_t)((uint64_t)count * 4 / 5);
}

static size_t table_of(const jt_token_set *set, const jt_fingerprint *print)
{
    return jt_fingerprint_hash(set->seed, print) % JT_TOKEN_SET_TABLES; /* slots go by high bits */
}

static jt_fingerprints view(const jt_token_set *set, size_t table)
{
    return (jt_fingerprints){.slots = set->tables[table].slots,
                             .count = set->tables[table].count,
                             .seed = {set->seed[0], set->seed[1]}};
}

void jt_token_set_done(jt_token_set *set)
{
    for (size_t i = 0; i < JT_TOKEN_SET_TABLES; i++)
        jt_release(set->ctx, set->tables[i].slots);
    *set = (jt_token_set){.ctx = set->ctx};
}

typedef struct reading {
    jt_fingerprint print;
    uint32_t second; /* 0: the slot is free */
} reading;

static reading read_slot(const jt_fingerprint_slot *slot)
{
    const uint64_t rest = atomic_load_explicit(&slot->rest, memory_order_relaxed);
    return (reading){.print = {.low = atomic_load_explicit(&slot->low, memory_order_relaxed),
                               .high = (uint32_t)(rest >> 32)},
                     .second = (uint32_t)rest};
}

/* Moves what is to be kept after `after` to a table of `count` slots. False: there is no memory,
 * and nothing is changed. */
static bool resize(jt_token_set *set, size_t table, uint32_t count, uint32_t after)
{
    jt_fingerprint_slot *old = set->tables[table].slots;
    const uint32_t old_count = set->tables[table].count;
    uint32_t used = 0;
    jt_fingerprint_slot *slots = NULL;
    if (count > 0) {
        slots = jt_zalloc(set->ctx, count * sizeof *slots);
        if (slots == NULL)
            return false;
    }
    set->tables[table].slots = slots;
    set->tables[table].count = count;
    const jt_fingerprints fresh = view(set, table);
    for (uint32_t i = 0; i < old_count; i++) {
        const reading from = read_slot(&old[i]);
        if (from.second > after)
            used += jt_fingerprints_put(&fresh, &from.print, from.second) == JT_FINGERPRINT_NEW;
    }
    set->tables[table].used = used;
    set->slots = set->slots - old_count + count;
    jt_release(set->ctx, old);
    return true;
}

/* The number of slots that so many begin with: room for a fifth more. */
static uint32_t slots_for(uint32_t used)
{
    const uint64_t count = (uint64_t)used * 3 / 2;
    return count < SLOTS_LEAST ? SLOTS_LEAST : count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

/* Without memory for a larger table, as long as one slot stays free. */
static bool make_room(jt_token_set *set, size_t table)
{
    const uint32_t used = set->tables[table].used + 1;
    if (used <= most_in(set->tables[table].count))
        return true;
    return resize(set, table, slots_for(used), 0) || used < set->tables[table].count;
}

jt_fingerprint_put jt_token_set_put(jt_token_set *set, const jt_fingerprint *print, uint32_t second)
{
    const size_t table = table_of(set, print);
    if (!jt_token_set_has(set, print) && !make_room(set, table))
        return JT_FINGERPRINT_FULL;
    const jt_fingerprints to = view(set, table);
    const jt_fingerprint_put put = jt_fingerprints_put(&to, print, second);
    set->tables[table].used += put == JT_FINGERPRINT_NEW;
    return put;
}

bool jt_token_set_has(const jt_token_set *set, const jt_fingerprint *print)
{
    const jt_fingerprints in = view(set, table_of(set, print));
    return jt_fingerprints_has(&in, print);
}

/* The last second of which nothing is left at `now`. What never expires stays. */
static uint32_t last_gone(jeton_time now)
{
    const jeton_time second = now > 0 ? now / 1000 : 0;
    return second < UINT32_MAX ? (uint32_t)second : UINT32_MAX - 1;
}

size_t jt_token_set_sweep(jt_token_set *set, size_t table, jeton_time now)
{
    uint32_t stay = 0;
    const uint32_t used = set->tables[table].used;
    const uint32_t gone = last_gone(now);
    for (uint32_t i = 0; i < set->tables[table].count; i++)
        stay += read_slot(&set->tables[table].slots[i]).second > gone;
    if (stay == used || !resize(set, table, stay > 0 ? slots_for(stay) : 0, gone))
        return 0;
    return used - stay;
}

void jt_token_set_each(const jt_token_set *set, jt_token_visitor *visit, void *user)
{
    for (size_t table = 0; table < JT_TOKEN_SET_TABLES; table++) {
        for (uint32_t i = 0; i < set->tables[table].count; i++) {
            const reading of = read_slot(&set->tables[table].slots[i]);
            if (of.second != 0)
                visit(user, &of.print, of.second);
        }
    }
}
