/* SPDX-License-Identifier: Apache-2.0 */
/* agent/follower.c - the threads around a follower. */
#include "agent/follower.h"

#include "agent/trust.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "store/haste.h"
#include "store/nodes.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/repeat.h"

#include <errno.h>
#include <jeton/export.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NAME_CHARS   128U
#define ASKERS       JD_FOLLOW_TICKETS
#define ASK_LEAST    1000U  /* entries that the store is asked for */
#define ASK_MOST     16000U /* where that many came at once the last time: a megabyte */
#define READ_MOST_MS 10000  /* as long as anybody waits for the store */
#define FORGED_MS    1000   /* between two complaints */
#define BUS_WAIT_MS  1000U
#define QUEUE        4096U /* entries that wait to be told: more are found in the store */

struct jd_follower {
    jd_follower_options options;
    char name[NAME_CHARS];
    jd_id id;
    jd_bus *reading, *publishing; /* NULL: no bus */

    pthread_mutex_t lock; /* of the follower and what it says */
    pthread_cond_t news;
    jd_follow follow;
    uint64_t head;
    size_t page;          /* entries to ask for */
    unsigned unread;      /* readings in a row that did not work */
    int64_t complained;   /* of forged entries; jd_monotonic() */
    jd_follow_state told; /* what the log says of us */
    jd_repeat failing;    /* to ask the store */
    bool bus_up;
    jd_repeat bus_failing; /* to connect to the bus */
    uint64_t bad;
    bool closing;

    pthread_mutex_t queue_lock; /* of what is to be told */
    pthread_cond_t queue_news;
    jt_revocation queue[QUEUE];
    size_t first, waiting;
    bool hurry, queue_closing;
    uint64_t published, unpublished;
    jd_repeat untold; /* of the thread that publishes */

    pthread_t threads[ASKERS + 2];
    size_t running;
};

/* ---- what is known is shown ----------------------------------------------------------------- */

/* What keeps it from being fresh may change while it is not: only that it is lost is a warning. */
static void tell_state(jd_follower *of, jd_follow_state state)
{
    const jd_follow_state before = of->told;
    if (state == before)
        return;
    of->told = state;
    if (state == JD_FOLLOW_FRESH)
        jd_log(JD_INFO, EV_NODE_FRESH, JD_INT("applied", (int64_t)jd_follow_applied(&of->follow)));
    else
        jd_log(before == JD_FOLLOW_FRESH ? JD_WARN : JD_INFO, EV_NODE_STALE,
               JD_TEXT("why", jd_follow_word(state)),
               JD_INT("applied", (int64_t)jd_follow_applied(&of->follow)),
               JD_TEXT("next", "tokens are refused until all is known again"));
}

/* After whatever has come in, under the lock. */
static void show(jd_follower *of)
{
    const int64_t fresh = jd_follow_fresh(&of->follow);
    jd_lease_renew(of->options.lease, fresh > 0 ? (uint64_t)fresh : 0);
    if (of->options.user.beat != NULL)
        of->options.user.beat(of->options.user.user);
    tell_state(of, jd_follow_why(&of->follow, (int64_t)jt_boot_now()));
}

/* ---- the store ------------------------------------------------------------------------------ */

/* A long log is read in few round trips, and a connection that cannot carry so much in time is not
 * asked for it again. */
static void set_page(jd_follower *of, size_t asked, size_t got)
{
    if (got < asked)
        of->page = ASK_LEAST;
    else if (asked == of->page && of->page < ASK_MOST)
        of->page *= 4; /* 1000, 4000, 16000 */
}

static jd_beat beat_of(const jd_follower *of, const jd_follow_todo *todo)
{
    return (jd_beat){.id = of->id,
                     .name = jeton_str(of->name),
                     .kind = jeton_str(of->options.kind),
                     .version = jeton_str(JETON_VERSION),
                     .applied = todo->claim,
                     .lease = (int64_t)of->options.lease->ms,
                     .from = todo->after,
                     .most = of->page};
}

