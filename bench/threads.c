/* SPDX-License-Identifier: Apache-2.0 */
/* bench/threads.c - the same work by one thread and by two, in turns. */
#include "threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define ROUNDS   15U
#define ROUND_NS 4e6

typedef struct pace {
    bench_fixture *fixture; /* its verdict is the thread's own; everything else is shared */
    unsigned operations;
    atomic_uint *at_start; /* counts down; nobody runs before all are there */
    bool good;
} pace;

static double now_ns(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

static void *run(void *arg)
{
    pace *p = arg;
    atomic_fetch_sub(p->at_start, 1);
    while (atomic_load(p->at_start) > 0)
        ;
    bool good = true; /* not p->good: the other's lies beside it */
    for (unsigned i = 0; i < p->operations; i++)
        good &= bench_verify(p->fixture);
    p->good = good;
    return NULL;
}

/* Nanoseconds until one or both have done all their operations; 0 when something failed. */
static double time_round(bench_fixture *const fixtures[2], unsigned count, unsigned operations)
{
    atomic_uint at_start = count;
    pace paces[2] = {0};
    pthread_t second;
    for (unsigned i = 0; i < count; i++)
        paces[i] = (pace){fixtures[i], operations, &at_start, false};
    if (count > 1 && pthread_create(&second, NULL, run, &paces[1]) != 0)
        return 0;
    while (atomic_load(&at_start) > 1) /* making a thread is not part of the work */
        ;
    const double start = now_ns();
    (void)run(&paces[0]);
    if (count > 1)
        (void)pthread_join(second, NULL);
    const double took = now_ns() - start;
    return paces[0].good && paces[count - 1].good ? took : 0;
}

static void keep_best(double *best, double ns)
{
    if (*best == 0 || ns < *best)
        *best = ns;
}

static double race(bench_fixture *const fixtures[2])
{
    const double few = time_round(fixtures, 1, 16);
    if (few == 0 || !bench_verify(fixtures[1])) /* and the second verdict is warm */
        return 0;
    const unsigned operations = (unsigned)(ROUND_NS / (few / 16)) + 1;
    double one = 0;
    double two = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        keep_best(&one, time_round(fixtures, 1, operations));
        keep_best(&two, time_round(fixtures, 2, operations));
    }
    return two > 0 ? 2 * one / two : 0;
}

double bench_two_threads(bench_fixture *fixture)
{
    bench_fixture second = *fixture; /* shares all but the verdict */
    second.verdict = NULL;
    if (jeton_verdict_new(fixture->ctx, &second.verdict, NULL) != JETON_OK)
        return 0;
    bench_fixture *const fixtures[2] = {fixture, &second};
    const double ratio = race(fixtures);
    jeton_verdict_free(&second.verdict);
    return ratio;
}
