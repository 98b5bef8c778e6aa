/* SPDX-License-Identifier: Apache-2.0 */
/* api/lane.h - threads for work that must not hold up the loops: a bounded queue and those who
 * empty it.
 *
 * Hashing a password burns a core for tens of milliseconds and a commit waits for the disk. Each
 * has its lane, so that neither delays the other, nor the verifications on the loop threads.
 */
#ifndef JD_API_LANE_H
#define JD_API_LANE_H

#include <jeton/error.h>
#include <jeton/span.h>

typedef struct jd_lane jd_lane;

/* One piece of work. Lives in whatever it belongs to; the lane only links it. */
typedef struct jd_work {
    struct jd_work *next;
    void (*run)(struct jd_work *work);
    /* Called on the same thread once what `run` did holds (JETON_OK), or does not: why is in *err
     * then, and `run` may not even have been called. The work is not the lane's any more once this
     * begins. */
    void (*settle)(struct jd_work *work, jeton_status status, const jeton_err *err);
} jd_work;

/* A lane may run its works in batches that hold together, or not at all: those that wait, and
 * those that come while they run, but no more than `most`, and none is begun after `milliseconds`.
 * Nobody waits for a batch to fill. */
typedef struct jd_lane_batch {
    size_t most; /* 0: each work by itself, without begin and end */
    unsigned milliseconds;
    void *user;
    jeton_status (*begin)(void *user, jeton_err *err);
    jeton_status (*end)(void *user, jeton_err *err); /* only after a begin that succeeded */
} jd_lane_batch;

typedef struct jd_lane_options {
    const char *name; /* of the threads, at most 15 characters */
    unsigned threads;
    size_t queue; /* works that may wait */
    bool idle;    /* run only when nobody else wants the processor (SCHED_IDLE) */
    jd_lane_batch batch;
} jd_lane_options;

/* Starts the threads. JETON_E_SYSTEM, JETON_E_NOMEM. */
JETON_MUST jeton_status jd_lane_open(const jd_lane_options *options, jd_lane **lane,
                                     jeton_err *err);

/* Lets the threads finish what waits, ends them, frees *lane and sets it to NULL. */
void jd_lane_close(jd_lane **lane);

typedef struct jd_lane_counts {
    size_t waiting, active;   /* at this moment */
    uint64_t taken, rejected; /* since it was opened */
} jd_lane_counts;

void jd_lane_count(jd_lane *lane, jd_lane_counts *counts);

/* Queues a work. JETON_E_BUSY, and it was not queued, when the queue is full or closing. */
JETON_MUST jeton_status jd_lane_add(jd_lane *lane, jd_work *work, jeton_err *err);

#endif
