/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bench_reach.c - from the moment at which a revocation is committed until the last of eight
 * followers has applied it, by the bus. The followers are those of jeton agent, with connections
 * and threads of their own, in this process; so is the node that revokes. */
#include "agent/follower.h"
#include "cli/bench.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "store/log.h"
#include "store/revoke.h"

#include <inttypes.h>
#include <jeton/export.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

#define SAMPLES_MOST 8192U
#define SAMPLES      20U /* at least */
#define READY_NS     INT64_C(10000000000)
#define LOST_NS      INT64_C(10000000000) /* far beyond the lease: the node does not follow */
#define PAUSE_NS     3000000U             /* between two of them, and as much again by chance */
#define EXPIRES      ((jeton_time)4102444800000) /* 2100 */
#define NODES        (JD_BENCH_FOLLOWERS + 1)
#define PREFIX       40U

typedef struct reaching reaching;

typedef struct node {
    reaching *all;
    jd_store *store;
    jd_lease lease;
    jd_follower *follower;
    _Atomic uint64_t applied; /* the highest number */
    _Atomic int64_t when;     /* that it was, jd_nanoseconds() */
} node;

struct reaching {
    jd_bench *bench;
    char prefix[PREFIX];
    uint8_t cluster[32];
    node nodes[NODES]; /* the last one revokes */
    size_t count;
    double ms[SAMPLES_MOST];
};

/* ---- a node --------------------------------------------------------------------------------- */

static bool is_genuine(void *user, const jt_revocation *entry)
{
    const node *of = user;
    return jd_store_log_genuine(of->store, entry);
}

/* Called by one thread at a time (agent/follower.h). */
static bool apply(void *user, const jt_revocation *entry)
{
    node *of = user;
    if (jt_is_notice(entry->kind))
        return false;
    if (entry->n > atomic_load(&of->applied)) {
        atomic_store(&of->when, jd_nanoseconds());
        atomic_store(&of->applied, entry->n);
    }
    return true;
}

static bool read_nothing(void *user)
{
    (void)user;
    return true;
}

static jd_bus_options bus_of(const reaching *of)
{
    return (jd_bus_options){.address = of->bench->bus,
                            .prefix = of->prefix,
                            .ca_file =
                                of->bench->bus_ca_file != NULL ? of->bench->bus_ca_file : ""};
}

static jeton_status start_node(reaching *all, node *of, jeton_err *err)
{
    of->all = all;
    of->lease.ms = JD_BENCH_LEASE_MS;
    JT_TRY(jd_scratch_open(&all->bench->scratch, 2, &of->store, err));
    jd_store_log_key(of->store, jeton_bytes(all->cluster, sizeof all->cluster));
    const jd_follower_options options = {
        .store = of->store,
        .kind = "agent",
        .name = "bench",
        .lease = &of->lease,
        .bus = bus_of(all),
        .user = {.user = of, .is_genuine = is_genuine, .apply = apply, .read = read_nothing}};
    JT_TRY(jd_follower_open(&options, &of->follower, err));
    return jd_follower_start(of->follower, err);
}

static void nap(int64_t ns)
{
    const struct timespec pause = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    (void)nanosleep(&pause, NULL);
}

static bool is_ready(node *of)
{
    jd_follower_counts counts;
    jd_follower_count(of->follower, &counts);
    return counts.fresh && counts.bus_up;
}

static jeton_status wait_ready(reaching *of, jeton_err *err)
{
    const int64_t end = jd_nanoseconds() + READY_NS;
    for (size_t i = 0; i < NODES && jd_bench_goes_on();) {
        if (is_ready(&of->nodes[i]))
            i++;
        else if (jd_nanoseconds() > end)
            return jt_fail(err, JETON_E_SYSTEM, "the followers do not get ready");
        else
            nap(1000000);
    }
    return JETON_OK;
}

/* ---- measuring ------------------------------------------------------------------------------ */

static jeton_status revoke_one(reaching *of, uint64_t number, uint64_t *n, jeton_err *err)
{
    node *self = &of->nodes[JD_BENCH_FOLLOWERS];
    jd_revoke_one one = {
        .asked = {.kind = JT_REVOKED_TOKEN, .now = jt_now(NULL), .expires = EXPIRES}};
    memcpy(one.asked.id, &number, sizeof number);
    one.asked.id[JT_REVOKED_ID - 1] = 1; /* none of those of another part */
    JT_TRY(jd_store_revoke_many(self->store, &one, 1, err));
    *n = one.entry.n;
    jd_follower_committed(self->follower, &one.entry, false);
    return JETON_OK;
}

