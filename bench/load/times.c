/* SPDX-License-Identifier: Apache-2.0 */
/* bench/load/times.c - a histogram of microseconds, and the clock. */
#include "load.h"

#include <time.h>

#define BUCKETS                                                                                    \
    1000000U /* of a microsecond; what takes longer than a second is in the last one               \
              */

static atomic_uint buckets[BUCKETS];

void load_time(int64_t nanoseconds)
{
    const int64_t us = nanoseconds / 1000;
    atomic_fetch_add_explicit(&buckets[us < BUCKETS ? us : BUCKETS - 1], 1, memory_order_relaxed);
}

static unsigned long count_all(void)
{
    unsigned long all = 0;
    for (unsigned i = 0; i < BUCKETS; i++)
        all += buckets[i];
    return all;
}

/* The upper end, in milliseconds, of the bucket in which that part of all is reached. */
static double percentile(unsigned long all, double part)
{
    unsigned long seen = 0;
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += buckets[i];
        if (seen > 0 && (double)seen >= (double)all * part)
            return (i + 1) / 1000.0;
    }
    return 0;
}

void load_report(unsigned connections, unsigned long failed, int64_t nanoseconds)
{
    const unsigned long all = count_all();
    printf("{\"connections\":%u,\"requests\":%lu,\"failed\":%lu,\"per_second\":%.0f,"
           "\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}\n",
           connections, all, failed, (double)all * 1e9 / (double)nanoseconds, percentile(all, 0.5),
           percentile(all, 0.99), percentile(all, 1));
}

int64_t load_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void load_wait_until(int64_t moment)
{
    const struct timespec until = {.tv_sec = moment / 1000000000, .tv_nsec = moment % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) != 0)
        ;
}
