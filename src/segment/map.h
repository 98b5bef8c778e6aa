/* SPDX-License-Identifier: Apache-2.0 */
/* segment/map.h - one file of a segment: opened, checked, mapped for reading. */
#ifndef JT_SEGMENT_MAP_H
#define JT_SEGMENT_MAP_H

#include "segment/table.h"

#include <jeton/keyset.h>

#include <sys/types.h>

/* Never changes; what it shows of the live part does. Where things are was read once and checked
 * against the size of the mapping: nobody reaches beyond it by writing into the file. */
typedef struct jt_map {
    atomic_size_t refs;
    const jeton_ctx *ctx;
    void *base; /* NULL: the memory is somebody else's */
    size_t size;
    dev_t device;
    ino_t inode;
    jt_segment_head head; /* a copy */
    uint8_t keys_digest[32];
    bool of_this_boot; /* whether live->fresh can be compared with the clock */
    const jt_segment_live *live;
    jt_table table;
    jt_fingerprints tokens;
    jt_bits bits;
} jt_map;

/* Opens the file and reads its keys.
 *
 * map   the caller's, NULL on failure: jt_map_unref()
 * keys  may be NULL; the caller's: jeton_keyset_free()
 *
 * The outcomes of jeton_segment_open(). */
JETON_MUST jeton_status jt_map_open(const jeton_ctx *ctx, const char *path, const char *boot,
                                    jt_map **map, jeton_keyset **keys, jeton_err *err);

/* The same for a segment that is in memory, aligned to a page, which has to stay as long as the map
 * does: for the one who writes it, and for tests. */
JETON_MUST jeton_status jt_map_over(const jeton_ctx *ctx, void *memory, size_t size,
                                    const char *boot, jt_map **map, jeton_keyset **keys,
                                    jeton_err *err);

static inline void jt_map_ref(jt_map *map)
{
    atomic_fetch_add_explicit(&map->refs, 1, memory_order_relaxed);
}

/* Gives a reference back; the last one unmaps. NULL is fine. */
void jt_map_unref(jt_map *map);

static inline uint64_t jt_peek(const jt_word *word)
{
    return atomic_load_explicit(word, memory_order_acquire);
}

/* How long ago it was complete, in milliseconds; INT64_MAX: unknown. */
int64_t jt_map_age_ms(const jt_map *map);

/* For jt_revoked_ask(). */
jt_revoked_state jt_map_state(const jt_map *map);

#endif
