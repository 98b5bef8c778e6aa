/* SPDX-License-Identifier: Apache-2.0 */
/* tests/sim/proc.c - an agent with its readers, and a publisher that waits: it drives follow.c and
 * wait.c as a program does, and may be stopped between any two lines of it. */
#include "sim.h"

#include <string.h>

#define TIMEOUT (700 * MS)
#define POLL    (10 * MS)

static int index_of(const sim *of, const sim_proc *who)
{
    return (int)(who - of->procs);
}

static int64_t boot_of(const sim *of, const sim_proc *who)
{
    return sim_boot(of, who->host);
}

bool proc_is_fresh(const sim *of, const sim_proc *who)
{
    return who->published != 0 && boot_of(of, who) - who->published < jd_ms(of->plan.lease_ms);
}

/* Stops in the middle of what it does; what comes next is done `*after` later. */
static bool is_held_up(sim *of, sim_proc *who, unsigned part, moment *after)
{
    *after = 0;
    if (sim_is_quiet(of) || !chance_of(&of->chance, part))
        return false;
    *after = chance_range(&of->chance, MS, chance_of(&of->chance, 500) ? 100 * MS : 3000 * MS);
    who->frozen_until = of->now + *after;
    return true;
}

/* ---- what the follower wants to know -------------------------------------------------------- */

typedef struct sink_user {
    sim *of;
    sim_proc *who;
} sink_user;

static sink_user users[PROCS];

static bool is_genuine(void *user, const jt_revocation *entry)
{
    (void)user;
    return store_is_genuine(entry);
}

static bool apply(void *user, const jt_revocation *entry)
{
    const sink_user *at = user;
    const uint64_t mark = store_mark_of(entry);
    judge_apply(at->of, entry);
    if (entry->kind == JT_NOTICE_KEYS) {
        set_bit(at->who->noticed, mark);
        return false;
    }
    set_bit(at->who->applied, mark);
    return true;
}

/* ---- what it sends -------------------------------------------------------------------------- */

static void send(sim *of, sim_proc *who, event_kind kind, uint64_t ticket, int payload,
                 int64_t value)
{
    moment after;
    if (!is_held_up(of, who, 4, &after)) {
        store_send(of, kind, index_of(of, who), ticket, payload, value);
        return;
    }
    sim_event *later = sim_add(of, EV_SEND, after, index_of(of, who));
    later->ticket = ticket;
    later->payload = payload;
    later->value = value;
    later->value2 = (int64_t)kind;
}

static uint64_t *thread_of(sim_proc *who, uint64_t ticket)
{
    for (unsigned i = 0; i < who->threads; i++)
        if (who->busy[i] == ticket)
            return &who->busy[i];
    return NULL;
}

static bool can_send(sim_proc *who)
{
    return who->threads == 0 || thread_of(who, 0) != NULL;
}

/* As follower.c has it, where there are several threads: a lease for a beat, half of one to read.
 */
static moment patience(const sim *of, const sim_proc *who, event_kind kind)
{
    if (who->threads <= 1)
        return TIMEOUT;
    return jd_ms(of->plan.lease_ms) / (kind == EV_BEAT ? 1 : 2);
}

static void expect(sim *of, sim_proc *who, uint64_t ticket, event_kind kind)
{
    uint64_t *thread = thread_of(who, 0);
    if (thread != NULL)
        *thread = ticket;
    if (who->threads == 0 && kind == EV_BEAT && chance_of(&of->chance, 500))
        return; /* follow.c loses patience by itself */
    sim_event *late = sim_add(of, EV_TIMEOUT, patience(of, who, kind), index_of(of, who));
    late->ticket = ticket;
    late->value = (int64_t)kind;
}

/* The connection that is taken for it may be dead, one at a time; where nothing else is the matter,
 * one of them at all, for one after the other may cost any lease. */
static moment stall(sim *of, sim_proc *who)
{
    if (of->plan.calm && who->stalled != 0)
        return 0;
    if (!of->plan.stalls || of->is_healed || who->stalled > of->now || !chance_of(&of->chance, 100))
        return 0;
    const moment lasts = chance_range(&of->chance, 50, 3 * of->plan.lease_ms) * MS;
    who->stalled = of->now + lasts;
    return lasts;
}

static void start_request(sim *of, sim_proc *who, const jd_follow_todo *todo)
{
    const event_kind kind = todo->what == JD_FOLLOW_ASK ? EV_BEAT : EV_READ;
    const int at = sim_payload(of);
    of->payloads[at].after = todo->after;
    of->payloads[at].claim = todo->claim;
    of->payloads[at].stall = stall(of, who);
    of->payloads[at].told = who->told;
    expect(of, who, todo->ticket, kind);
    send(of, who, kind, todo->ticket, at, 0);
}

