/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/key_schedule.c - the thread that tends the keys. */
#include "daemon/key_schedule.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define RETRY_MS 1000

struct jd_key_schedule {
    jd_signer *signer;
    atomic_bool closing;
    bool started;
    pthread_t thread;
};

static void *tend(void *argument)
{
    jd_key_schedule *of = argument;
    while (!atomic_load(&of->closing)) {
        jeton_time due;
        jeton_err err = {0};
        if (jd_signer_tend(of->signer, &due, &err) != JETON_OK) {
            jd_log(JD_ERROR, EV_KEYS_FAILED, JD_TEXT("why", err.text), JD_TEXT("next", "retried"));
            due = jt_now(NULL) + RETRY_MS;
        }
        jd_signer_wait(of->signer, due);
    }
    return NULL;
}

jeton_status jd_key_schedule_open(jd_accounts *accounts, jd_key_schedule **schedule, jeton_err *err)
{
    jeton_time due;
    *schedule = NULL;
    JT_TRY(jd_signer_tend(accounts->signer, &due, err));
    JT_AUTO(jd_key_schedule_close) jd_key_schedule *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "schedule of keys");
    made->signer = accounts->signer;
    const int failed = pthread_create(&made->thread, NULL, tend, made);
    if (failed != 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot start a thread: %s", strerror(failed));
    (void)pthread_setname_np(made->thread, "keys");
    made->started = true;
    *schedule = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jd_key_schedule_close(jd_key_schedule **schedule)
{
    if (schedule == NULL || *schedule == NULL)
        return;
    jd_key_schedule *of = *schedule;
    atomic_store(&of->closing, true);
    if (of->started) {
        jd_signer_wake(of->signer);
        pthread_join(of->thread, NULL);
    }
    jt_release(NULL, of);
    *schedule = NULL;
}
