/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/api/test_joint.c - a work that its thread waits for: what it came to, and what became
 * of the batch it was in. */
#include "api/joint.h"

#include "core/err.h"
#include "unit.h"

#include <pthread.h>
#include <string.h>

/* What a batch gives, and what a work in it does. */
typedef struct trial {
    const char *name;
    jeton_status begin, work, end;
    jeton_status want;
    const char *why;
    bool done; /* the work is to be done */
} trial;

static const trial trials[] = {
    {"all is well", JETON_OK, JETON_OK, JETON_OK, JETON_OK, "", true},
    {"the work fails", JETON_OK, JETON_E_NOT_FOUND, JETON_OK, JETON_E_NOT_FOUND, "work", true},
    {"no batch begins", JETON_E_BUSY, JETON_OK, JETON_OK, JETON_E_BUSY, "begin", false},
    {"the batch fails", JETON_OK, JETON_OK, JETON_E_STORE, JETON_E_STORE, "end", true},
    {"both fail", JETON_OK, JETON_E_NOT_FOUND, JETON_E_STORE, JETON_E_NOT_FOUND, "work", true},
};

typedef struct trying {
    const trial *of;
    bool open, done;
    pthread_t by;
} trying;

static jeton_status told(jeton_status status, const char *why, jeton_err *err)
{
    return status == JETON_OK ? JETON_OK : jt_fail(err, status, "%s", why);
}

static jeton_status begin(void *user, jeton_err *err)
{
    trying *on = user;
    on->open = on->of->begin == JETON_OK;
    return told(on->of->begin, "begin", err);
}

static jeton_status end(void *user, jeton_err *err)
{
    trying *on = user;
    on->open = false;
    return told(on->of->end, "end", err);
}

static jeton_status work(void *args, jeton_err *err)
{
    trying *on = args;
    on->done = on->open; /* within the batch, or it does not count */
    on->by = pthread_self();
    return told(on->of->work, "work", err);
}

static jd_lane *open_lane(trying *on, size_t queue)
{
    const jd_lane_options options = {
        .name = "test",
        .threads = 1,
        .queue = queue,
        .batch = {.most = 4, .milliseconds = 2, .user = on, .begin = begin, .end = end}};
    jd_lane *lane = NULL;
    assert_int_equal(jd_lane_open(&options, &lane, NULL), JETON_OK);
    return lane;
}

static void a_work_is_over_with_its_batch(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(trials); i++) {
        print_message("  %s\n", trials[i].name);
        trying on = {.of = &trials[i], .by = pthread_self()};
        jd_lane *lane = open_lane(&on, 4);
        jeton_err err = {0};
        assert_int_equal(jd_joint_run(lane, work, &on, &err), trials[i].want);
        assert_string_equal(err.text, trials[i].why);
        assert_false(on.open);
        assert_int_equal(on.done, trials[i].done);
        assert_int_equal(pthread_equal(on.by, pthread_self()) != 0, !trials[i].done);
        jd_lane_close(&lane);
    }
}

static void where_nothing_may_wait_nothing_is_done(void **state)
{
    (void)state;
    trying on = {.of = &trials[0]};
    jd_lane *lane = open_lane(&on, 0);
    assert_int_equal(jd_joint_run(lane, work, &on, NULL), JETON_E_BUSY);
    assert_false(on.done);
    jd_lane_close(&lane);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_work_is_over_with_its_batch),
        cmocka_unit_test(where_nothing_may_wait_nothing_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