static void show(sim *of, sim_proc *who)
{
    const int64_t fresh = jd_follow_fresh(&who->follow);
    moment after;
    if (fresh == who->published)
        return;
    if (is_held_up(of, who, 4, &after)) {
        sim_add(of, EV_PUBLISH, after, index_of(of, who))->value = fresh;
        return;
    }
    who->published = fresh;
    judge_publish(of, who);
}

/* Looks what is to be done, and comes back in time. */
static void drive(sim *of, sim_proc *who)
{
    jd_follow_todo todo = {.what = JD_FOLLOW_ASK};
    unsigned rounds = 0;
    judge_step(of, who);
    show(of, who);
    while (who->frozen_until <= of->now && can_send(who)) {
        jd_follow_next(&who->follow, boot_of(of, who), &todo);
        if (todo.what == JD_FOLLOW_WAIT)
            break;
        if (++rounds > 4)
            sim_break(of, "it is asked again and again, without an end");
        if (of->broken[0] != '\0')
            return;
        start_request(of, who, &todo);
    }
    moment at = of->now + TIMEOUT;
    if (todo.what == JD_FOLLOW_WAIT)
        at = sim_when(of, who->host, todo.until);
    if (who->frozen_until > at)
        at = who->frozen_until;
    sim_add(of, EV_WAKE, at - of->now, index_of(of, who))->ticket = ++who->wake;
}

/* ---- what it hears -------------------------------------------------------------------------- */

static void set_free(sim_proc *who, uint64_t ticket)
{
    uint64_t *thread = ticket != 0 ? thread_of(who, ticket) : NULL;
    if (thread != NULL)
        *thread = 0;
}

static void be_answered(sim *of, sim_proc *who, const sim_event *event, int64_t wall_ms)
{
    const sim_message *from = &of->payloads[event->payload];
    const jd_follow_answer answer = {.head = from->head,
                                     .pruned = from->pruned,
                                     .store_now = from->store_now,
                                     .started = event->started,
                                     .entries = from->entries,
                                     .count = from->count,
                                     .more = from->more};
    set_free(who, event->ticket);
    who->told = from->head > who->told ? from->head : who->told;
    jd_follow_answered(&who->follow, event->ticket, &answer, wall_ms, boot_of(of, who));
}

static void hear_answer(sim *of, sim_proc *who, sim_event *event)
{
    moment after;
    if (!is_held_up(of, who, 10, &after)) {
        be_answered(of, who, event, sim_wall(of, who->host));
        return;
    }
    sim_event *later = sim_add(of, EV_ANSWER_WALL, after, event->proc);
    later->ticket = event->ticket;
    later->started = event->started;
    later->payload = event->payload;
    later->value = sim_wall(of, who->host);
    event->payload = -1;
}

static void hear_failure(sim *of, sim_proc *who, sim_event *event)
{
    const int64_t now = boot_of(of, who);
    if (event->kind == EV_TIMEOUT && event->value == EV_BEAT)
        jd_follow_failed(&who->follow, event->ticket, false, now);
    else if (event->kind == EV_TIMEOUT)
        jd_follow_read(&who->follow, event->ticket, false, now);
    if (event->kind == EV_REFUSED && event->ticket != 0) { /* one of the two it was */
        jd_follow_failed(&who->follow, event->ticket, false, now);
        jd_follow_read(&who->follow, event->ticket, false, now);
    }
    set_free(who, event->ticket);
}

static void hear_notices(sim *of, sim_proc *who, sim_event *event)
{
    const sim_message *from = &of->payloads[event->payload];
    if (event->ticket != who->follow.reading) {
        set_free(who, event->ticket);
        return;
    }
    for (uint64_t i = 0; i < of->marks_count; i++)
        if (of->marks[i].notice && has_bit(from->notices, i))
            set_bit(who->applied, i);
    set_free(who, event->ticket);
    jd_follow_read(&who->follow, event->ticket, true, boot_of(of, who));
}

static void hear_bus(sim *of, sim_proc *who, sim_event *event)
{
    const sim_message *from = &of->payloads[event->payload];
    jd_follow_entries(&who->follow, from->entries, from->count, from->hurry);
}