static void be_answered(jd_follower *of, const jd_follow_todo *todo, const jd_beat *beat,
                        const jd_beat_answer *got, int64_t sent)
{
    jd_clock_look look;
    if (jd_clock_look_around(sent, got->now, &look))
        jd_trust_clock(&look, of->follow.set.leeway_ms);
    const jd_follow_answer answer = {.head = got->head,
                                     .pruned = got->pruned,
                                     .store_now = got->now,
                                     .started = got->started,
                                     .entries = got->entries.at,
                                     .count = got->entries.count,
                                     .more = got->entries.count == beat->most};
    (void)pthread_mutex_lock(&of->lock);
    set_page(of, beat->most, got->entries.count);
    jd_repeat_end(&of->failing);
    jd_follow_answered(&of->follow, todo->ticket, &answer, look.wall_ms, look.came);
    if (of->follow.answered == todo->ticket) /* and not one that was overtaken */
        of->head = got->head;
}

/* A MAC that is wrong is our key's fault, or that of somebody who has written to the log: nobody
 * can tell which. */
static void tell_failure(jd_follower *of, jeton_status status, const char *why)
{
    int64_t times;
    if (jd_repeat_is_due(&of->failing, jd_monotonic(), why, &times))
        jd_log(JD_WARN, EV_STORE_FAILED, JD_TEXT("why", why), JD_INT("times", times),
               JD_TEXT("next", status == JETON_E_SIGNATURE
                                   ? "nothing is accepted: the cluster key is another store's, or "
                                     "the log was changed"
                                   : "retried"));
}

/* Its answer is of no use to the lease when it comes later than that, and then this thread has been
 * missing at other connections for long enough. */
static void ask(jd_follower *of, const jd_follow_todo *todo)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jeton_err err = {0};
    jd_beat_answer got;
    const jd_beat beat = beat_of(of, todo);
    (void)pthread_mutex_unlock(&of->lock);
    jd_haste((unsigned)of->options.lease->ms);
    const int64_t sent = (int64_t)jt_boot_now();
    const jeton_status status = jd_store_node_beat(of->options.store, &beat, &arena, &got, &err);
    if (status == JETON_OK) {
        be_answered(of, todo, &beat, &got, sent);
        return;
    }
    const int64_t now = (int64_t)jt_boot_now();
    (void)pthread_mutex_lock(&of->lock);
    tell_failure(of, status, err.text);
    of->page = ASK_LEAST;
    jd_follow_failed(&of->follow, todo->ticket, status == JETON_E_SIGNATURE, now);
}

/* Half of the lease, so that it can be done once more on another connection; longer each time, for
 * there may be much to read. */
static unsigned time_to_read(const jd_follower *of)
{
    const uint64_t ms = of->options.lease->ms / 2 << (of->unread < 8 ? of->unread : 8);
    return ms < READ_MOST_MS ? (unsigned)ms : READ_MOST_MS;
}

static void read_anew(jd_follower *of, const jd_follow_todo *todo)
{
    const unsigned haste = time_to_read(of);
    (void)pthread_mutex_unlock(&of->lock);
    jd_haste(haste);
    const bool worked = of->options.user.read(of->options.user.user);
    const int64_t now = (int64_t)jt_boot_now();
    (void)pthread_mutex_lock(&of->lock);
    of->unread = worked ? 0 : of->unread + 1;
    jd_follow_read(&of->follow, todo->ticket, worked, now);
}

/* The boot-time clock is not one that can be waited by, but all it is ahead of the other is the
 * time that the machine has slept. */
static void wait_until(jd_follower *of, int64_t until)
{
    struct timespec at;
    const int64_t left = until - (int64_t)jt_boot_now();
    if (left <= 0)
        return;
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += left / 1000000000;
    at.tv_nsec += left % 1000000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&of->news, &of->lock, &at);
}

/* Several threads do this, each with one request at a time: when the store does not answer one in
 * time, follow.c has the next one sent, and there must be somebody to send it. */
