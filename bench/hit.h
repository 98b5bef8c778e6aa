/* SPDX-License-Identifier: Apache-2.0 */
/* bench/hit.h - a hit in the verdict cache: a thousand tokens of 220 bytes of claims, asked for in
 * an order that no prefetcher knows, with every check on time and the hook.
 */
#ifndef BENCH_HIT_H
#define BENCH_HIT_H

#include "fixture.h"

#define BENCH_HIT_TOKENS 1000U

typedef struct bench_hit {
    bench_fixture fixture;
    jeton_cache *cache;
    char *tokens; /* one behind the other */
    size_t len;   /* of each */
    unsigned at;
} bench_hit;

/* Fills *hit, which has to stay where it is, with tokens that are all in the cache. False when that
 * did not work; bench_hit_done() is due in every case. */
bool bench_hit_init(bench_hit *hit);
void bench_hit_done(bench_hit *hit);

/* One verification of the next token, all of whose work the cache saves; false when it fails.
 * `self` is the bench_hit. */
bool bench_hit_verify(void *self);

/* Nanoseconds per hit; 0 when it could not be measured. */
double bench_hit_ns(void);

#endif