void proc_bus(sim *of, int at, bool up)
{
    sim_proc *who = &of->procs[at];
    if (!who->alive)
        return;
    who->connected = up;
    jd_follow_bus(&who->follow, up);
    sim_add(of, EV_WAKE, 0, at)->ticket = ++who->wake;
}

/* ---- those who revoke, and wait ------------------------------------------------------------- */

/* value: how many; value2: how: 0 durable, 1 all, 2 strict. */
static void revoke(sim *of, sim_proc *who, sim_event *event)
{
    const int at = sim_payload(of);
    sim_message *to = &of->payloads[at];
    to->count = (size_t)event->value;
    for (size_t i = 0; i < to->count; i++) {
        const uint64_t mark = event->ticket + i;
        memcpy(to->entries[i].id, &mark, sizeof mark);
    }
    to->began = boot_of(of, who);
    to->told = who->told;
    send(of, who, EV_COMMIT, 0, at, event->value2);
}

static void be_committed(sim *of, sim_proc *who, sim_event *event)
{
    const sim_message *from = &of->payloads[event->payload];
    const bool waits = event->value != 0;
    jd_follow_entries(&who->follow, from->entries, from->count, waits);
    bus_publish(of, event->proc, from->entries, from->count, waits);
    for (size_t i = 0; waits && i < WAITERS; i++) {
        sim_waiter *at = &who->waiters[i];
        if (at->used)
            continue;
        *at = (sim_waiter){.used = true,
                           .strict = event->value == 2,
                           .mark = store_mark_of(&from->entries[0]),
                           .count = from->count,
                           .of = {.n = from->entries[from->count - 1].n,
                                  .began = from->began,
                                  .committed = boot_of(of, who)}};
        return;
    }
}

static void look_into_the_log(sim *of, sim_proc *who, sim_waiter *waiting)
{
    if (waiting->checking)
        return;
    const int at = sim_payload(of);
    of->payloads[at].after = waiting->of.n;
    waiting->checking = true;
    of->seen[SEEN_CHECKS]++;
    send(of, who, EV_CHECK, 0, at, (int64_t)(waiting - who->waiters));
}

static void be_checked(sim *of, sim_proc *who, sim_event *event)
{
    const sim_message *from = &of->payloads[event->payload];
    sim_waiter *waiting = &who->waiters[event->value];
    if (!waiting->used || !waiting->checking || waiting->of.n != from->after)
        return;
    waiting->checking = false;
    if (from->count == 1 &&
        store_mark_of(&from->entries[0]) == waiting->mark + waiting->count - 1) {
        waiting->of.checked = true;
        waiting->of.checked_by = event->started;
        return;
    }
    waiting->used = false; /* lost: once more */
    sim_event *revoking = sim_add(of, EV_REVOKE, 0, event->proc);
    revoking->ticket = waiting->mark;
    revoking->value = (int64_t)waiting->count;
    revoking->value2 = waiting->strict ? 2 : 1;
}

static void tell(sim *of, const sim_proc *who, sim_waiter *waiting, bool in_time)
{
    judge_told(of, who, waiting, in_time);
    waiting->used = false;
}

static bool look_after_waiters(sim *of, sim_proc *who)
{
    bool any = false;
    for (size_t i = 0; i < WAITERS; i++) {
        sim_waiter *at = &who->waiters[i];
        if (!at->used)
            continue;
        any = true;
        switch (jd_wait_judge(&who->watch, &at->of, boot_of(of, who))) {
        case JD_WAIT_MORE: break;
        case JD_WAIT_CHECK: look_into_the_log(of, who, at); break;
        case JD_WAIT_OVER: tell(of, who, at, true); break;
        case JD_WAIT_DONE: tell(of, who, at, false); break;
        }
    }
    return any;
}

static void poll(sim *of, sim_proc *who, sim_event *event)
{
    (void)event;
    const bool any = look_after_waiters(of, who);
    for (size_t i = 0; i < WAITERS; i++)
        if (who->waiters[i].checking && chance_of(&of->chance, 20))
            who->waiters[i].checking = false; /* its answer may have been lost */
    if (any || who->keen)
        send(of, who, EV_LIST, 0, sim_payload(of), boot_of(of, who));
    (void)sim_add(of, EV_POLL, any ? POLL : 5 * POLL, index_of(of, who));
}

static void be_listed(sim *of, sim_proc *who, sim_event *event)
{
    const sim_message *from = &of->payloads[event->payload];
    jd_watch_list(&who->watch, from->row, from->rows, event->started, event->value,
                  boot_of(of, who));
    (void)look_after_waiters(of, who);
}

/* ---- life ----------------------------------------------------------------------------------- */

