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

static void settle(jd_work *work, jeton_status status, const jeton_err *err)
{
    (void)work;
    (void)err;
    assert_int_equal(status, JETON_OK);
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
            jobs[i] = (job){.work = {.run = run, .settle = settle}, .done = &done};
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
        jobs[i] = (job){.work = {.run = run, .settle = settle}, .done = &done, .gate = &gate};
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

/* --- batches --------------------------------------------------------------------------------- */

enum { BATCH_MOST = 8 };

/* What the works of a lane with batches met, in one thread: no lock is needed. */
typedef struct batches {
    jeton_status begin, end; /* what these give */
    bool open;
    unsigned begun, in_batch, largest, run_outside, settled_inside, settled, failed;
} batches;

typedef struct part {
    jd_work work; /* first */
    batches *of;
    pthread_mutex_t *gate;
} part;

static jeton_status begin(void *user, jeton_err *err)
{
    batches *of = user;
    of->begun++;
    of->in_batch = 0;
    of->open = of->begin == JETON_OK;
    if (err != NULL)
        err->status = of->begin;
    return of->begin;
}

static jeton_status end(void *user, jeton_err *err)
{
    batches *of = user;
    of->open = false;
    if (err != NULL)
        err->status = of->end;
    return of->end;
}

static void run_part(jd_work *work)
{
    batches *of = ((part *)work)->of;
    pthread_mutex_t *gate = ((part *)work)->gate;
    if (gate != NULL) {
        pthread_mutex_lock(gate);
        pthread_mutex_unlock(gate);
    }
    of->run_outside += !of->open;
    of->in_batch++;
    if (of->in_batch > of->largest)
        of->largest = of->in_batch;
}

static void settle_part(jd_work *work, jeton_status status, const jeton_err *err)
{
    batches *of = ((part *)work)->of;
    assert_int_equal(err->status, status);
    of->settled_inside += of->open;
    of->settled++;
    of->failed += status != JETON_OK;
    work->next = BOGUS; /* it is not the lane's any more */
}

/* Runs `count` works; all but the first wait before the first is run. */
static void run_parts(batches *of, size_t count)
{
    part parts[100];
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    jd_lane *lane;
    const jd_lane_options options = {
        .name = "test",
        .threads = 1,
        .queue = COUNT(parts),
        .batch = {
            .most = BATCH_MOST, .milliseconds = 10000, .user = of, .begin = begin, .end = end}};
    pthread_mutex_lock(&gate);
    assert_int_equal(jd_lane_open(&options, &lane, NULL), JETON_OK);
    for (size_t i = 0; i < count; i++) {
        parts[i] = (part){.work = {.run = run_part, .settle = settle_part}, .of = of};
        parts[i].gate = i == 0 ? &gate : NULL;
        assert_int_equal(jd_lane_add(lane, &parts[i].work, NULL), JETON_OK);
    }
    pthread_mutex_unlock(&gate);
    jd_lane_close(&lane);
    assert_int_equal(of->settled, count);
}

static void works_that_wait_run_in_one_batch_up_to_its_limit(void **state)
{
    (void)state;
    const size_t counts[] = {1, BATCH_MOST - 1, BATCH_MOST, BATCH_MOST + 1, 50};
    for (size_t i = 0; i < COUNT(counts); i++) {
        print_message("  %zu works\n", counts[i]);
        batches of = {0};
        run_parts(&of, counts[i]);
        assert_int_equal(of.begun, (counts[i] + BATCH_MOST - 1) / BATCH_MOST);
        assert_int_equal(of.largest, counts[i] < BATCH_MOST ? counts[i] : BATCH_MOST);
        assert_int_equal(of.run_outside, 0);
        assert_int_equal(of.settled_inside, 0);
        assert_int_equal(of.failed, 0);
    }
}

static void works_of_a_batch_that_cannot_begin_are_told_so_and_not_run(void **state)
{
    (void)state;
    batches of = {.begin = JETON_E_BUSY};
    run_parts(&of, 20);
    assert_int_equal(of.largest, 0);
    assert_int_equal(of.failed, 20);
}

static void works_of_a_batch_that_does_not_hold_are_all_told_so(void **state)
{
    (void)state;
    batches of = {.end = JETON_E_STORE};
    run_parts(&of, 20);
    assert_int_equal(of.largest, BATCH_MOST);
    assert_int_equal(of.failed, 20);
}

static void a_batch_takes_no_more_after_its_time(void **state)
{
    (void)state;
    batches of = {0};
    part parts[5];
    jd_lane *lane;
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    const jd_lane_options options = {
        .name = "test",
        .threads = 1,
        .queue = COUNT(parts),
        .batch = {.most = BATCH_MOST, .user = &of, .begin = begin, .end = end}};
    pthread_mutex_lock(&gate);
    assert_int_equal(jd_lane_open(&options, &lane, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(parts); i++) {
        parts[i] = (part){.work = {.run = run_part, .settle = settle_part}, .of = &of};
        parts[i].gate = i == 0 ? &gate : NULL;
        assert_int_equal(jd_lane_add(lane, &parts[i].work, NULL), JETON_OK);
    }
    pthread_mutex_unlock(&gate);
    jd_lane_close(&lane);
    assert_int_equal(of.settled, COUNT(parts));
    assert_int_equal(of.begun, COUNT(parts)); /* no time at all: each by itself */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_queued_is_done_once_before_close_returns),
        cmocka_unit_test(more_than_may_wait_is_refused_and_not_done),
        cmocka_unit_test(works_that_wait_run_in_one_batch_up_to_its_limit),
        cmocka_unit_test(works_of_a_batch_that_cannot_begin_are_told_so_and_not_run),
        cmocka_unit_test(works_of_a_batch_that_does_not_hold_are_all_told_so),
        cmocka_unit_test(a_batch_takes_no_more_after_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
