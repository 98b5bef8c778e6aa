/* SPDX-License-Identifier: Apache-2.0 */
/* agent/segment_file.h - a segment's file, as its writer has it: made beside the path, filled, and
 * put in its place with one rename. See segment/layout.h. */
#ifndef JD_AGENT_SEGMENT_FILE_H
#define JD_AGENT_SEGMENT_FILE_H

#include "agent/lease.h"
#include "revoke/revocations.h"
#include "segment/table.h"
#include "sys/disk.h"

#include <sys/types.h>

/* Mapped for writing. {0}: there is none. */
typedef struct jd_segment_file {
    uint8_t *base;
    size_t size;
    jt_segment_live *live;
    jt_table table;
    jt_fingerprints tokens;
    jt_bits bits;
    uint64_t generation, keys_generation;
    uint8_t keys_digest[32];
} jd_segment_file;

/* What a file is made of. */
typedef struct jd_segment_plan {
    jeton_span jwks;
    const jt_revocations *revocations;
    const char *path;
    const char *boot;
    bool has_group; /* false: only its owner may read it */
    gid_t group;
    const jd_lease *lease; /* NULL: the file is fresh whenever its writer lives */
} jd_segment_plan;

/* Makes the file that comes after `old`, whole but not in its place yet, with what `revocations`
 * has at the moment and room for more. The old one is beaten meanwhile,
 * unless it is another writer's.
 *
 * JETON_E_SYSTEM  no room on the disk, no right to give it to the group, … */
JETON_MUST jeton_status jd_segment_make(const jd_segment_plan *plan, const jd_segment_file *old,
                                        jd_segment_file *file, jeton_err *err);

/* Puts it in its place; readers of the old one see that it is over, and *old is unmapped. On
 * failure everything is as it was before jd_segment_make(). */
JETON_MUST jeton_status jd_segment_place(const jd_segment_plan *plan, jd_segment_file *old,
                                         jd_segment_file *file, jeton_err *err);

/* Takes over the file that is at the path from a writer that has ended, to say that it is over and
 * to number the next: it has no table. {0} when there is none, or a damaged one.
 *
 * JETON_E_SYSTEM  something is there that is no segment: it is not ours to replace */
JETON_MUST jeton_status jd_segment_find(const char *path, jd_segment_file *file, jeton_err *err);

/* Whether readers may go by a file that jd_segment_find() has found for a while: the writer that
 * has ended held a lease, of the same length as ours, that has not run out, and published the
 * plan's keys. */
JETON_MUST bool jd_segment_is_good(const jd_segment_plan *plan, const jd_segment_file *old);

/* Whether there is as much room for an entry as a file should have; a new one has more. */
JETON_MUST bool jd_segment_has_room(jd_segment_file *file, const jt_revocation *entry);

/* Puts an entry in; false when there is no slot for it. A bit that cannot be kept makes its list
 * void, and a list that cannot be kept is unknown to readers: both is counted as lost. */
JETON_MUST bool jd_segment_put(jd_segment_file *file, const jt_revocation *entry);

/* Puts a part of a list of token bits in. JETON_E_BUSY: there is no room for it. */
JETON_MUST jeton_status jd_segment_put_part(jd_segment_file *file, const jt_bitmap_part *part);

/* Whether most of what is in there has expired: then a new one is worth it. */
JETON_MUST bool jd_segment_is_wasteful(const jd_segment_file *file,
                                       const jt_revocations *revocations);

/* Says that it is complete now, or, with a lease, when that was known last. Fine without a file. */
void jd_segment_beat(const jd_segment_file *file, const jd_lease *lease);

/* Unmaps it. */
void jd_segment_done(jd_segment_file *file);

/* Slots that a table for so many entries begins with. */
uint64_t jd_segment_slots_for(size_t entries);

static inline uint64_t jd_segment_peek(const jt_word *word)
{
    return atomic_load_explicit(word, memory_order_relaxed); /* we alone write it */
}

static inline void jd_segment_set(jt_word *word, uint64_t value)
{
    atomic_store_explicit(word, value, memory_order_release);
}

#endif
