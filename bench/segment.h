/* SPDX-License-Identifier: Apache-2.0 */
/* bench/segment.h - asking the segment: one look into its table, and all that is asked about a
 * token of a user, the clock included, with ten thousand things revoked.
 */
#ifndef BENCH_SEGMENT_H
#define BENCH_SEGMENT_H

typedef struct bench_segment_times {
    double lookup_ns, check_ns; /* 0: could not be measured */
} bench_segment_times;

bench_segment_times bench_segment(void);

#endif
