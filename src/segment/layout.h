/* SPDX-License-Identifier: Apache-2.0 */
/* segment/layout.h - what stands where in a segment's file.
 *
 * A head that never changes once the file has its name, a live part of words that do, then parts:
 * the keys, which never change either, and what is revoked, which only ever gets more: a hash
 * table, another of single tokens, and the lists of token bits. So a change of keys, more room, and
 * forgetting what has expired are each a new file in the place of the old one, whose state then
 * says MOVED: whoever sees that opens the path again.
 *
 * Everything that changes is a 64-bit word, read and written whole; an entry counts from the moment
 * its last word is there. So there is no moment at which a reader would have to wait, and none at
 * which a writer that dies leaves half of something.
 *
 * Numbers are in the byte order of the machine: the file does not leave it. A part of an unknown
 * kind is passed over, so later versions may add some; what must not be passed over because tokens
 * would stand that are revoked there is another version.
 */
#ifndef JT_SEGMENT_LAYOUT_H
#define JT_SEGMENT_LAYOUT_H

#include "revoke/fingerprints.h"
#include "revoke/revocations.h"

#include <stdatomic.h>
#include <time.h>

#define JT_SEGMENT_MAGIC    "jetonseg"
#define JT_SEGMENT_VERSION  2U
#define JT_SEGMENT_PAGE     ((size_t)4096)
#define JT_SEGMENT_HEAD     JT_SEGMENT_PAGE /* where the first part begins */
#define JT_SEGMENT_LIVE_AT  ((size_t)2048)
#define JT_SEGMENT_PARTS    16U
#define JT_SEGMENT_BOOT     40U
#define JT_SEGMENT_BEAT_MS  500U
#define JT_SEGMENT_STALE_MS 2000U /* as long as the writer does not say otherwise */
#define JT_SEGMENT_ASK_MS   50U   /* the default of jeton_stale_rule.deadline_ms */

typedef enum jt_segment_kind {
    JT_SEGMENT_NONE,
    JT_SEGMENT_KEYS,   /* a JWKS, public keys only */
    JT_SEGMENT_TABLE,  /* jt_table_slot[], a power of two of them */
    JT_SEGMENT_TOKENS, /* jt_fingerprint_slot[] */
    JT_SEGMENT_LISTS,  /* jt_bits_list[], a power of two of them */
    JT_SEGMENT_BITS,   /* chunks of JT_BITS_CHUNK bytes: lists say where by bytes from the beginning
                          of the file */
} jt_segment_kind;

typedef struct jt_segment_part {
    uint64_t kind;
    uint64_t at, len; /* bytes from the beginning of the file */
} jt_segment_part;

/* Never changes. */
typedef struct jt_segment_head {
    uint8_t magic[8];
    uint64_t version;
    uint64_t size;              /* of the file */
    uint64_t generation;        /* one more with each file in that place */
    uint64_t keys_generation;   /* one more with each change of keys */
    uint64_t seed[2];           /* of the table */
    int64_t created;            /* jeton_time */
    int64_t writer;             /* process id */
    char boot[JT_SEGMENT_BOOT]; /* which start of the machine `fresh` counts from: text, NUL */
    jt_segment_part parts[JT_SEGMENT_PARTS];
    uint8_t digest[32]; /* SHA-256 of the head with zeros here, then of the keys */
} jt_segment_head;

_Static_assert(sizeof(jt_segment_head) <= JT_SEGMENT_LIVE_AT, "the head ends before the live part");

typedef enum jt_segment_state {
    JT_SEGMENT_LIVE = 1,
    JT_SEGMENT_MOVED = 2,   /* nothing comes in here any more: open the path again */
    JT_SEGMENT_STOPPED = 3, /* its writer has ended; the next one makes a new file */
} jt_segment_state;

#define JT_SEGMENT_VOID UINT64_MAX

#define JT_SEGMENT_KINDS 16U

/* Changes. */
typedef struct jt_segment_live {
    jt_word state; /* jt_segment_state */
    jt_word fresh; /* nanoseconds of the boot-time clock: when it was last known to be complete */
    jt_word head;  /* number of the last entry of the log that is in here */
    jt_word all;   /* a mark for everything; JT_SEGMENT_VOID: the keys are not good any more */
    jt_word used;  /* entries of the tables … */
    jt_word of_kind[JT_SEGMENT_KINDS]; /* … its parts */
    jt_word lost;                      /* entries for which there was no room */
    jt_word prints;                    /* of used: those of the table of tokens */
    jt_word lists, chunks;             /* of token bits: those in use, those that have bits */
    jt_word lease;                     /* ms that `fresh` is good for; 0: JT_SEGMENT_STALE_MS */
    jt_word room[22];                  /* zeros, for later versions */
} jt_segment_live;

_Static_assert(JT_SEGMENT_LIVE_AT + sizeof(jt_segment_live) <= JT_SEGMENT_HEAD, "it fits");

/* Nanoseconds since the machine was started, sleep included; 0 when there is no such clock. */
static inline uint64_t jt_boot_now(void)
{
    struct timespec ts = {0};
    (void)clock_gettime(CLOCK_BOOTTIME, &ts);
    return (uint64_t)ts.tv_sec * 1000000000U + (uint64_t)ts.tv_nsec;
}

/* Which start of the machine this is, as text. False when the system does not say. */
JETON_MUST bool jt_boot_id(char to[JT_SEGMENT_BOOT]);

/* Where the lists of token bits in a file are, which is mapped at `base`. */
void jt_segment_bits(uint8_t *base, const jt_segment_part *lists, const jt_segment_part *bits,
                     jt_bits *to);

/* Writes the digest that a head and its keys must have. */
void jt_segment_digest(const jt_segment_head *head, jeton_span keys, uint8_t digest[32]);

#endif
