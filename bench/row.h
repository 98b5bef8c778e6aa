/* SPDX-License-Identifier: Apache-2.0 */
/* bench/row.h - one line of the answer: an algorithm in one direction.
 */
#ifndef BENCH_ROW_H
#define BENCH_ROW_H

#include "segment.h"

#include <jeton/alg.h>

typedef enum bench_direction {
    BENCH_VERIFY,
    BENCH_SIGN,
} bench_direction;

#define BENCH_DIRECTIONS 2U

extern const char *const bench_direction_names[BENCH_DIRECTIONS];

/* Nanoseconds per operation; 0: not measured. */
typedef struct bench_row {
    const char *alg;
    double ns, bare_ns, libjwt_ns;
    double own_allocations; /* per operation, once warm */
    double two_threads;     /* what two threads do, as a multiple of one's; verifying only */
} bench_row;

/* Measures an algorithm both ways. False when it cannot be done by this build, with the reason on
 * standard error. */
bool bench_measure(jeton_alg alg, bench_row rows[BENCH_DIRECTIONS]);

/* What is measured once. 0: there is none. */
typedef struct bench_once {
    double hit_ns;   /* of the verdict cache */
    double guard_ns; /* of a guard beyond that */
    bench_segment_times segment;
} bench_once;

/* Prints one direction after the other: for people, or as one JSON object. */
void bench_print_table(const bench_row *rows, size_t count, const bench_once *once);
void bench_print_json(const bench_row *rows, size_t count, const bench_once *once);

#endif
