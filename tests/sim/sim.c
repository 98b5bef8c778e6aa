/* SPDX-License-Identifier: Apache-2.0 */
/* tests/sim/sim.c - the queue of events, clocks, and who is told of what. */
#include "sim.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

/* ---- words ---------------------------------------------------------------------------------- */

void sim_say(const sim *of, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)printf("%10.3f ms  ", (double)of->now / 1e6);
    /* clang-tidy 14 does not know what va_start() does. */
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized)
    (void)vprintf(format, args);
    (void)printf("\n");
    va_end(args);
}

void sim_break(sim *of, const char *format, ...)
{
    va_list args;
    if (of->broken[0] != '\0')
        return; /* the first one counts */
    va_start(args, format);
    /* clang-tidy 14 does not know what va_start() does. */
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized)
    (void)vsnprintf(of->broken, sizeof of->broken, format, args);
    va_end(args);
    SIM_SAY(of, "BROKEN: %s", of->broken);
}

/* ---- clocks --------------------------------------------------------------------------------- */

int64_t sim_boot(const sim *of, unsigned host)
{
    const sim_host *at = &of->hosts[host];
    return at->boot_base + of->now + of->now / 1000000 * at->boot_ppm;
}

int64_t sim_wall(const sim *of, unsigned host)
{
    return of->now / MS + 1000000 + of->hosts[host].wall_ms;
}

/* The first true time at which the clock shows at least that. */
moment sim_when(const sim *of, unsigned host, int64_t boot)
{
    const sim_host *at = &of->hosts[host];
    const int64_t shown = boot - at->boot_base;
    return shown / (1000000 + at->boot_ppm) * 1000000 + shown % (1000000 + at->boot_ppm) + 2;
}

/* ---- the queue ------------------------------------------------------------------------------ */

static bool is_before(const sim_event *a, const sim_event *b)
{
    return a->at < b->at || (a->at == b->at && a->order < b->order);
}

static void swap(sim_event *a, sim_event *b)
{
    const sim_event kept = *a;
    *a = *b;
    *b = kept;
}

static size_t rise(sim *of, size_t at)
{
    for (; at > 0 && is_before(&of->heap[at], &of->heap[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&of->heap[at], &of->heap[(at - 1) / 2]);
    return at;
}

static void sink(sim *of, size_t at)
{
    for (;;) {
        size_t first = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < of->events; child++)
            if (is_before(&of->heap[child], &of->heap[first]))
                first = child;
        if (first == at)
            return;
        swap(&of->heap[at], &of->heap[first]);
        at = first;
    }
}

static sim_event none;

sim_event *sim_add(sim *of, event_kind kind, moment after, int proc)
{
    if (of->events == EVENTS) {
        sim_break(of, "the simulation itself: too many events");
        return &none;
    }
    of->heap[of->events] = (sim_event){.at = of->now + (after > 0 ? after : 0),
                                       .order = ++of->orders,
                                       .kind = kind,
                                       .proc = proc,
                                       .payload = -1};
    return &of->heap[rise(of, of->events++)];
}

static sim_event take(sim *of)
{
    const sim_event first = of->heap[0];
    of->heap[0] = of->heap[--of->events];
    sink(of, 0);
    return first;
}

int sim_payload(sim *of)
{
    for (unsigned i = 0; i < PAYLOADS; i++) {
        sim_message *at = &of->payloads[i];
        if (!at->used) {
            memset(at, 0, offsetof(sim_message, entries));
            at->used = true;
            return (int)i;
        }
    }
    sim_break(of, "the simulation itself: too many messages");
    return 0;
}

void sim_drop(sim *of, sim_event *event)
{
    if (event->payload >= 0)
        of->payloads[event->payload].used = false;
    event->payload = -1;
}

/* How long a message takes. */
moment sim_delay(sim *of)
{
    moment delay = chance_range(&of->chance, MS / 10, 3 * MS);
    if (!sim_is_quiet(of) && chance_of(&of->chance, 30))
        delay += chance_range(&of->chance, 0, 150 * MS);
    return delay;
}

/* ---- one after the other -------------------------------------------------------------------- */

static void heal(sim *of, sim_event *event)
{
    (void)event;
    faults_heal(of);
}

static void reach_deadline(sim *of, sim_event *event)
{
    judge_deadline(of, event->ticket);
}

static void tick(sim *of, sim_event *event)
{
    (void)event;
    judge_tick(of);
}

/* What is not here is a process's. */
static void (*const others[EV_KINDS])(sim *of, sim_event *event) = {
    [EV_BEAT] = store_event,   [EV_BEAT_READ] = store_event,   [EV_READ] = store_event,
    [EV_COMMIT] = store_event, [EV_LIST] = store_event,        [EV_CHECK] = store_event,
    [EV_REMOVE] = store_event, [EV_ADD] = bus_event,           [EV_FAULT] = faults_event,
    [EV_HEAL] = heal,          [EV_DEADLINE] = reach_deadline, [EV_TICK] = tick,
};

static void hand_out(sim *of, sim_event *event)
{
    if (others[event->kind] != NULL)
        others[event->kind](of, event);
    else
        proc_event(of, event);
}

void sim_begin(sim *of, uint64_t seed, bool loud)
{
    memset(of, 0, offsetof(sim, store));
    for (size_t i = 0; i < PAYLOADS; i++)
        of->payloads[i].used = false;
    for (size_t i = 0; i < PROCS; i++)
        of->procs[i].exists = of->procs[i].alive = false;
    of->seed = seed;
    of->chance.state = seed;
    of->loud = loud;
    faults_plan(of);
    store_begin(of);
    for (unsigned i = 0; i < of->plan.hosts; i++)
        proc_start(of, i);
    (void)sim_add(of, EV_TICK, 50 * MS, -1);
}

void sim_run(sim *of)
{
    while (of->events > 0 && of->broken[0] == '\0') {
        sim_event next = take(of);
        if (next.at > of->plan.ends)
            break;
        of->now = next.at;
        of->steps++;
        hand_out(of, &next);
    }
    if (of->broken[0] == '\0') {
        of->now = of->plan.ends;
        judge_end(of);
    }
}
