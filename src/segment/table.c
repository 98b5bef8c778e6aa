/* SPDX-License-Identifier: Apache-2.0 */
/* segment/table.c - finding and putting. */
#include "segment/table.h"

#include "revoke/hash.h"

#include <string.h>

static uint64_t peek(const jt_word *word)
{
    return atomic_load_explicit(word, memory_order_relaxed);
}

static void set(jt_word *word, uint64_t value)
{
    atomic_store_explicit(word, value, memory_order_relaxed);
}

typedef struct key {
    uint64_t id[2];
    jt_revoked kind;
} key;

static key key_of(jt_revoked kind, const uint8_t *id)
{
    key of = {.kind = kind};
    memcpy(of.id, id, JT_REVOKED_ID);
    return of;
}

/* The slot of `of`, with its mark, or the free one where it would go, with 0. NULL: there is
 * neither, so somebody has written what no table has. */
static jt_table_slot *find(const jt_table *table, const key *of, uint64_t *mark)
{
    const uint64_t mask = table->count - 1;
    uint64_t at = jt_revoked_hash(table->seed, of->kind, of->id) & mask;
    for (uint64_t looked = 0; looked < table->count; looked++, at = (at + 1) & mask) {
        jt_table_slot *slot = &table->slots[at];
        *mark = atomic_load_explicit(&slot->mark, memory_order_acquire);
        if (*mark == 0)
            return slot;
        if ((*mark & 0xff) == (uint64_t)of->kind && peek(&slot->id[0]) == of->id[0] &&
            peek(&slot->id[1]) == of->id[1])
            return slot;
    }
    return NULL;
}

uint64_t jt_table_find(const jt_table *table, jt_revoked kind, const uint8_t *id)
{
    uint64_t mark;
    const key of = key_of(kind, id);
    const jt_table_slot *slot = find(table, &of, &mark);
    return slot != NULL ? mark >> 8 : UINT64_MAX;
}

jt_put jt_table_put(const jt_table *table, const jt_revocation *entry)
{
    uint64_t old;
    const key of = key_of(entry->kind, entry->id);
    jt_table_slot *slot = find(table, &of, &old);
    const uint64_t mark = entry->n << 8 | (uint64_t)entry->kind;
    const uint64_t expires = (uint64_t)entry->expires;
    if (slot == NULL)
        return JT_PUT_FULL;
    if (old != 0) {
        if (entry->expires > (jeton_time)peek(&slot->expires))
            set(&slot->expires, expires);
        if (mark > old)
            atomic_store_explicit(&slot->mark, mark, memory_order_release);
        return JT_PUT_RAISED;
    }
    /* From the next line on a search that has come so far goes on, but still finds a free slot. */
    set(&slot->id[0], of.id[0]);
    set(&slot->id[1], of.id[1]);
    set(&slot->expires, expires);
    atomic_store_explicit(&slot->mark, mark, memory_order_release);
    return JT_PUT_NEW;
}