void proc_end(sim *of, int at, bool cleanly)
{
    sim_proc *who = &of->procs[at];
    if (!who->alive)
        return;
    SIM_SAY(of, "process %d %s", at, cleanly ? "stops" : "is killed");
    who->alive = false;
    who->stopped = of->now;
    memset(who->waiters, 0, sizeof who->waiters); /* those who waited know nothing */
    if (cleanly)
        (void)sim_add(of, EV_REMOVE, jd_lease_span(of->plan.lease_ms), at);
}

static void resume(sim_proc *who, const sim_proc *before)
{
    if (before == NULL || before->saved_n == 0)
        return;
    memcpy(who->applied, before->saved, sizeof who->applied);
    jd_follow_resume(&who->follow, before->saved_n, before->saved_mac);
}

void proc_start(sim *of, unsigned host)
{
    static const unsigned threads[] = {0, JD_FOLLOW_TICKETS, 1};
    sim_host *on = &of->hosts[host];
    const sim_proc *before = on->lives > 0 ? &of->procs[on->now] : NULL;
    if (on->lives == LIVES)
        return;
    const int at = (int)(host * LIVES + on->lives++);
    sim_proc *who = &of->procs[at];
    const jd_follow_settings settings = {.lease_ms = of->plan.lease_ms,
                                         .leeway_ms = of->plan.leeway_ms,
                                         .sink = {&users[at], is_genuine, apply}};
    users[at] = (sink_user){of, who};
    memset(who, 0, sizeof *who);
    who->exists = who->alive = true;
    who->host = host;
    who->threads =
        of->plan.calm && of->plan.stalls ? threads[1] : threads[chance_next(&of->chance) % 3];
    who->keen = chance_of(&of->chance, 500);
    on->now = at;
    SIM_SAY(of, "process %d starts on host %u", at, host);
    jd_follow_init(&who->follow, &settings);
    if (chance_of(&of->chance, 500))
        resume(who, before);
    jd_watch_init(&who->watch, of->plan.lease_ms, who->known, PROCS);
    who->was_applied = jd_follow_applied(&who->follow);
    proc_bus(of, at, true);
    (void)sim_add(of, EV_POLL, POLL, at);
}

static void hear_answer_at_last(sim *of, sim_proc *who, sim_event *event)
{
    be_answered(of, who, event, event->value);
}

static void show_late(sim *of, sim_proc *who, sim_event *event)
{
    who->published = event->value;
    judge_publish(of, who);
}

static void send_late(sim *of, sim_proc *who, sim_event *event)
{
    (void)who;
    store_send(of, (event_kind)event->value2, event->proc, event->ticket, event->payload,
               event->value);
    event->payload = -1;
}

static void wake(sim *of, sim_proc *who, sim_event *event)
{
    (void)of;
    (void)who;
    (void)event;
}

typedef void hearing(sim *of, sim_proc *who, sim_event *event);

static hearing *const hear[EV_KINDS] = {
    [EV_WAKE] = wake,
    [EV_SEND] = send_late,
    [EV_ANSWER] = hear_answer,
    [EV_ANSWER_WALL] = hear_answer_at_last,
    [EV_HAS_READ] = hear_notices,
    [EV_COMMITTED] = be_committed,
    [EV_LISTED] = be_listed,
    [EV_CHECKED] = be_checked,
    [EV_REFUSED] = hear_failure,
    [EV_TIMEOUT] = hear_failure,
    [EV_PUBLISH] = show_late,
    [EV_BUS] = hear_bus,
    [EV_REVOKE] = revoke,
    [EV_POLL] = poll,
};

/* The same event once more, later. */
static void put_off(sim *of, const sim_event *event, moment until)
{
    sim_event *later = sim_add(of, event->kind, until - of->now, event->proc);
    later->ticket = event->ticket;
    later->started = event->started;
    later->value = event->value;
    later->value2 = event->value2;
    later->payload = event->payload;
}

void proc_event(sim *of, sim_event *event)
{
    if (event->proc < 0) /* whoever is on that host now */
        event->proc = of->hosts[-1 - event->proc].now;
    sim_proc *who = &of->procs[event->proc];
    if (!who->alive || (event->kind == EV_WAKE && event->ticket != who->wake)) {
        sim_drop(of, event);
        return;
    }
    if (who->frozen_until > of->now) {
        put_off(of, event, who->frozen_until);
        return;
    }
    hear[event->kind](of, who, event);
    sim_drop(of, event);
    if (of->broken[0] == '\0')
        drive(of, who);
}
