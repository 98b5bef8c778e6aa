/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/waits.c - tickets, and the thread that asks for the nodes. */
#include "accounts/waits.h"

#include "agent/wait.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "segment/layout.h"
#include "store/log.h"
#include "store/nodes.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#define NODES_KNOWN 1024U
#define HURRY_MS    10  /* from one list to the next while somebody waits */
#define IDLE_MS     500 /* while nobody does */
#define KEPT_MS     60000

typedef enum state {
    FREE,
    PROMISED, /* the revocation is being made */
    WAITING,
    OVER,
} state;

typedef struct ticket {
    uint64_t number;
    state state;
    jt_revocation entry;
    jd_waiter waiter;
    void (*done)(void *user); /* NULL: nobody asked to be told */
    void *user;
    jeton_status status;
    int64_t ended;
    jt_arena names;
    jd_waited waited;
} ticket;

struct jd_waits {
    jd_store *store;
    bool shared;
    int64_t lease_ms;
    pthread_mutex_t lock; /* of everything below */
    pthread_cond_t news;
    pthread_t thread;
    bool started, watching, closing;
    uint64_t numbers;
    ticket *tickets; /* JD_WAITS_MOST; NULL until the first */
    size_t waiting;
    bool has_self;
    jd_id self;
    jd_watch watch;
    jd_watch_known *known; /* NODES_KNOWN, from the start of the thread on */
    jd_nodes nodes;        /* the last list that the store has given … */
    jt_arena names;        /* … and its texts */
};

static int64_t boot_now(void)
{
    return (int64_t)jt_boot_now();
}

/* ---- tickets -------------------------------------------------------------------------------- */

static ticket *find(const jd_waits *waits, uint64_t number)
{
    for (size_t i = 0; waits->tickets != NULL && i < JD_WAITS_MOST; i++)
        if (waits->tickets[i].state != FREE && waits->tickets[i].number == number)
            return &waits->tickets[i];
    return NULL;
}

static void release(ticket *of)
{
    jt_arena_done(&of->names);
    *of = (ticket){.state = FREE};
}

static bool is_forgotten(const ticket *of)
{
    return of->state == OVER && of->done == NULL && boot_now() - of->ended > jd_ms(KEPT_MS);
}

static ticket *find_room(const jd_waits *waits)
{
    for (size_t i = 0; i < JD_WAITS_MOST; i++) {
        ticket *of = &waits->tickets[i];
        if (is_forgotten(of))
            release(of);
        if (of->state == FREE)
            return of;
    }
    return NULL;
}

static jeton_status take_ticket(jd_waits *waits, uint64_t *number, jeton_err *err)
{
    if (waits->tickets == NULL)
        waits->tickets = jt_zalloc(NULL, JD_WAITS_MOST * sizeof *waits->tickets);
    if (waits->tickets == NULL)
        return jt_fail(err, JETON_E_NOMEM, "tickets");
    ticket *of = find_room(waits);
    if (of == NULL || waits->closing)
        return jt_fail(err, JETON_E_BUSY, "too many wait for revocations already");
    *of = (ticket){.state = PROMISED, .number = ++waits->numbers, .names = jt_arena_init(NULL)};
    of->waiter.began = boot_now();
    *number = of->number;
    return JETON_OK;
}

static jeton_status start(jd_waits *waits, jeton_err *err);

jeton_status jd_waits_ticket(jd_waits *waits, uint64_t *number, jeton_err *err)
{
    *number = 0;
    (void)pthread_mutex_lock(&waits->lock);
    jeton_status status = waits->shared ? start(waits, err) : JETON_OK;
    if (status == JETON_OK)
        status = take_ticket(waits, number, err);
    (void)pthread_mutex_unlock(&waits->lock);
    return status;
}

void jd_waits_drop(jd_waits *waits, uint64_t number)
{
    (void)pthread_mutex_lock(&waits->lock);
    ticket *of = find(waits, number);
    if (of != NULL)
        release(of);
    (void)pthread_mutex_unlock(&waits->lock);
}

