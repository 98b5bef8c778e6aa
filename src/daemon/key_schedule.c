/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/key_schedule.c - the thread that tends the keys. */
#include "daemon/key_schedule.h"

#include "accounts/key_acks.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/repeat.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define RETRY_MS 1000

struct jd_key_schedule {
    jd_accounts *accounts;
    jd_key_acks *acks;
    atomic_bool closing;
    bool started;
    pthread_t thread;
    jd_repeat failing; /* of the thread */
};

static void tell(jd_key_schedule *of, const char *why)
{
    int64_t times;
    if (jd_repeat_is_due(&of->failing, jd_monotonic(), why, &times))
        jd_log(JD_ERROR, EV_KEYS_FAILED, JD_TEXT("why", why), JD_INT("times", times),
               JD_TEXT("next", "retried"));
}

static void *tend(void *argument)
{
    jd_key_schedule *of = argument;
    jd_signer *signer = of->accounts->signer;
    while (!atomic_load(&of->closing)) {
        int64_t ms = RETRY_MS;
        jeton_time due;
        jeton_err err = {0};
        jeton_status status = jd_signer_tend(signer, &due, &err);
        if (status == JETON_OK)
            status = jd_key_acks_tend(of->acks, &err);
        if (status == JETON_OK) {
            ms = jd_signer_left(signer, due);
            jd_repeat_end(&of->failing);
        } else {
            tell(of, err.text);
        }
        jd_signer_wait(signer, ms);
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
    made->accounts = accounts;
    JT_TRY(jd_key_acks_open(accounts, &made->acks, err));
    const int failed = pthread_create(&made->thread, NULL, tend, made);
    if (failed != 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot start a thread: %s", strerror(failed));
    (void)pthread_setname_np(made->thread, "keys");
    made->started = true;
    atomic_store(&accounts->keys_tended, true);
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
        atomic_store(&of->accounts->keys_tended, false);
        jd_signer_wake(of->accounts->signer);
        pthread_join(of->thread, NULL);
    }
    jd_key_acks_close(&of->acks);
    jt_release(NULL, of);
    *schedule = NULL;
}