static void *follow_log(void *user)
{
    jd_follower *of = user;
    (void)pthread_mutex_lock(&of->lock);
    while (!of->closing) {
        jd_follow_todo todo;
        jd_follow_next(&of->follow, (int64_t)jt_boot_now(), &todo);
        switch (todo.what) {
        case JD_FOLLOW_ASK: ask(of, &todo); break;
        case JD_FOLLOW_READ: read_anew(of, &todo); break;
        case JD_FOLLOW_WAIT: wait_until(of, todo.until); break;
        }
        show(of);
    }
    (void)pthread_mutex_unlock(&of->lock);
    return NULL;
}

/* ---- the bus -------------------------------------------------------------------------------- */

/* Whoever forges could fill our disk with what we say about it. */
static void complain(jd_follower *of, const jd_bus_item *item)
{
    const int64_t now = jd_monotonic();
    if (of->complained != 0 && now - of->complained < FORGED_MS)
        return;
    of->complained = now;
    jd_log(JD_ERROR, EV_BUS_FORGED, JD_INT("number", (int64_t)item->at[0].n),
           JD_TEXT("why", "entries on the bus are not of this cluster: forged, or another's"),
           JD_INT("so_far", (int64_t)of->follow.counts.forged), JD_TEXT("next", "passed over"));
}

static void take_item(void *user, const jd_bus_item *item)
{
    jd_follower *of = user;
    (void)pthread_mutex_lock(&of->lock);
    const uint64_t forged = of->follow.counts.forged;
    jd_follow_entries(&of->follow, item->at, item->count, item->hurry);
    if (of->follow.counts.forged != forged)
        complain(of, item);
    show(of);
    (void)pthread_cond_signal(&of->news);
    (void)pthread_mutex_unlock(&of->lock);
}

static void set_bus(jd_follower *of, bool up, const char *why)
{
    (void)pthread_mutex_lock(&of->lock);
    int64_t times;
    if (up && !of->bus_up)
        jd_log(JD_INFO, EV_BUS_UP, JD_TEXT("node", of->name));
    if (up)
        jd_repeat_end(&of->bus_failing);
    else if (!of->closing && jd_repeat_is_due(&of->bus_failing, jd_monotonic(), why, &times))
        jd_log(JD_WARN, EV_BUS_DOWN, JD_TEXT("why", why), JD_INT("times", times),
               JD_TEXT("next", "the store is asked"));
    of->bus_up = up;
    jd_follow_bus(&of->follow, up);
    (void)pthread_cond_signal(&of->news);
    (void)pthread_mutex_unlock(&of->lock);
}

static uint64_t applied(jd_follower *of, uint64_t bad)
{
    (void)pthread_mutex_lock(&of->lock);
    const uint64_t n = jd_follow_applied(&of->follow);
    of->bad = bad;
    (void)pthread_mutex_unlock(&of->lock);
    return n;
}

static void *listen_to_bus(void *user)
{
    jd_follower *of = user;
    jd_bus_reading reading = {.wait_ms = BUS_WAIT_MS, .take = take_item, .user = of};
    jeton_status status;
    do {
        jeton_err err = {0};
        status = jd_bus_connect(of->reading, &err);
        if (status == JETON_OK)
            set_bus(of, true, NULL);
        while (status == JETON_OK) {
            reading.after = applied(of, reading.bad);
            status = jd_bus_read(of->reading, &reading, &err);
        }
        set_bus(of, false, err.text);
    } while (status != JETON_E_BUSY);
    return NULL;
}

/* ---- what we have committed ----------------------------------------------------------------- */

void jd_follower_committed(jd_follower *follower, const jt_revocation *entry, bool hurry)
{
    (void)pthread_mutex_lock(&follower->queue_lock);
    if (follower->waiting < QUEUE) {
        follower->queue[(follower->first + follower->waiting) % QUEUE] = *entry;
        follower->waiting++;
    } else {
        follower->unpublished++;
    }
    follower->hurry = follower->hurry || hurry;
    (void)pthread_cond_signal(&follower->queue_news);
    (void)pthread_mutex_unlock(&follower->queue_lock);
}

/* Takes what waits, as long as the numbers rise: those of two batches may meet in any order. False:
 * the node is being closed, and nothing waits. */
