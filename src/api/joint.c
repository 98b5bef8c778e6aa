/* SPDX-License-Identifier: Apache-2.0 */
/* api/joint.c - a work that its thread waits for. */
#include "api/joint.h"

#include "core/auto.h"
#include "core/err.h"

#include <pthread.h>

typedef struct joint {
    jd_work work; /* must stay first */
    jd_joint_work *run;
    void *args;
    jeton_status status;
    jeton_err err;
    pthread_mutex_t mutex; /* of what follows */
    pthread_cond_t news;
    bool over;
} joint;

static void run_joint(jd_work *work)
{
    joint *of = (joint *)work;
    of->status = of->run(of->args, &of->err);
}

/* What the work met itself came first. */
static void settle_joint(jd_work *work, jeton_status status, const jeton_err *err)
{
    joint *of = (joint *)work;
    pthread_mutex_lock(&of->mutex);
    if (of->status == JETON_OK && status != JETON_OK) {
        of->status = status;
        of->err = *err;
    }
    of->over = true;
    pthread_cond_signal(&of->news);
    pthread_mutex_unlock(&of->mutex);
}

static void wait_for(joint *of)
{
    pthread_mutex_lock(&of->mutex);
    while (!of->over)
        pthread_cond_wait(&of->news, &of->mutex);
    pthread_mutex_unlock(&of->mutex);
}

jeton_status jd_joint_run(jd_lane *lane, jd_joint_work *work, void *args, jeton_err *err)
{
    joint of = {.work = {.run = run_joint, .settle = settle_joint}, .run = work, .args = args};
    pthread_mutex_init(&of.mutex, NULL); /* cannot fail, like the other */
    pthread_cond_init(&of.news, NULL);
    const jeton_status added = jd_lane_add(lane, &of.work, err);
    if (added == JETON_OK)
        wait_for(&of);
    pthread_cond_destroy(&of.news);
    pthread_mutex_destroy(&of.mutex);
    if (added != JETON_OK || of.status == JETON_OK)
        return added;
    return jt_fail(err, of.status, "%s", of.err.text);
}