void jd_waits_begin(jd_waits *waits, uint64_t number, const jt_revocation *entry)
{
    const int64_t now = boot_now();
    (void)pthread_mutex_lock(&waits->lock);
    ticket *of = find(waits, number);
    if (of != NULL) {
        of->entry = *entry;
        of->waited.n = entry->n;
        of->waiter.n = entry->n;
        of->waiter.committed = now;
        of->state = waits->shared && !waits->closing ? WAITING : OVER;
        of->status = waits->closing ? JETON_E_BUSY : JETON_OK;
        of->ended = now;
        waits->waiting += of->state == WAITING;
        (void)pthread_cond_signal(&waits->news);
    }
    (void)pthread_mutex_unlock(&waits->lock);
}

void jd_waits_when(jd_waits *waits, uint64_t number, void (*done)(void *user), void *user)
{
    (void)pthread_mutex_lock(&waits->lock);
    ticket *of = find(waits, number);
    const bool later = of != NULL && of->state == WAITING;
    if (later) {
        of->done = done;
        of->user = user;
    }
    (void)pthread_mutex_unlock(&waits->lock);
    if (!later)
        done(user);
}

/* ---- what is told --------------------------------------------------------------------------- */

static jeton_status copy_names(const jeton_span *from, size_t count, jt_arena *arena,
                               const jeton_span **names, jeton_err *err)
{
    jeton_span *to = jt_arena_alloc(arena, (count + 1) * sizeof *to);
    if (to == NULL)
        return jt_fail(err, JETON_E_NOMEM, "names of nodes");
    for (size_t i = 0; i < count; i++) {
        const char *kept = jt_arena_text(arena, from[i]);
        if (kept == NULL)
            return jt_fail(err, JETON_E_NOMEM, "names of nodes");
        to[i] = jeton_bytes(kept, from[i].len);
    }
    *names = to;
    return JETON_OK;
}

static jeton_status tell(const ticket *of, jt_arena *arena, jd_waited *waited, jeton_err *err)
{
    jd_waited told = of->waited;
    if (of->status != JETON_OK)
        return jt_fail(err, of->status,
                       of->status == JETON_E_STORE
                           ? "the store has lost the revocation: it has to be made again"
                           : "revoked, but nobody has waited for the other nodes");
    JT_TRY(copy_names(of->waited.confirmed, told.confirmed_count, arena, &told.confirmed, err));
    JT_TRY(copy_names(of->waited.missing, told.missing_count, arena, &told.missing, err));
    *waited = told;
    return JETON_OK;
}

jeton_status jd_waits_take(jd_waits *waits, uint64_t number, jt_arena *arena, jd_waited *waited,
                           jeton_err *err)
{
    *waited = (jd_waited){0};
    jeton_status status;
    (void)pthread_mutex_lock(&waits->lock);
    ticket *of = find(waits, number);
    if (of == NULL) {
        status = jt_fail(err, JETON_E_NOT_FOUND, "nobody waits with that ticket");
    } else if (of->state != OVER) {
        status = jt_fail(err, JETON_E_BUSY, "not all nodes have confirmed yet");
    } else {
        status = tell(of, arena, waited, err);
        release(of);
    }
    (void)pthread_mutex_unlock(&waits->lock);
    return status;
}

/* ---- the end of a wait ---------------------------------------------------------------------- */

/* The names of those that have confirmed, or have not; without memory there are none of them. When
 * the store has not answered since, those that it knew before have not confirmed. */
static void put_names(ticket *of, const jd_waits *waits)
{
    const jd_nodes *nodes = &waits->nodes;
    jeton_span *confirmed = jt_arena_alloc(&of->names, (nodes->count + 1) * sizeof *confirmed);
    jeton_span *missing = jt_arena_alloc(&of->names, (nodes->count + 1) * sizeof *missing);
    if (confirmed == NULL || missing == NULL)
        return;
    for (size_t i = 0; i < nodes->count; i++) {
        const jd_node *node = &nodes->at[i];
        jd_watch_row row = {.applied = node->applied, .lease_ms = node->lease, .seen = node->seen};
        const bool self = waits->has_self && jd_id_equal(&node->id, &waits->self);
        const char *name = jt_arena_text(&of->names, node->name);
        memcpy(row.id, node->id.bytes, sizeof row.id);
        if (name == NULL)
            return;
        if (self || node->applied >= of->entry.n)
            confirmed[of->waited.confirmed_count++] = jeton_bytes(name, node->name.len);
        else if (jd_wait_lacks(&waits->watch, &of->waiter, &row))
            missing[of->waited.missing_count++] = jeton_bytes(name, node->name.len);
    }
    of->waited.confirmed = confirmed;
    of->waited.missing = missing;
}