static bool take_queue(jd_follower *of, jd_bus_item *item)
{
    (void)pthread_mutex_lock(&of->queue_lock);
    while (of->waiting == 0 && !of->queue_closing)
        (void)pthread_cond_wait(&of->queue_news, &of->queue_lock);
    item->count = 0;
    item->hurry = of->hurry;
    while (of->waiting > 0 && item->count < JD_BUS_ENTRIES) {
        const jt_revocation *next = &of->queue[of->first];
        if (item->count > 0 && next->n <= item->at[item->count - 1].n)
            break;
        item->at[item->count++] = *next;
        of->first = (of->first + 1) % QUEUE;
        of->waiting--;
    }
    if (of->waiting == 0)
        of->hurry = false;
    (void)pthread_mutex_unlock(&of->queue_lock);
    return item->count > 0;
}

static void tell_bus(jd_follower *of, const jd_bus_item *item)
{
    jeton_err err = {0};
    const jeton_status status = jd_bus_publish(of->publishing, item, NULL, &err);
    int64_t times;
    if (status == JETON_OK)
        jd_repeat_end(&of->untold);
    else if (status != JETON_E_BUSY &&
             jd_repeat_is_due(&of->untold, jd_monotonic(), err.text, &times))
        jd_log(JD_WARN, EV_BUS_FAILED, JD_TEXT("why", err.text), JD_INT("times", times),
               JD_TEXT("next", "other nodes find it in the store"));
    (void)pthread_mutex_lock(&of->queue_lock);
    *(status == JETON_OK ? &of->published : &of->unpublished) += item->count;
    (void)pthread_mutex_unlock(&of->queue_lock);
}

/* Ourselves first, who have applied it already: a bus that is away may take seconds to say so. */
static void *publish(void *user)
{
    jd_follower *of = user;
    jd_bus_item item;
    while (take_queue(of, &item)) {
        take_item(of, &item);
        if (of->publishing != NULL)
            tell_bus(of, &item);
    }
    return NULL;
}

/* ---- open and close ------------------------------------------------------------------------- */

static void set_name(jd_follower *of)
{
    char host[NAME_CHARS] = "";
    if (of->options.name[0] == '\0')
        (void)gethostname(host, sizeof host - 1);
    (void)snprintf(of->name, sizeof of->name, "%s", host[0] != '\0' ? host : of->options.name);
    of->options.name = of->name;
}

static jeton_status open_bus(jd_follower *of, jeton_err *err)
{
    if (of->options.bus.address == NULL || of->options.bus.address[0] == '\0')
        return JETON_OK;
    JT_TRY(jd_bus_open(&of->options.bus, &of->reading, err));
    return jd_bus_open(&of->options.bus, &of->publishing, err);
}

static void init_locks(jd_follower *of)
{
    pthread_condattr_t clock;
    (void)pthread_mutex_init(&of->lock, NULL); /* cannot fail, like the others */
    (void)pthread_mutex_init(&of->queue_lock, NULL);
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&of->news, &clock);
    (void)pthread_cond_init(&of->queue_news, &clock);
    (void)pthread_condattr_destroy(&clock);
}

jeton_status jd_follower_open(const jd_follower_options *options, jd_follower **follower,
                              jeton_err *err)
{
    *follower = NULL;
    JT_AUTO(jd_follower_close) jd_follower *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "node");
    init_locks(made);
    made->options = *options;
    made->told = JD_FOLLOW_COLD;
    made->page = ASK_LEAST;
    set_name(made);
    const jd_follow_settings settings = {.lease_ms = (int64_t)options->lease->ms,
                                         .leeway_ms = options->leeway * 1000 + JD_CLOCK_SLACK_MS,
                                         .sink = {.user = options->user.user,
                                                  .is_genuine = options->user.is_genuine,
                                                  .apply = options->user.apply}};
    jd_follow_init(&made->follow, &settings);
    JT_TRY(jt_random(NULL, &made->id, sizeof made->id, err));
    JT_TRY(open_bus(made, err));
    *follower = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jd_follower_resume(jd_follower *follower, uint64_t n, const uint8_t mac[JT_REVOKED_MAC])
{
    jd_follow_resume(&follower->follow, n, mac);
}

