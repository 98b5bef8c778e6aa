/* SPDX-License-Identifier: Apache-2.0 */
/* tests/sim/bus.c - a stream of Redis at its worst: it loses, doubles, delays and exchanges what it
 * is given, brings what is old, and lets strangers write. */
#include "sim.h"

#include <string.h>

static void deliver(sim *of, const sim_event *item, int to)
{
    const sim_proc *who = &of->procs[to];
    if (!who->alive || !who->connected || of->hosts[who->host].from_bus)
        return;
    const unsigned times = !sim_is_quiet(of) && chance_of(&of->chance, 50) ? 2 : 1;
    for (unsigned i = 0; i < times; i++) {
        if (!sim_is_quiet(of) && chance_of(&of->chance, of->plan.loss + 10))
            continue;
        const int at = sim_payload(of);
        const sim_message *from = &of->payloads[item->payload];
        of->payloads[at].hurry = from->hurry;
        of->payloads[at].count = from->count;
        memcpy(of->payloads[at].entries, from->entries, from->count * sizeof from->entries[0]);
        sim_event *sent = sim_add(of, EV_BUS, sim_delay(of), to);
        sent->payload = at;
    }
}

/* Redis refuses an id that is not above the last one. */
void bus_event(sim *of, sim_event *event)
{
    const sim_message *item = &of->payloads[event->payload];
    const uint64_t id = item->entries[item->count - 1].n;
    if (!of->bus_down && (event->value != 0 || id > of->bus_top)) {
        of->bus_top = event->value == 0 ? id : of->bus_top;
        for (int i = 0; i < (int)PROCS; i++)
            deliver(of, event, i);
    }
    sim_drop(of, event);
}

void bus_publish(sim *of, int from, const jt_revocation *entries, size_t count, bool hurry)
{
    if (of->hosts[of->procs[from].host].to_bus || of->bus_down)
        return;
    const int at = sim_payload(of);
    of->payloads[at].hurry = hurry;
    of->payloads[at].count = count;
    memcpy(of->payloads[at].entries, entries, count * sizeof *entries);
    sim_event *sent = sim_add(of, EV_ADD, sim_delay(of), from);
    sent->payload = at;
}

/* An item that nobody published now: an old one, half of one, or a forged one. */
void bus_nonsense(sim *of)
{
    if (of->old_count == 0)
        return;
    const int at = sim_payload(of);
    sim_message *item = &of->payloads[at];
    item->hurry = chance_of(&of->chance, 500);
    item->count = (size_t)chance_range(&of->chance, 1, 3);
    for (size_t i = 0; i < item->count; i++) {
        item->entries[i] = of->old[chance_next(&of->chance) % of->old_count];
        if (!chance_of(&of->chance, 400))
            continue;
        of->seen[SEEN_FORGED]++;
        switch (chance_next(&of->chance) % 4) {
        case 0: item->entries[i].n += 1 + chance_next(&of->chance) % 3; break;
        case 1: item->entries[i].n = UINT64_MAX; break;
        case 2: item->entries[i].mac[3] ^= 1; break;
        default: item->entries[i].n = 0; break;
        }
    }
    sim_event *sent = sim_add(of, EV_ADD, sim_delay(of), -1);
    sent->payload = at;
    sent->value = 1;
}
