/* SPDX-License-Identifier: Apache-2.0 */
/* store/nodes.h - who follows the log, and how far. The rules of store/store.h hold. */
#ifndef JD_STORE_NODES_H
#define JD_STORE_NODES_H

#include "core/arena.h"
#include "store/log.h"
#include "store/store.h"
#include "sys/id.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* A program that follows the log: one run of `jeton serve` or `jeton agent`. While its lease lasts
 * it may accept tokens by what it has applied. */
typedef struct jd_node {
    jd_id id; /* of this one run */
    jeton_span name;
    jeton_span kind; /* "serve" or "agent" */
    jeton_span version;
    uint64_t applied; /* the log, up to this number */
    int64_t lease;    /* milliseconds */
    jeton_time began; /* by the database's clock, like all times here */
    jeton_time seen;  /* of its last request; always later than of the one before, also when the
                         clock has been set back: that it changes is what shows that there was one */
} jd_node;

/* What a node says, and asks. */
typedef struct jd_beat {
    jd_id id;
    jeton_span name, kind, version;
    uint64_t applied;
    int64_t lease;
    uint64_t from; /* the lowest number it wants */
    size_t most;   /* entries */
} jd_beat;

typedef struct jd_beat_answer {
    uint64_t head;      /* of the log */
    uint64_t pruned;    /* the highest number that was ever pruned: who has not applied that much
                           may have missed notices, and reads anew all that they are about */
    uint64_t keys;      /* of the last notice about keys: who has applied that much has them all */
    jeton_time now;     /* the database's clock */
    jeton_time started; /* the database: rows of `nodes` from before may be lost; 0: they are not */
    jd_entries entries; /* numbered `from` and above, in their order, at least up to the head unless
                           there are `most` of them; as with jd_store_log_after() */
} jd_beat_answer;

/* Writes the node's row, and then reads the log: whoever commits an entry that is not in the answer
 * finds the row, with what the node said, when he looks at jd_store_node_list() afterwards. That
 * the row survives a power cut is not waited for.
 *
 * JETON_E_ARGUMENT   the kind is another word
 * JETON_E_SIGNATURE  as with jd_store_log_after(); the row has been written
 */
JETON_MUST jeton_status jd_store_node_beat(jd_store *store, const jd_beat *beat, jt_arena *arena,
                                           jd_beat_answer *answer, jeton_err *err);

typedef struct jd_nodes {
    const jd_node *at; /* in the order of their names */
    size_t count;
    uint64_t head, keys;     /* of the log; as in jd_beat_answer */
    jeton_time now, started; /* as in jd_beat_answer */
} jd_nodes;

/* All of them, also those whose lease is over; one that was not seen for a day is removed some time
 * (jd_store_purge()). A node that stops says nothing: guards go on by its segment until its lease
 * has run out, and so long whoever waits has to wait for it. */
JETON_MUST jeton_status jd_store_node_list(jd_store *store, jt_arena *arena, jd_nodes *nodes,
                                           jeton_err *err);

#endif