static jeton_status start(jd_follower *of, const char *name, void *(*run)(void *), jeton_err *err)
{
    const int failed = pthread_create(&of->threads[of->running], NULL, run, of);
    if (failed != 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot start a thread: %s", strerror(failed));
    (void)pthread_setname_np(of->threads[of->running], name);
    of->running++;
    return JETON_OK;
}

jeton_status jd_follower_start(jd_follower *follower, jeton_err *err)
{
    for (size_t i = 0; i < ASKERS; i++)
        JT_TRY(start(follower, "follow", follow_log, err));
    JT_TRY(start(follower, "publish", publish, err));
    return follower->reading != NULL ? start(follower, "bus", listen_to_bus, err) : JETON_OK;
}

void jd_follower_stop(jd_follower *follower)
{
    (void)pthread_mutex_lock(&follower->lock);
    follower->closing = true;
    (void)pthread_cond_broadcast(&follower->news);
    (void)pthread_mutex_unlock(&follower->lock);
    (void)pthread_mutex_lock(&follower->queue_lock);
    follower->queue_closing = true;
    (void)pthread_cond_broadcast(&follower->queue_news);
    (void)pthread_mutex_unlock(&follower->queue_lock);
    if (follower->reading != NULL)
        jd_bus_stop(follower->reading);
    if (follower->publishing != NULL)
        jd_bus_stop(follower->publishing); /* what is not told is found in the store */
    for (size_t i = 0; i < follower->running; i++)
        (void)pthread_join(follower->threads[i], NULL);
    follower->running = 0;
}

void jd_follower_close(jd_follower **follower)
{
    if (follower == NULL || *follower == NULL)
        return;
    jd_follower *of = *follower;
    *follower = NULL;
    jd_follower_stop(of);
    jd_bus_close(&of->reading);
    jd_bus_close(&of->publishing);
    (void)pthread_cond_destroy(&of->news);
    (void)pthread_cond_destroy(&of->queue_news);
    (void)pthread_mutex_destroy(&of->lock);
    (void)pthread_mutex_destroy(&of->queue_lock);
    jt_release(NULL, of);
}

/* ---- what it tells -------------------------------------------------------------------------- */

void jd_log_jump(const jt_revocation *entry)
{
    uint64_t from;
    uint64_t rest;
    jt_revoked_pair_of(entry->id, &from, &rest);
    jd_log(JD_WARN, EV_LOG_JUMPED, JD_INT("from", (int64_t)from), JD_INT("to", (int64_t)entry->n),
           JD_TEXT("why", "the database is another server than before, or was started anew"),
           JD_TEXT("next", "everything is read anew"));
}

const jd_id *jd_follower_id(const jd_follower *follower)
{
    return &follower->id;
}

void jd_follower_count(jd_follower *follower, jd_follower_counts *counts)
{
    *counts = (jd_follower_counts){0};
    (void)pthread_mutex_lock(&follower->lock);
    counts->why = jd_follow_why(&follower->follow, (int64_t)jt_boot_now());
    counts->fresh = counts->why == JD_FOLLOW_FRESH;
    counts->applied = jd_follow_applied(&follower->follow);
    counts->head = follower->head > counts->applied ? follower->head : counts->applied;
    if (!jd_follow_last(&follower->follow, &counts->mac_of, counts->mac))
        counts->mac_of = 0;
    counts->bus_up = follower->bus_up;
    counts->bad = follower->bad;
    counts->follow = follower->follow.counts;
    (void)pthread_mutex_unlock(&follower->lock);
    (void)pthread_mutex_lock(&follower->queue_lock);
    counts->published = follower->published;
    counts->unpublished = follower->unpublished;
    (void)pthread_mutex_unlock(&follower->queue_lock);
}

const char *jd_follower_why_stale(jd_follower *follower, const jd_lease *lease)
{
    jd_follower_counts counts;
    if (jd_lease_holds(lease))
        return NULL;
    if (follower == NULL)
        return jd_follow_word(JD_FOLLOW_COLD);
    jd_follower_count(follower, &counts);
    return jd_follow_word(counts.why);
}