/* When the last one had it; 0: it does not come. */
static int64_t wait_for_all(reaching *of, uint64_t n)
{
    int64_t last = 0;
    const int64_t end = jd_nanoseconds() + LOST_NS;
    for (size_t i = 0; i < JD_BENCH_FOLLOWERS;) {
        const node *one = &of->nodes[i];
        if (atomic_load(&one->applied) < n) {
            if (jd_nanoseconds() > end)
                return 0;
            nap(20000);
            continue;
        }
        const int64_t when = atomic_load(&one->when);
        last = when > last ? when : last;
        i++;
    }
    return last;
}

static jeton_status sample(reaching *of, jeton_err *err)
{
    uint64_t n;
    uint32_t random = 0;
    JT_TRY(revoke_one(of, of->count, &n, err));
    const int64_t began = jd_nanoseconds();
    const int64_t last = wait_for_all(of, n);
    if (last == 0)
        return jt_fail(err, JETON_E_SYSTEM, "a follower has not heard of revocation %" PRIu64, n);
    of->ms[of->count++] = last > began ? (double)(last - began) / 1e6 : 0;
    JT_TRY(jt_random(NULL, &random, sizeof random, err));
    nap(PAUSE_NS + random % PAUSE_NS); /* or they would fall in step with something */
    return JETON_OK;
}

static jeton_status measure(reaching *of, jeton_err *err)
{
    JT_TRY(wait_ready(of, err));
    const int64_t end = jd_nanoseconds() + of->bench->ns;
    while (of->count < SAMPLES_MOST && jd_bench_goes_on() &&
           (jd_nanoseconds() < end || of->count < SAMPLES))
        JT_TRY(sample(of, err));
    if (!jd_bench_goes_on())
        return JETON_OK;
    jd_bench_sort(of->ms, of->count);
    jd_bench_note(of->bench, JD_BENCH_REACH_P50, jd_bench_cut(of->ms, of->count, 0.5));
    jd_bench_note(of->bench, JD_BENCH_REACH_P99, jd_bench_cut(of->ms, of->count, 0.99));
    jd_bench_note(of->bench, JD_BENCH_REACH_MOST, of->ms[of->count - 1]);
    return JETON_OK;
}

/* ---- the part ------------------------------------------------------------------------------- */

/* Before anything follows, so that a bus that is not there is a sentence and no failure to get
 * ready. */
static jeton_status try_bus(const reaching *of, jeton_err *err)
{
    const jd_bus_options options = bus_of(of);
    JT_AUTO(jd_bus_close) jd_bus *bus = NULL;
    JT_TRY(jd_bus_open(&options, &bus, err));
    return jd_bus_connect(bus, err);
}

static jeton_status delete_stream(const reaching *of, jeton_err *err)
{
    const jd_bus_options options = bus_of(of);
    JT_AUTO(jd_bus_close) jd_bus *bus = NULL;
    JT_TRY(jd_bus_open(&options, &bus, err));
    return jd_bus_delete(bus, err);
}

static jeton_status prepare(reaching *of, jeton_err *err)
{
    uint64_t random;
    JT_TRY(jt_random(NULL, of->cluster, sizeof of->cluster, err));
    JT_TRY(jt_random(NULL, &random, sizeof random, err));
    (void)snprintf(of->prefix, sizeof of->prefix, "jeton-bench-%016" PRIx64, random);
    return try_bus(of, err);
}

static jeton_status run(reaching *of, jeton_err *err)
{
    for (size_t i = 0; i < NODES; i++)
        JT_TRY(start_node(of, &of->nodes[i], err));
    return measure(of, err);
}

static void close_nodes(reaching *of)
{
    for (size_t i = 0; i < NODES; i++) {
        jd_follower_close(&of->nodes[i].follower);
        jd_store_close(&of->nodes[i].store);
    }
}

static jeton_status run_and_delete(reaching *of, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status = run(of, err);
    close_nodes(of);
    const jeton_status deleted = delete_stream(of, &why);
    return status != JETON_OK || deleted == JETON_OK
               ? status
               : jt_fail(err, deleted, "%.90s; left behind: DEL %s:log", why.text, of->prefix);
}

jeton_status jd_bench_reach(jd_bench *bench, jeton_err *err)
{
    reaching *of = jt_zalloc(NULL, sizeof *of);
    if (of == NULL)
        return jt_fail(err, JETON_E_NOMEM, "followers");
    of->bench = bench;
    jeton_status status = prepare(of, err);
    if (status == JETON_OK)
        status = run_and_delete(of, err);
    jt_release(NULL, of);
    return status;
}
