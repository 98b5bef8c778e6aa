/* SPDX-License-Identifier: Apache-2.0 */
/* bench/guard.h - a guard in front of a route that demands a role and a scope, when the verdict
 * cache has the token: what it takes beyond the hit.
 */
#ifndef BENCH_GUARD_H
#define BENCH_GUARD_H

#include "hit.h"

typedef struct bench_guard {
    bench_hit hit;
    jeton_guard *guard;
    jeton_visit *visit;
    char *headers; /* "Bearer " and a token, one behind the other */
    size_t len;    /* of each */
    unsigned at;
} bench_guard;

/* As bench_hit_init() and bench_hit_done(). */
bool bench_guard_init(bench_guard *bench);
void bench_guard_done(bench_guard *bench);

/* One request with the next token, from its beginning to the decision; false when it is refused.
 * `self` is the bench_guard. */
bool bench_guard_check(void *self);

/* Nanoseconds of a request beyond the hit in it; 0 when it could not be measured. */
double bench_guard_ns(void);

#endif
