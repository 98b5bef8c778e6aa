/* SPDX-License-Identifier: Apache-2.0 */
/* http/traffic.c - counts connections and waits for the last one. */
#include "http/traffic.h"

#include "core/err.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

/* The system's mutexes and conditions fail on misuse only. */
static void lock(jd_traffic *traffic)
{
    const int failure = pthread_mutex_lock(&traffic->lock);
    assert(failure == 0);
    (void)failure;
}

static void unlock(jd_traffic *traffic)
{
    const int failure = pthread_mutex_unlock(&traffic->lock);
    assert(failure == 0);
    (void)failure;
}

static int init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attr;
    int failure = pthread_condattr_init(&attr);
    if (failure != 0)
        return failure;
    failure = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    if (failure == 0)
        failure = pthread_cond_init(condition, &attr);
    pthread_condattr_destroy(&attr);
    return failure;
}

jeton_status jd_traffic_init(jd_traffic *traffic, jeton_err *err)
{
    *traffic = (jd_traffic){0};
    if (pthread_mutex_init(&traffic->lock, NULL) != 0)
        return jt_fail(err, JETON_E_SYSTEM, "no mutex to be had");
    if (init_condition(&traffic->changed) == 0)
        return JETON_OK;
    pthread_mutex_destroy(&traffic->lock);
    return jt_fail(err, JETON_E_SYSTEM, "no condition variable to be had");
}

void jd_traffic_done(jd_traffic *traffic)
{
    pthread_cond_destroy(&traffic->changed);
    pthread_mutex_destroy(&traffic->lock);
}

void jd_traffic_add(jd_traffic *traffic)
{
    atomic_fetch_add(&traffic->connections, 1);
}

void jd_traffic_remove(jd_traffic *traffic)
{
    if (atomic_fetch_sub(&traffic->connections, 1) > 1)
        return;
    lock(traffic); /* so that a waiter is either before its look at the count or asleep */
    pthread_cond_broadcast(&traffic->changed);
    unlock(traffic);
}

void jd_traffic_accepting(jd_traffic *traffic, int change)
{
    lock(traffic);
    traffic->accepting += (unsigned)change;
    pthread_cond_broadcast(&traffic->changed);
    unlock(traffic);
}

static bool is_quiet(jd_traffic *traffic)
{
    return traffic->accepting == 0 && atomic_load(&traffic->connections) == 0;
}

static struct timespec monotonic_in(unsigned ms)
{
    struct timespec when;
    clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_sec += ms / 1000;
    when.tv_nsec += (long)(ms % 1000) * 1000000;
    if (when.tv_nsec >= 1000000000) {
        when.tv_sec++;
        when.tv_nsec -= 1000000000;
    }
    return when;
}

bool jd_traffic_wait(jd_traffic *traffic, unsigned wait_ms)
{
    const struct timespec until = monotonic_in(wait_ms);
    int outcome = 0;
    lock(traffic);
    while (!is_quiet(traffic) && outcome != ETIMEDOUT)
        outcome = pthread_cond_timedwait(&traffic->changed, &traffic->lock, &until);
    const bool quiet = is_quiet(traffic);
    unlock(traffic);
    return quiet;
}
