/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bench_store.c - what a store takes: revocations that are on disk, in batches as jeton serve
 * commits them, each with its row in the audit log; and requests of nodes that follow. */
#include "cli/bench.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "store/log.h"
#include "store/nodes.h"
#include "store/revoke.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#define BATCH   64U                         /* BATCH_MOST of api/app.c */
#define EXPIRES ((jeton_time)4102444800000) /* 2100 */
#define ASKERS  8U
#define NODES   1000U /* that have rows */
#define ENTRIES 1000U /* ASK_ENTRIES of agent/follower.c */

/* ---- revocations ---------------------------------------------------------------------------- */

/* Another token each time. */
static jeton_status revoke_batch(jd_store *store, uint64_t batch, jeton_err *err)
{
    jd_revoke_one ones[BATCH];
    for (size_t i = 0; i < BATCH; i++) {
        const uint64_t number = batch * BATCH + i;
        ones[i] = (jd_revoke_one){
            .asked = {.kind = JT_REVOKED_TOKEN, .now = jt_now(NULL), .expires = EXPIRES}};
        memcpy(ones[i].asked.id, &number, sizeof number);
    }
    return jd_store_revoke_many(store, ones, BATCH, err);
}

static jeton_status revoke(jd_bench *of, jd_store *store, jeton_err *err)
{
    uint64_t batches = 0;
    const int64_t began = jd_nanoseconds();
    int64_t now;
    do {
        JT_TRY(revoke_batch(store, batches++, err));
        now = jd_nanoseconds();
    } while (now < began + of->ns && jd_bench_goes_on());
    if (jd_bench_goes_on())
        jd_bench_note(of, JD_BENCH_REVOCATIONS,
                      (double)(batches * BATCH) / ((double)(now - began) / 1e9));
    return JETON_OK;
}

/* ---- nodes ---------------------------------------------------------------------------------- */

typedef struct asking {
    jd_store *store;
    int64_t until;
    uint64_t head;
    atomic_uint count;
    atomic_uint next; /* node */
    pthread_mutex_t lock;
    jeton_err err; /* under it: the first failure */
    pthread_t threads[ASKERS];
    size_t running;
} asking;

static jeton_status beat(asking *of, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_beat_answer answer;
    char name[16];
    const unsigned node = atomic_fetch_add(&of->next, 1) % NODES;
    jd_beat row = {.kind = jeton_str("agent"),
                   .version = jeton_str("bench"),
                   .applied = of->head,
                   .lease = JD_BENCH_LEASE_MS,
                   .from = of->head + 1,
                   .most = ENTRIES};
    (void)snprintf(name, sizeof name, "node-%u", node);
    row.name = jeton_str(name);
    memcpy(row.id.bytes, &node, sizeof node);
    return jd_store_node_beat(of->store, &row, &arena, &answer, err);
}

static void *ask(void *user)
{
    asking *of = user;
    jeton_err err = {0};
    while (jd_nanoseconds() < of->until && jd_bench_goes_on() && beat(of, &err) == JETON_OK)
        atomic_fetch_add(&of->count, 1);
    (void)pthread_mutex_lock(&of->lock);
    if (of->err.status == JETON_OK)
        of->err = err;
    (void)pthread_mutex_unlock(&of->lock);
    return NULL;
}

static jeton_status ask_all(jd_bench *bench, asking *of, jeton_err *err)
{
    const int64_t began = jd_nanoseconds();
    of->until = began + bench->ns;
    while (of->running < ASKERS && pthread_create(&of->threads[of->running], NULL, ask, of) == 0)
        of->running++;
    for (size_t i = 0; i < of->running; i++)
        (void)pthread_join(of->threads[i], NULL);
    if (of->running < ASKERS)
        return jt_fail(err, JETON_E_SYSTEM, "no thread to be had");
    if (of->err.status != JETON_OK)
        return jt_fail(err, of->err.status, "%s", of->err.text);
    if (jd_bench_goes_on())
        jd_bench_note(bench, JD_BENCH_BEATS,
                      (double)atomic_load(&of->count) / ((double)(jd_nanoseconds() - began) / 1e9));
    return JETON_OK;
}

/* Of a file there is one node. */
static jeton_status follow(jd_bench *bench, jd_store *store, jeton_err *err)
{
    asking of = {.store = store};
    if (!jd_store_is_shared(store))
        return JETON_OK;
    JT_TRY(jd_store_log_head(store, &of.head, err));
    (void)pthread_mutex_init(&of.lock, NULL);
    const jeton_status status = ask_all(bench, &of, err);
    (void)pthread_mutex_destroy(&of.lock);
    return status;
}

jeton_status jd_bench_store(jd_bench *of, jeton_err *err)
{
    JT_AUTO(jd_store_close) jd_store *store = NULL;
    JT_TRY(jd_scratch_open(&of->scratch, ASKERS, &store, err));
    JT_TRY(revoke(of, store, err));
    return jd_bench_goes_on() ? follow(of, store, err) : JETON_OK;
}
