/* SPDX-License-Identifier: Apache-2.0 */
/* tests/sim/faults.c - what a schedule is like: who there is, what fails when, and that all is well
 * again in the end. */
#include "sim.h"

typedef enum fault {
    F_TO_STORE,
    F_FROM_STORE,
    F_BOTH_STORE,
    F_TO_BUS,
    F_FROM_BUS,
    F_BUS_DOWN,
    F_BUS_EMPTY, /* flushed, or failed over to an empty one */
    F_STORE_DOWN,
    F_STORE_OTHER, /* failed over */
    F_SLOW,
    F_LOSSY,
    F_KILL,
    F_STOP,
    F_FREEZE,
    F_WALL,
    F_STORE_WALL,
    FAULTS,
} fault;

static const char *const names[FAULTS] = {
    [F_TO_STORE] = "nothing gets to the store",
    [F_FROM_STORE] = "nothing comes from the store",
    [F_BOTH_STORE] = "the store is cut off",
    [F_TO_BUS] = "nothing gets to the bus",
    [F_FROM_BUS] = "nothing comes from the bus",
    [F_BUS_DOWN] = "the bus is down",
    [F_BUS_EMPTY] = "the bus is empty",
    [F_STORE_DOWN] = "the store is down",
    [F_STORE_OTHER] = "the store fails over",
    [F_SLOW] = "the store is slow",
    [F_LOSSY] = "messages are lost",
    [F_KILL] = "killed",
    [F_STOP] = "stopped",
    [F_FREEZE] = "frozen",
    [F_WALL] = "its wall clock is set",
    [F_STORE_WALL] = "the store's wall clock is set",
};

/* ---- one fault ------------------------------------------------------------------------------ */

static void cut(sim_host *at, fault what, bool is)
{
    if (what == F_TO_STORE || what == F_BOTH_STORE)
        at->to_store = is;
    if (what == F_FROM_STORE || what == F_BOTH_STORE)
        at->from_store = is;
    if (what == F_TO_BUS)
        at->to_bus = is;
    if (what == F_FROM_BUS)
        at->from_bus = is;
}

static void set_clock(sim *of, unsigned host, int64_t wall_ms)
{
    of->hosts[host].wall_ms = wall_ms;
    of->hosts[host].wall_set = of->now;
}

/* Those who follow notice that the bus is away, or do not. */
static void set_bus(sim *of, bool down)
{
    of->bus_down = down;
    for (unsigned i = 0; i < of->plan.hosts; i++)
        if (!down || chance_of(&of->chance, 700))
            proc_bus(of, of->hosts[i].now, !down);
}

static void begin(sim *of, fault what, unsigned host, const sim_event *event)
{
    sim_proc *who = &of->procs[of->hosts[host].now];
    switch (what) {
    case F_BUS_DOWN: set_bus(of, true); return;
    case F_BUS_EMPTY: of->bus_top = 0; return;
    case F_STORE_DOWN:
    case F_STORE_OTHER: store_crash(of); return;
    case F_SLOW: of->store.slow = chance_range(&of->chance, 20, 1500) * MS; return;
    case F_LOSSY: of->plan.loss = (unsigned)chance_range(&of->chance, 20, 400); return;
    case F_KILL:
    case F_STOP: proc_end(of, of->hosts[host].now, what == F_STOP); return;
    case F_FREEZE: who->frozen_until = of->now + event->value2; return;
    case F_WALL: set_clock(of, host, chance_range(&of->chance, -3600000, 3600000)); return;
    case F_STORE_WALL: store_set_clock(of, chance_range(&of->chance, -60000, 60000)); return;
    case F_TO_STORE:
    case F_FROM_STORE:
    case F_BOTH_STORE:
    case F_TO_BUS:
    case F_FROM_BUS: cut(&of->hosts[host], what, true); return;
    case FAULTS: return;
    }
}

static void end(sim *of, fault what, unsigned host)
{
    switch (what) {
    case F_BUS_DOWN: set_bus(of, false); return;
    case F_STORE_DOWN:
    case F_STORE_OTHER:
        if (!of->store.up)
            store_start(of, what == F_STORE_OTHER);
        return;
    case F_SLOW: of->store.slow = 0; return;
    case F_LOSSY: of->plan.loss = 0; return;
    case F_KILL:
    case F_STOP:
        if (!of->procs[of->hosts[host].now].alive)
            proc_start(of, host);
        return;
    case F_WALL: set_clock(of, host, 0); return;
    case F_STORE_WALL: store_set_clock(of, 0); return;
    case F_TO_STORE:
    case F_FROM_STORE:
    case F_BOTH_STORE:
    case F_TO_BUS:
    case F_FROM_BUS: cut(&of->hosts[host], what, false); return;
    case F_BUS_EMPTY:
    case F_FREEZE:
    case FAULTS: return;
    }
}

