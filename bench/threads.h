/* SPDX-License-Identifier: Apache-2.0 */
/* bench/threads.h - how much more two threads verify than one, with one verifier between them.
 */
#ifndef BENCH_THREADS_H
#define BENCH_THREADS_H

#include "fixture.h"

/* Tokens per second of two threads, as a multiple of one's: 2 at best, and where the machine has
 * fewer than two processors, 1. Best rounds of both. 0 when it could not be measured. */
double bench_two_threads(bench_fixture *fixture);

#endif
