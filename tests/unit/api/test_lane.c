/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/api/test_lane.c - lanes: everything queued is done once, and no more is queued than
 * may wait. */
#include "api/lane.h"

#include "unit.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct job {
    jd_work work; /* first */
    atomic_uint *done;
    pthread_mutex_t *gate; /* waited for, when there is one */
} job;

static void run(jd_work *work)
{
    job *of = (job *)work;
    if (of->gate != NULL) {
        pthread_mutex_lock(of->gate);
        pthread_mutex_unlock(of->gate);
    }
    atomic_fetch_add(of->done, 1);
}

static jd_lane *open_lane(unsigned threads, size_t queue, bool idle)
{
    const jd_lane_options options = {
        .name = "test", .threads = threads, .queue = queue, .idle = idle};
    jd_lane *lane = BOGUS;
    assert_int_equal(jd_lane_open(&options, &lane, NULL), JETON_OK);
    return lane;
}

static void everything_queued_is_done_once_before_close_returns(void **state)
{
    (void)state;
    static job jobs[500];
    for (unsigned threads = 1; threads <= 3; threads++) {
        atomic_uint done = 0;
        jd_lane *lane = open_lane(threads, COUNT(jobs), threads == 3);
        for (size_t i = 0; i < COUNT(jobs); i++) {
            jobs[i] = (job){.work.run = run, .done = &done};
            assert_int_equal(jd_lane_add(lane, &jobs[i].work, NULL), JETON_OK);
        }
        jd_lane_close(&lane);
        assert_null(lane);
        assert_int_equal(atomic_load(&done), COUNT(jobs));
    }
}

static void more_than_may_wait_is_refused_and_not_done(void **state)
{
    (void)state;
    enum { QUEUE = 4, MORE = QUEUE + 2 };
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    atomic_uint done = 0;
    job jobs[MORE];
    unsigned queued = 0;
    pthread_mutex_lock(&gate);
    jd_lane *lane = open_lane(1, QUEUE, false);
    for (size_t i = 0; i < MORE; i++) {
        jeton_err err = {0};
        jobs[i] = (job){.work.run = run, .done = &done, .gate = &gate};
        const jeton_status status = jd_lane_add(lane, &jobs[i].work, &err);
        assert_int_equal(err.status, status);
        if (status == JETON_OK)
            queued++;
        else
            assert_int_equal(status, JETON_E_BUSY);
    }
    /* the thread may have taken one out of the queue already, or not yet */
    assert_in_range(queued, QUEUE, QUEUE + 1);
    pthread_mutex_unlock(&gate);
    jd_lane_close(&lane);
    assert_int_equal(atomic_load(&done), queued);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_queued_is_done_once_before_close_returns),
        cmocka_unit_test(more_than_may_wait_is_refused_and_not_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