/* value: the host; value2: how long it lasts; 0: this is its end. */
void faults_event(sim *of, sim_event *event)
{
    const fault what = (fault)event->ticket;
    const unsigned host = (unsigned)event->value;
    if (of->is_healed)
        return;
    SIM_SAY(of, "%s: host %u, %s", event->value2 != 0 ? "fault" : "no more", host, names[what]);
    if (event->value2 == 0) {
        end(of, what, host);
        return;
    }
    begin(of, what, host, event);
    const int64_t lasts = event->value2;
    sim_event *over = sim_add(of, EV_FAULT, lasts, -1);
    over->ticket = what;
    over->value = host;
}

void faults_heal(sim *of)
{
    SIM_SAY(of, "from now on, nothing fails");
    of->is_healed = true;
    of->plan.loss = 0;
    of->store.slow = 0;
    store_set_clock(of, 0);
    if (!of->store.up)
        store_start(of, false);
    for (unsigned i = 0; i < of->plan.hosts; i++) {
        sim_host *at = &of->hosts[i];
        set_clock(of, i, 0);
        at->to_store = at->from_store = at->to_bus = at->from_bus = false;
        if (!of->procs[at->now].alive)
            proc_start(of, i);
    }
    set_bus(of, false);
}

/* ---- a schedule ----------------------------------------------------------------------------- */

static void plan_fault(sim *of)
{
    const moment at = chance_range(&of->chance, 0, of->plan.healed);
    const moment most = chance_of(&of->chance, 300) ? 3 * jd_ms(of->plan.lease_ms) : 400 * MS;
    sim_event *planned = sim_add(of, EV_FAULT, at, -1);
    planned->ticket = (uint64_t)chance_range(&of->chance, 0, FAULTS - 1);
    planned->value = chance_range(&of->chance, 0, of->plan.hosts - 1);
    planned->value2 = chance_range(&of->chance, MS, most);
}

/* Whoever is alive on that host when it is time. */
static void plan_revocation(sim *of)
{
    const moment at = chance_range(&of->chance, 0, of->plan.healed + jd_ms(of->plan.lease_ms) / 2);
    const int64_t most = of->plan.flood ? 60 : 3;
    const int64_t count = chance_range(&of->chance, 1, most);
    if (of->marks_count + (size_t)count > MARKS - JUMPS)
        return;
    sim_event *planned =
        sim_add(of, EV_REVOKE, at, -1 - (int)chance_range(&of->chance, 0, of->plan.hosts - 1));
    planned->ticket = of->marks_count;
    planned->value = count;
    planned->value2 = chance_range(&of->chance, 0, 2);
    for (int64_t i = 0; i < count; i++)
        of->marks[of->marks_count++] = (sim_mark){
            .notice = chance_of(&of->chance, 100),
            .expires = chance_of(&of->chance, 150) ? at + chance_range(&of->chance, 1, 2000) * MS
                                                   : INT64_MAX / 2};
}

static void plan_hosts(sim *of)
{
    for (unsigned i = 0; i < of->plan.hosts; i++)
        of->hosts[i] = (sim_host){.boot_base = chance_range(&of->chance, 1, 1000000 * MS),
                                  .boot_ppm = chance_range(&of->chance, -4500, 4500)};
}

void faults_plan(sim *of)
{
    static const unsigned mosts[] = {JD_FOLLOW_ANSWER, 40, ANSWERS};
    sim_plan *to = &of->plan;
    to->calm = chance_of(&of->chance, 50);
    to->loses = !to->calm && chance_of(&of->chance, 200);
    to->flood = chance_of(&of->chance, 30);
    to->hostile_bus = !to->calm && chance_of(&of->chance, 200);
    to->stalls = chance_of(&of->chance, to->calm ? 600 : 250);
    to->hosts = (unsigned)chance_range(&of->chance, 2, HOSTS);
    to->most = mosts[chance_next(&of->chance) % 3];
    to->lease_ms = chance_of(&of->chance, 500) ? 2000 : chance_range(&of->chance, 400, 2000);
    to->leeway_ms = chance_range(&of->chance, 1000, 60000);
    to->healed = chance_range(&of->chance, 1000, 4000 + 2 * to->lease_ms) * MS;
    to->ends = to->healed + 3500 * MS + 3 * jd_ms(to->lease_ms);
    plan_hosts(of);
    for (int64_t i = to->calm ? 0 : chance_range(&of->chance, 1, 12); i > 0; i--)
        plan_fault(of);
    for (int64_t i = to->flood ? 20 : chance_range(&of->chance, 1, 25); i > 0; i--)
        plan_revocation(of);
    (void)sim_add(of, EV_HEAL, to->healed, -1);
}
