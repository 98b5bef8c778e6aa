/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/bits.h - lists of token bits: one bit for each token that was issued with an index; a bit
 * that is set says that the token is revoked.
 *
 * A token's index ("idx") is list << 20 | place. Lists are numbered from 1, no number is ever used
 * twice, and all have the same size. A list has as many places as were **announced**: what lies
 * beyond, and what is in a list that is not here, is refused. So a list may be dropped when its
 * last token has expired, and what has been forgotten is refused, not accepted.
 *
 * The same structure stands in memory (bitmaps.h) and in a segment (segment/layout.h): slots, of
 * which a list has the one that the low bits of its number say, and chunks of bits. A list has a
 * chunk only where a bit is set. Everything that changes is a 64-bit word, read and written whole.
 *
 * Readers take no lock, and one that begins after jt_bits_set() has returned sees the bit. There is
 * one writer at a time. A slot or a chunk may come to belong to another list while somebody reads:
 * he looks at the slot's number once more before he believes what he has read, so the memory of
 * both has to stay what it is for as long as there are readers.
 */
#ifndef JT_REVOKE_BITS_H
#define JT_REVOKE_BITS_H

#include <jeton/ctx.h>
#include <jeton/error.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef _Atomic uint64_t jt_word;

#define JT_BITS_PLACE_BITS  20U
#define JT_BITS_PLACES      ((uint64_t)1 << JT_BITS_PLACE_BITS) /* in a list */
#define JT_BITS_LIST_MOST   (((uint64_t)1 << 32) - 1) /* so idx is exact as a JSON number */
#define JT_BITS_CHUNK       ((size_t)4096)            /* bytes */
#define JT_BITS_CHUNK_BITS  ((uint64_t)JT_BITS_CHUNK * 8)
#define JT_BITS_CHUNK_WORDS (JT_BITS_CHUNK / sizeof(uint64_t))
#define JT_BITS_CHUNKS      (JT_BITS_PLACES / JT_BITS_CHUNK_BITS) /* of a list */
#define JT_BITS_SLOTS                                                                              \
    ((uint64_t)4096)                /* lists there can be at a time: the store sees to it that     \
                                       no two of them have the same low bits */
#define JT_BITS_ROW  ((uint64_t)16) /* slots in a row */
#define JT_BITS_ROWS (JT_BITS_SLOTS / JT_BITS_ROW)

/* One list. */
typedef struct jt_bits_list {
    jt_word number;    /* 0: the slot is free */
    jt_word announced; /* places there are */
    jt_word expires;   /* jeton_time: when it is dropped */
    jt_word is_void;   /* not 0: a bit could not be kept, so all of its tokens are refused */
    jt_word changes;   /* one more with each */
    jt_word chunks[JT_BITS_CHUNKS]; /* where they begin, from `base` on; 0: no bit is set there */
    jt_word room[3];
} jt_bits_list;

_Static_assert(sizeof(jt_bits_list) == 320, "five cache lines");
_Static_assert(sizeof(jt_word) == 8 && ATOMIC_LLONG_LOCK_FREE == 2, "words are read whole");

/* Where lists and chunks are. Chunks lie between `least` and `most`, counted from `base`: nobody
 * reaches beyond by what he writes into a list. */
typedef struct jt_bits {
    /* NULL: none of its slots is in use. Where there are fewer rows than this they come again and
     * again: so a list's place depends on nothing that has to be read before, and a look-up waits
     * for memory three times at most: row, list, bit. */
    _Atomic(jt_bits_list *) rows[JT_BITS_ROWS];
    uint64_t mask; /* slots - 1 */
    uintptr_t base;
    uint64_t least, most;
} jt_bits;

/* What a writer gets memory from. It is full of zeros, and stays. */
typedef struct jt_bits_room {
    void *of;
    jt_bits_list *(*row)(void *of);
    uint64_t (*chunk)(void *of); /* counted from `base`; 0: there is none */
} jt_bits_room;

static inline uint64_t jt_index_of(uint64_t list, uint64_t place)
{
    return list << JT_BITS_PLACE_BITS | place;
}

static inline uint64_t jt_index_list(uint64_t index)
{
    return index >> JT_BITS_PLACE_BITS;
}

static inline uint64_t jt_index_place(uint64_t index)
{
    return index & (JT_BITS_PLACES - 1);
}

/* Whether the token of that index stands: JETON_OK, or JETON_E_REVOKED, also for a list that is not
 * here and for what was not announced. */
JETON_MUST jeton_status jt_bits_check(const jt_bits *bits, uint64_t index);

/* Whether the index has been announced. For saying why jt_bits_check() refuses, not whether: a
 * state that is still being read refuses what it has not come to. */
JETON_MUST bool jt_bits_knows(const jt_bits *bits, uint64_t index);

/* --- for the one writer ---------------------------------------------------------------------- */

/* The list of that number; NULL: it is not here. */
jt_bits_list *jt_bits_find(const jt_bits *bits, uint64_t number);

/* The same, made if it is not here, without a place announced. What is known of its expiry already
 * is only put off. NULL: not a number of a list, no row to be had, or another list is in its slot.
 */
jt_bits_list *jt_bits_open(jt_bits *bits, const jt_bits_room *room, uint64_t number,
                           jeton_time expires);

/* Announces the first `count` places. Announcing fewer than before changes nothing. */
void jt_bits_announce(jt_bits_list *list, uint64_t count);

/* The chunk with that place, made if there is none; NULL: there is none to be had. */
jt_word *jt_bits_chunk(const jt_bits *bits, const jt_bits_room *room, jt_bits_list *list,
                       uint64_t place);

/* Sets the bit of a place, announced or not. When there is no chunk for it the list is void from
 * then on, and JETON_E_NOMEM comes back. */
JETON_MUST jeton_status jt_bits_set(const jt_bits *bits, const jt_bits_room *room,
                                    jt_bits_list *list, uint64_t place);

/* Adds JT_BITS_CHUNK bytes of bits to those of a chunk of the list; the lowest bit of the first
 * byte is the chunk's first. */
void jt_bits_merge(jt_bits_list *list, jt_word *chunk, const uint8_t *bytes);

/* Has all of a list's tokens refused. */
void jt_bits_void(jt_bits_list *list);

static inline uint64_t jt_bits_peek(const jt_word *word)
{
    return atomic_load_explicit(word, memory_order_acquire);
}

static inline void jt_bits_put(jt_word *word, uint64_t value)
{
    atomic_store_explicit(word, value, memory_order_release);
}

#endif
