/* SPDX-License-Identifier: Apache-2.0 */
/* api/lane.c - a queue behind a mutex, and threads that take from its front. */
#include "api/lane.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/clock.h"
#include "sys/metrics.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

struct jd_lane {
    jd_lane_options options;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    jd_work *first, *last;
    jd_lane_counts counts; /* but `active` */
    atomic_size_t active;
    bool closing;
    unsigned started;
    pthread_t threads[];
};

/* The front of the queue. With `wait`, NULL means that the lane closes and nothing waits. */
static jd_work *take(jd_lane *lane, bool wait)
{
    pthread_mutex_lock(&lane->mutex);
    while (wait && lane->first == NULL && !lane->closing)
        pthread_cond_wait(&lane->wake, &lane->mutex);
    jd_work *work = lane->first;
    if (work != NULL) {
        lane->first = work->next;
        lane->counts.waiting--;
        lane->counts.taken++;
    }
    pthread_mutex_unlock(&lane->mutex);
    return work;
}

static void settle_all(jd_work *first, jeton_status status, const jeton_err *err)
{
    while (first != NULL) {
        jd_work *work = first;
        first = work->next; /* settled, it is gone */
        work->settle(work, status, err);
    }
}

static void run_alone(jd_work *work)
{
    const jeton_err none = {0};
    work->run(work);
    work->settle(work, JETON_OK, &none);
}

/* Runs `work` and others that wait, and links them in their order. */
static void run_together(jd_lane *lane, jd_work *work)
{
    const jd_lane_batch *batch = &lane->options.batch;
    const int64_t end = jd_monotonic() + batch->milliseconds;
    for (size_t count = 1;; count++) {
        work->next = NULL;
        work->run(work);
        jd_work *another = NULL;
        if (count < batch->most && jd_monotonic() < end)
            another = take(lane, false);
        if (another == NULL) {
            jd_metric_size(JD_METRIC_BATCHES, 0, count);
            return;
        }
        work->next = another;
        work = another;
    }
}

static void run_batch(jd_lane *lane, jd_work *first)
{
    const jd_lane_batch *batch = &lane->options.batch;
    jeton_err err = {0};
    first->next = NULL;
    jeton_status status = batch->begin(batch->user, &err);
    if (status == JETON_OK) {
        run_together(lane, first);
        status = batch->end(batch->user, &err);
    }
    settle_all(first, status, &err);
}

static void *serve(void *argument)
{
    jd_lane *lane = argument;
    const struct sched_param none = {0};
    if (lane->options.idle) /* a system that refuses this only costs the others some latency */
        (void)sched_setscheduler(0, SCHED_IDLE, &none);
    jd_work *work;
    while ((work = take(lane, true)) != NULL) {
        atomic_fetch_add(&lane->active, 1);
        if (lane->options.batch.most > 0)
            run_batch(lane, work);
        else
            run_alone(work);
        atomic_fetch_sub(&lane->active, 1);
    }
    return NULL;
}

static jeton_status start(jd_lane *lane, jeton_err *err)
{
    while (lane->started < lane->options.threads) {
        pthread_t *thread = &lane->threads[lane->started];
        const int failed = pthread_create(thread, NULL, serve, lane);
        if (failed != 0)
            return jt_fail(err, JETON_E_SYSTEM, "cannot start a thread: %s", strerror(failed));
        (void)pthread_setname_np(*thread, lane->options.name);
        lane->started++;
    }
    return JETON_OK;
}

jeton_status jd_lane_open(const jd_lane_options *options, jd_lane **lane, jeton_err *err)
{
    *lane = NULL;
    JT_AUTO(jd_lane_close)
    jd_lane *made = jt_zalloc(NULL, sizeof *made + options->threads * sizeof(pthread_t));
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "lane");
    made->options = *options;
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->wake, NULL);
    JT_TRY(start(made, err));
    *lane = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jd_lane_close(jd_lane **lane)
{
    if (lane == NULL || *lane == NULL)
        return;
    jd_lane *closed = *lane;
    pthread_mutex_lock(&closed->mutex);
    closed->closing = true;
    pthread_cond_broadcast(&closed->wake);
    pthread_mutex_unlock(&closed->mutex);
    for (unsigned i = 0; i < closed->started; i++)
        pthread_join(closed->threads[i], NULL);
    pthread_cond_destroy(&closed->wake);
    pthread_mutex_destroy(&closed->mutex);
    jt_release(NULL, closed);
    *lane = NULL;
}

void jd_lane_count(jd_lane *lane, jd_lane_counts *counts)
{
    pthread_mutex_lock(&lane->mutex);
    *counts = lane->counts;
    pthread_mutex_unlock(&lane->mutex);
    counts->active = atomic_load(&lane->active);
}

jeton_status jd_lane_add(jd_lane *lane, jd_work *work, jeton_err *err)
{
    pthread_mutex_lock(&lane->mutex);
    const bool room = !lane->closing && lane->counts.waiting < lane->options.queue;
    if (room) {
        work->next = NULL;
        if (lane->first == NULL)
            lane->first = work;
        else
            lane->last->next = work;
        lane->last = work;
        lane->counts.waiting++;
        pthread_cond_signal(&lane->wake);
    } else {
        lane->counts.rejected++;
    }
    pthread_mutex_unlock(&lane->mutex);
    return room ? JETON_OK : jt_fail(err, JETON_E_BUSY, "too much waits already");
}
