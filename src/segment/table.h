/* SPDX-License-Identifier: Apache-2.0 */
/* segment/table.h - what is revoked, as a hash table in memory that others read while one writes.
 *
 * Open addressing, linear probing. Entries come and never go; of two about one thing the higher
 * number stays. A slot counts from the moment its mark is there, and that is written last.
 */
#ifndef JT_SEGMENT_TABLE_H
#define JT_SEGMENT_TABLE_H

#include "segment/layout.h"

typedef struct jt_table_slot {
    jt_word id[JT_REVOKED_ID / 8];
    jt_word expires; /* jeton_time */
    jt_word mark;    /* number << 8 | kind; 0: the slot is free */
} jt_table_slot;

_Static_assert(sizeof(jt_table_slot) == 32, "two in a cache line");

#define JT_TABLE_SLOTS_LEAST ((uint64_t)1024)
#define JT_TABLE_SLOTS_MOST  ((uint64_t)1 << 32)
#define JT_TABLE_N_MOST      (UINT64_MAX >> 8)

/* Where a table is. A value; nothing in it is read from the shared memory again. */
typedef struct jt_table {
    jt_table_slot *slots;
    uint64_t count; /* a power of two */
    uint64_t seed[2];
} jt_table;

/* The number of the entry about that thing; 0: there is none. UINT64_MAX, which refuses
 * everything: the table is damaged. */
uint64_t jt_table_find(const jt_table *table, jt_revoked kind, const uint8_t *id);

typedef enum jt_put {
    JT_PUT_NEW,    /* one entry more */
    JT_PUT_RAISED, /* it was there */
    JT_PUT_FULL,   /* no slot is left but the one that must stay free: nothing is done */
} jt_put;

/* For the one writer. Of a kind that has ids. */
JETON_MUST jt_put jt_table_put(const jt_table *table, const jt_revocation *entry);

#endif
