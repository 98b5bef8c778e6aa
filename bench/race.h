/* SPDX-License-Identifier: Apache-2.0 */
/* bench/race.h - how long operations take, beside each other.
 *
 * The operations run in turns, a few milliseconds each, for many rounds, and each keeps its best
 * round: what a shared machine takes away it takes from all of them, and the best round is the one
 * from which it took least. The ratio of two runners is worth more than either number.
 */
#ifndef BENCH_RACE_H
#define BENCH_RACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct bench_runner {
    bool (*run)(void *self); /* one operation; NULL: does not take part */
    void *self;
    double ns; /* the answer: nanoseconds per operation; 0 when it did not take part or failed */
    uint64_t operations; /* in one round; found out by the race */
} bench_runner;

/* Runs them against each other. False when an operation failed. */
bool bench_race(bench_runner *runners, size_t count);

#endif
