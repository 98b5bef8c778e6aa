/* SPDX-License-Identifier: Apache-2.0 */
/* bench/race.c - rounds in turn, the best of each. */
#include "race.h"

#include <time.h>

#define ROUNDS   40
#define ROUND_NS 1.5e6 /* of each runner in each round */
#define TRY_NS   2e5   /* how long is tried how many operations fill a round */

static double now_ns(void)
{
    struct timespec ts;
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

/* Nanoseconds per operation, or 0 when one failed. */
static double time_round(const bench_runner *runner, uint64_t operations)
{
    bool good = true;
    const double start = now_ns();
    for (uint64_t i = 0; i < operations; i++)
        good &= runner->run(runner->self);
    const double took = now_ns() - start;
    return good ? took / (double)operations : 0;
}

/* How many operations fill a round: doubles until it can be told. Warms up as well. */
static uint64_t find_operations(const bench_runner *runner)
{
    for (uint64_t n = 1;; n *= 2) {
        const double ns = time_round(runner, n);
        if (ns == 0)
            return 0;
        if (ns * (double)n > TRY_NS)
            return (uint64_t)(ROUND_NS / ns) + 1;
    }
}

static bool warm_up(bench_runner *runner)
{
    runner->ns = 0;
    runner->operations = runner->run != NULL ? find_operations(runner) : 0;
    return runner->run == NULL || runner->operations > 0;
}

static bool run_round(bench_runner *runner)
{
    if (runner->run == NULL)
        return true;
    const double ns = time_round(runner, runner->operations);
    if (runner->ns == 0 || ns < runner->ns)
        runner->ns = ns;
    return ns > 0;
}

bool bench_race(bench_runner *runners, size_t count)
{
    bool good = true;
    for (size_t i = 0; i < count; i++)
        good = good && warm_up(&runners[i]);
    for (unsigned round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < count; i++)
            good = good && run_round(&runners[i]);
    return good;
}
