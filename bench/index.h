/* SPDX-License-Identifier: Apache-2.0 */
/* bench/index.h - looking up the bit of a token among a hundred million: one that was looked up a
 * moment ago, and any of them.
 */
#ifndef BENCH_INDEX_H
#define BENCH_INDEX_H

#include <stddef.h>

typedef struct bench_index_times {
    double warm_ns, any_ns; /* 0: could not be measured */
    size_t bytes;           /* that they take */
} bench_index_times;

bench_index_times bench_index(void);

#endif
