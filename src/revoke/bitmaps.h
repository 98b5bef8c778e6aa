/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/bitmaps.h - the lists of token bits (bits.h) in memory.
 *
 * They are made of the entries of the log: a list is announced, more of it is announced, a bit is
 * set; in any order and any number of times. A bit that comes before its list waits in it, and the
 * list refuses everything until it is announced.
 *
 * Memory is bounded. When it is used up, the list whose bit cannot be kept refuses all of its
 * tokens until it is dropped: nothing is forgotten.
 *
 * No I/O, no clock of its own. Any thread may call any function but free. Checks take no lock; the
 * others take turns. Memory that lists were dropped from is used again for others, and given back
 * by free only: somebody may be reading it.
 */
#ifndef JT_REVOKE_BITMAPS_H
#define JT_REVOKE_BITMAPS_H

#include "revoke/bits.h"

#include <jeton/span.h>

/* Memory that the bits of all lists may take, unless said otherwise: 536 million live tokens. */
#define JT_BITMAPS_BYTES ((size_t)64 * 1024 * 1024)

typedef struct jt_bitmaps jt_bitmaps;

/* No lists. ctx may be NULL. JETON_E_NOMEM. */
JETON_MUST jeton_status jt_bitmaps_new(const jeton_ctx *ctx, jt_bitmaps **bitmaps, jeton_err *err);

/* Frees *bitmaps and sets it to NULL. Nobody may be using it. */
void jt_bitmaps_free(jt_bitmaps **bitmaps);

/* Bytes that bits may take from now on; what is there stays. */
void jt_bitmaps_limit(jt_bitmaps *bitmaps, size_t bytes);

/* Announces the first `count` places of a list, which is made if it is not here and is not dropped
 * before `expires`.
 *
 * JETON_E_NOMEM     there is no memory for the list: its tokens are refused as those of a list that
 *                   is not here
 * JETON_E_ARGUMENT  not a number of a list, or another list is in its slot: the same */
JETON_MUST jeton_status jt_bitmaps_announce(jt_bitmaps *bitmaps, uint64_t list, uint64_t count,
                                            jeton_time expires, jeton_err *err);

/* Has the token of that index refused. A list that is not here is made, without a place announced.
 *
 * JETON_E_NOMEM     there is no memory for its bit: all tokens of its list are refused
 * JETON_E_ARGUMENT  as above */
JETON_MUST jeton_status jt_bitmaps_set(jt_bitmaps *bitmaps, uint64_t index, jeton_time expires,
                                       jeton_err *err);

/* For jt_bits_check(), which takes no lock. Borrowed. */
const jt_bits *jt_bitmaps_bits(const jt_bitmaps *bitmaps);

/* Drops the lists that have expired at `now`. */
void jt_bitmaps_sweep(jt_bitmaps *bitmaps, jeton_time now);

/* A part of a list: what is announced, or some of its bits. */
typedef struct jt_bitmap_part {
    uint64_t list, announced;
    jeton_time expires;
    bool is_void;
    uint64_t place;  /* of the first bit of `bits`, a multiple of JT_BITS_CHUNK_BITS */
    jeton_span bits; /* empty, or JT_BITS_CHUNK bytes; the lowest bit of the first is `place` */
} jt_bitmap_part;

/* Shows all there is: of each list one part for each chunk that has a bit set, in which nothing is
 * announced, then one without bits that says what is; so who takes them in one after the other has
 * a bit before its token is good. Ends early with what `visit` returns, if that is not JETON_OK.
 * Those who write wait, so `visit` must not. */
typedef jeton_status jt_bitmaps_visitor(void *user, const jt_bitmap_part *part);
JETON_MUST jeton_status jt_bitmaps_each(const jt_bitmaps *bitmaps, jt_bitmaps_visitor *visit,
                                        void *user);

/* Takes such a part in, beside what is there. The outcomes of jt_bitmaps_set(), and
 * JETON_E_ARGUMENT for a part that is none. */
JETON_MUST jeton_status jt_bitmaps_merge(jt_bitmaps *bitmaps, const jt_bitmap_part *part,
                                         jeton_err *err);

/* What can be told of one list. */
typedef struct jt_bitmap_info {
    uint64_t list, announced;
    jeton_time expires;
    uint64_t changes; /* another number when a bit has been set */
    bool is_void;
} jt_bitmap_info;

/* Writes the bits of a list, JT_BITS_PLACES / 8 bytes, the lowest bit of the first being place 0;
 * of a void list all of them are set. False: it is not here. `info` may be NULL, `to` too. */
JETON_MUST bool jt_bitmaps_copy(const jt_bitmaps *bitmaps, uint64_t list, uint8_t *to,
                                jt_bitmap_info *info);

/* The numbers of the lists that are here, in their order, at most `most`; gives how many. */
size_t jt_bitmaps_list(const jt_bitmaps *bitmaps, uint64_t *numbers, size_t most);

typedef struct jt_bitmaps_counts {
    uint64_t lists;     /* that are here */
    uint64_t announced; /* places in them */
    uint64_t chunks;    /* that they have */
    uint64_t voids;     /* lists that refuse everything for want of memory */
    size_t bytes;       /* of memory, lists and what is kept for others included … */
    size_t used, limit; /* … of which bits take so much, and may take at most */
} jt_bitmaps_counts;

jt_bitmaps_counts jt_bitmaps_count(const jt_bitmaps *bitmaps);

#endif
