/* SPDX-License-Identifier: Apache-2.0 */
/* sys/clock.h - what time it is for whatever is kept, signed or judged by, and the clock that only
 * goes forward.
 *
 * Nodes that share a store must agree on the time, and a wall clock may be set at any moment: by
 * an hour, by hand, and back again. Until that is noticed a node must not withdraw a key too early,
 * take a second tab for a thief, or good tokens for expired. So each answer of the store that shows
 * that the wall clock is right has it trusted (agent/follower.c), together with how far it was
 * ahead of the boot-time clock, which nobody sets; a wall clock that has been stepped since is
 * passed over, until the store has vouched for it again.
 *
 * Where nothing was ever trusted (SQLite, the command line) it is the wall clock. One per process,
 * for a process is one node. Any thread.
 */
#ifndef JD_SYS_CLOCK_H
#define JD_SYS_CLOCK_H

#include <jeton/ctx.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* Milliseconds since some moment before the program started; setting the clock moves nothing. */
static inline int64_t jd_monotonic(void)
{
    struct timespec ts = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* The time. */
jeton_time jd_now(void);

/* A context whose time is jd_now(), and all else the default; never NULL, never freed. */
const jeton_ctx *jd_now_ctx(void);

/* At `boot` of the boot-time clock (jt_boot_now(), nanoseconds) it was `time`: the wall clock's,
 * when the store has found it right; or the store's own, when there is no better. */
void jd_clock_trust(jeton_time time, uint64_t boot);

/* Whether anything was trusted yet. */
bool jd_clock_is_trusted(void);

/* For tests, which are more than one node: nothing is trusted any more. */
void jd_clock_forget(void);

#endif