static void end(jd_waits *waits, ticket *of, jeton_status status)
{
    of->status = status;
    of->state = OVER;
    of->ended = boot_now();
    of->waited.ms = (of->ended - of->waiter.committed) / jd_ms(1);
    waits->waiting--;
}

/* ---- the thread ----------------------------------------------------------------------------- */

/* Our own row says what our agent said last; what we revoke we refuse before that. */
static void take_list(jd_waits *waits, const jd_nodes *nodes, jt_arena *arena, int64_t asked,
                      int64_t answered)
{
    jd_watch_row *rows = jt_arena_alloc(arena, (nodes->count + 1) * sizeof *rows);
    if (rows == NULL)
        return; /* as if there had been no list */
    for (size_t i = 0; i < nodes->count; i++) {
        const jd_node *node = &nodes->at[i];
        const bool self = waits->has_self && jd_id_equal(&node->id, &waits->self);
        rows[i] = (jd_watch_row){.applied = self ? UINT64_MAX : node->applied,
                                 .lease_ms = node->lease,
                                 .seen = node->seen};
        memcpy(rows[i].id, node->id.bytes, sizeof rows[i].id);
    }
    jd_watch_list(&waits->watch, rows, nodes->count, nodes->started, asked, answered);
}

/* Whether the store still has the entry as it was written. Without the lock. */
static jeton_status look(jd_store *store, const jt_revocation *entry, bool *there)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_entries found;
    JT_TRY(jd_store_log_after(store, entry->n - 1, 1, &arena, &found, NULL));
    *there = found.count == 1 && found.at[0].n == entry->n &&
             memcmp(found.at[0].mac, entry->mac, sizeof entry->mac) == 0;
    return JETON_OK;
}

static void check(jd_waits *waits, ticket *of)
{
    const int64_t server = waits->watch.server;
    const uint64_t number = of->number;
    const jt_revocation entry = of->entry;
    bool there = false;
    (void)pthread_mutex_unlock(&waits->lock);
    const jeton_status status = look(waits->store, &entry, &there);
    (void)pthread_mutex_lock(&waits->lock);
    if (status != JETON_OK || find(waits, number) != of)
        return; /* asked again with the next list */
    of->waiter.checked = true;
    of->waiter.checked_by = server;
    if (!there)
        end(waits, of, JETON_E_STORE);
}

static void judge(jd_waits *waits, ticket *of)
{
    const jd_wait_state verdict = jd_wait_judge(&waits->watch, &of->waiter, boot_now());
    if (verdict == JD_WAIT_CHECK)
        check(waits, of);
    if (verdict != JD_WAIT_DONE && verdict != JD_WAIT_OVER)
        return;
    put_names(of, waits);
    end(waits, of, JETON_OK);
}

/* Those who asked to be told; without the lock, for they may ask us something. */
static void tell_all(jd_waits *waits)
{
    for (size_t i = 0; waits->tickets != NULL && i < JD_WAITS_MOST; i++) {
        ticket *of = &waits->tickets[i];
        void (*const done)(void *user) = of->done;
        void *user = of->user;
        if (of->state != OVER || done == NULL)
            continue;
        of->done = NULL;
        (void)pthread_mutex_unlock(&waits->lock);
        done(user);
        (void)pthread_mutex_lock(&waits->lock);
    }
}

static void keep_list(jd_waits *waits, const jd_nodes *nodes, jt_arena *arena)
{
    jt_arena_done(&waits->names);
    waits->names = *arena;
    waits->nodes = *nodes;
    *arena = jt_arena_init(NULL); /* they have changed hands */
}

static void round_of(jd_waits *waits)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_nodes nodes;
    (void)pthread_mutex_unlock(&waits->lock);
    const int64_t asked = boot_now();
    const jeton_status status = jd_store_node_list(waits->store, &arena, &nodes, NULL);
    const int64_t answered = boot_now();
    (void)pthread_mutex_lock(&waits->lock);
    if (status == JETON_OK) {
        take_list(waits, &nodes, &arena, asked, answered);
        keep_list(waits, &nodes, &arena);
    }
    for (size_t i = 0; waits->tickets != NULL && i < JD_WAITS_MOST; i++)
        if (waits->tickets[i].state == WAITING)
            judge(waits, &waits->tickets[i]);
    tell_all(waits);
}

static void pause_for(jd_waits *waits, int64_t ms)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&waits->news, &waits->lock, &until);
}

static void *serve(void *argument)
{
    jd_waits *waits = argument;
    (void)pthread_mutex_lock(&waits->lock);
    while (!waits->closing) {
        if (waits->waiting == 0 && !waits->watching) {
            (void)pthread_cond_wait(&waits->news, &waits->lock);
            continue;
        }
        round_of(waits);
        if (!waits->closing)
            pause_for(waits, waits->waiting > 0 ? HURRY_MS : IDLE_MS);
    }
    for (size_t i = 0; waits->tickets != NULL && i < JD_WAITS_MOST; i++)
        if (waits->tickets[i].state == WAITING)
            end(waits, &waits->tickets[i], JETON_E_BUSY);
    tell_all(waits);
    (void)pthread_mutex_unlock(&waits->lock);
    return NULL;
}

/* With the lock. */
static jeton_status start(jd_waits *waits, jeton_err *err)
{
    if (waits->started)
        return JETON_OK;
    if (waits->closing)
        return jt_fail(err, JETON_E_BUSY, "the server stops");
    if (waits->known == NULL)
        waits->known = jt_zalloc(NULL, NODES_KNOWN * sizeof *waits->known);
    if (waits->known == NULL)
        return jt_fail(err, JETON_E_NOMEM, "nodes");
    jd_watch_init(&waits->watch, waits->lease_ms, waits->known, NODES_KNOWN);
    const int failed = pthread_create(&waits->thread, NULL, serve, waits);
    if (failed != 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot start a thread: %s", strerror(failed));
    (void)pthread_setname_np(waits->thread, "waits");
    waits->started = true;
    return JETON_OK;
}

/* ---- open and close ------------------------------------------------------------------------- */

jeton_status jd_waits_open(jd_store *store, int64_t lease_ms, jd_waits **waits, jeton_err *err)
{
    *waits = NULL;
    jd_waits *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "waits");
    made->store = store;
    made->shared = jd_store_is_shared(store);
    made->lease_ms = lease_ms;
    pthread_condattr_t clock;
    (void)pthread_mutex_init(&made->lock, NULL); /* cannot fail, like the others */
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&made->news, &clock);
    (void)pthread_condattr_destroy(&clock);
    *waits = made;
    return JETON_OK;
}

void jd_waits_stop(jd_waits *waits)
{
    (void)pthread_mutex_lock(&waits->lock);
    const bool runs = waits->started && !waits->closing;
    waits->closing = true;
    (void)pthread_cond_signal(&waits->news);
    (void)pthread_mutex_unlock(&waits->lock);
    if (runs)
        pthread_join(waits->thread, NULL);
}

void jd_waits_close(jd_waits **waits)
{
    if (waits == NULL || *waits == NULL)
        return;
    jd_waits *of = *waits;
    jd_waits_stop(of);
    for (size_t i = 0; of->tickets != NULL && i < JD_WAITS_MOST; i++)
        release(&of->tickets[i]);
    jt_release(NULL, of->tickets);
    jt_release(NULL, of->known);
    jt_arena_done(&of->names);
    (void)pthread_cond_destroy(&of->news);
    (void)pthread_mutex_destroy(&of->lock);
    jt_release(NULL, of);
    *waits = NULL;
}

jeton_status jd_waits_watch(jd_waits *waits, jeton_err *err)
{
    (void)pthread_mutex_lock(&waits->lock);
    waits->watching = waits->shared;
    const jeton_status status = waits->shared ? start(waits, err) : JETON_OK;
    (void)pthread_cond_signal(&waits->news);
    (void)pthread_mutex_unlock(&waits->lock);
    return status;
}

void jd_waits_self(jd_waits *waits, const jd_id *id)
{
    (void)pthread_mutex_lock(&waits->lock);
    waits->has_self = true;
    waits->self = *id;
    (void)pthread_mutex_unlock(&waits->lock);
}
