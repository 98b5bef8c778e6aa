/* SPDX-License-Identifier: Apache-2.0 */
/* tests/sim/store.c - a database: it numbers entries, keeps the rows of nodes, is down at times,
 * and when it comes back, may be another one.
 *
 * What was committed is kept, except in schedules that say otherwise. Rows of nodes are written
 * without waiting for the disk, so the last of them may be gone, or as they were before. */
#include "sim.h"

#include <stddef.h>
#include <string.h>

/* ---- entries -------------------------------------------------------------------------------- */

uint64_t store_mark_of(const jt_revocation *entry)
{
    uint64_t mark;
    memcpy(&mark, entry->id, sizeof mark);
    return mark;
}

static void make_mac(const jt_revocation *entry, uint8_t mac[JT_REVOKED_MAC])
{
    chance key = {entry->n * 1000003 ^ store_mark_of(entry) ^ (uint64_t)entry->expires << 20};
    const uint64_t words[2] = {chance_next(&key), chance_next(&key)};
    memcpy(mac, words, JT_REVOKED_MAC);
}

bool store_is_genuine(const jt_revocation *entry)
{
    uint8_t mac[JT_REVOKED_MAC];
    make_mac(entry, mac);
    return memcmp(mac, entry->mac, sizeof mac) == 0;
}

static void keep_for_later(sim *of, const jt_revocation *entry)
{
    if (of->old_count < 64)
        of->old[of->old_count++] = *entry;
    else
        of->old[chance_next(&of->chance) % 64] = *entry;
}

/* No number is given twice, and each is higher than any before: so a mark is newer than each token,
 * also than those that were issued in what was lost. Only whoever loses a jump and sets the clock
 * back before the next one can have it otherwise. */
static void judge_number(sim *of, sim_mark *mark, uint64_t n)
{
    sim_store *at = &of->store;
    mark->again = n <= at->highest;
    if (mark->again && !at->set_back)
        sim_break(of, "the number %llu is given, and %llu was before", (unsigned long long)n,
                  (unsigned long long)at->highest);
    at->highest = mark->again ? at->highest : n;
}

/* Commits the mark as the next entry. */
static jt_revocation append(sim *of, uint64_t mark)
{
    sim_store *at = &of->store;
    jt_revocation entry = {.n = ++at->head,
                           .kind = of->marks[mark].notice ? JT_NOTICE_KEYS : JT_REVOKED_SESSION,
                           .expires = of->marks[mark].expires / MS};
    memcpy(entry.id, &mark, sizeof mark);
    make_mac(&entry, entry.mac);
    if (at->count == LOG) {
        sim_break(of, "the simulation itself: the log is full");
        return entry;
    }
    at->again[at->count] = entry.n <= at->highest;
    at->log[at->count++] = entry;
    of->marks[mark].committed = of->now;
    of->marks[mark].lost = false;
    judge_number(of, &of->marks[mark], entry.n);
    keep_for_later(of, &entry);
    sim_event *deadline = sim_add(of, EV_DEADLINE, judge_bound(of), -1);
    deadline->ticket = mark;
    return entry;
}

static int64_t wall_of(const sim *of)
{
    return of->now / MS + 1000000 + of->store.wall_ms;
}

/* Before a server that is new, or lacks what somebody was told of, gives a number: as it is done by
 * JD_SQL_LOG_NEXT. */
static void jump_if_due(sim *of, uint64_t told)
{
    sim_store *at = &of->store;
    const uint64_t was = at->head;
    const uint64_t least = was > told ? was : told;
    const uint64_t by_time = (uint64_t)wall_of(of) * 1024;
    if (was >= told && (at->numbering == 0 || at->numbering == at->started)) {
        at->numbering = at->started;
        return;
    }
    at->numbering = at->started;
    at->set_back = at->set_back || by_time < at->highest;
    at->head = (by_time >= least + 65536 ? by_time : least + ((uint64_t)1 << 28)) - 1;
    if (of->marks_count == MARKS) {
        sim_break(of, "the simulation itself: too many jumps");
        return;
    }
    const uint64_t mark = of->marks_count++;
    of->marks[mark] = (sim_mark){.notice = true, .expires = INT64_MAX / 2};
    (void)append(of, mark);
    memcpy(at->log[at->count - 1].id + sizeof mark, &was, sizeof was);
    of->seen[SEEN_JUMPS]++;
    SIM_SAY(of, "the numbers jump from %llu to %llu", (unsigned long long)was,
            (unsigned long long)at->head);
}

static void prune(sim *of)
{
    sim_store *at = &of->store;
    size_t kept = 0;
    for (size_t i = 0; i < at->count; i++) {
        if (of->marks[store_mark_of(&at->log[i])].expires > of->now) {
            at->again[kept] = at->again[i];
            at->log[kept++] = at->log[i];
        } else if (at->log[i].n > at->pruned) {
            at->pruned = at->log[i].n;
        }
    }
    at->count = kept;
}

/* ---- up and down ---------------------------------------------------------------------------- */

void store_begin(sim *of)
{
    memset(&of->store, 0, offsetof(sim_store, log));
    memset(of->store.rows, 0, sizeof of->store.rows);
    store_start(of, true);
}

void store_set_clock(sim *of, int64_t wall_ms)
{
    of->store.wall_ms = wall_ms;
    of->store.wall_set = of->now;
}

void store_start(sim *of, bool other_server)
{
    sim_store *at = &of->store;
    at->up = true;
    at->started = of->now / MS + (int64_t)chance_next(&of->chance) % 1000000 * 100000;
    if (other_server)
        store_set_clock(of, chance_range(&of->chance, -20, 20));
}

static void lose_rows(sim *of)
{
    for (size_t i = 0; i < PROCS; i++) {
        sim_row *at = &of->store.rows[i];
        if (!chance_of(&of->chance, 600))
            continue;
        at->is_there = at->was_there;
        at->now = at->durable;
    }
}

/* The head before that entry: where it was a jump, that is far away. */
static uint64_t number_before(const jt_revocation *entry)
{
    uint64_t was;
    memcpy(&was, entry->id + sizeof was, sizeof was);
    return was != 0 ? was : entry->n - 1;
}

/* A group that was made again has left some of its marks in the log twice. */
static bool has_entry_of(const sim_store *at, uint64_t mark)
{
    for (size_t i = 0; i < at->count; i++)
        if (store_mark_of(&at->log[i]) == mark)
            return true;
    return false;
}

/* A standby that lacked the last entries becomes the primary. */
static void lose_entries(sim *of)
{
    sim_store *at = &of->store;
    const int64_t most = at->count < 5 ? (int64_t)at->count : 5;
    for (int64_t lost = chance_range(&of->chance, 0, most); lost > 0; lost--) {
        const jt_revocation *entry = &at->log[--at->count];
        sim_mark *of_it = &of->marks[store_mark_of(entry)];
        at->head = number_before(entry);
        if (!has_entry_of(at, store_mark_of(entry))) {
            of_it->lost = true;
            of_it->lost_at = of->now;
            of_it->committed = 0;
        }
        of->seen[SEEN_LOST]++;
        SIM_SAY(of, "the store has lost entry %llu", (unsigned long long)entry->n);
    }
}

void store_crash(sim *of)
{
    of->store.up = false;
    lose_rows(of);
    if (of->plan.loses && chance_of(&of->chance, 700))
        lose_entries(of);
}

/* ---- requests ------------------------------------------------------------------------------- */

void store_send(sim *of, event_kind kind, int from, uint64_t ticket, int payload, int64_t value)
{
    const sim_host *at = &of->hosts[of->procs[from].host];
    if (at->to_store || chance_of(&of->chance, of->plan.loss)) {
        if (payload >= 0)
            of->payloads[payload].used = false;
        return;
    }
    moment delay = sim_delay(of);
    if (payload >= 0 && chance_of(&of->chance, 500)) { /* else the answer meets it */
        delay += of->payloads[payload].stall;
        of->payloads[payload].stall = 0;
    }
    sim_event *sent = sim_add(of, kind, delay, from);
    sent->ticket = ticket;
    sent->payload = payload;
    sent->value = value;
    sent->started = of->store.started;
}

/* The answer goes back, if it gets through. */
static void answer(sim *of, sim_event *request, event_kind kind)
{
    const sim_host *at = &of->hosts[of->procs[request->proc].host];
    if (at->from_store || chance_of(&of->chance, of->plan.loss)) {
        sim_drop(of, request);
        return;
    }
    moment delay = sim_delay(of) + of->payloads[request->payload].stall;
    if (of->store.slow > 0)
        delay += chance_range(&of->chance, 0, of->store.slow);
    sim_event *sent = sim_add(of, kind, delay, request->proc);
    sent->ticket = request->ticket;
    sent->payload = request->payload;
    sent->value = request->value;
    sent->started = of->store.started;
}

static void write_row(sim *of, const sim_event *request)
{
    const sim_proc *who = &of->procs[request->proc];
    sim_row *at = &of->store.rows[request->proc];
    if (at->is_there && chance_of(&of->chance, 700)) { /* by now, what it was is on disk */
        at->was_there = true;
        at->durable = at->now;
    }
    const uint64_t claim = of->payloads[request->payload].claim;
    const int64_t before = at->is_there ? at->now.seen : INT64_MIN;
    at->is_there = true;
    at->now = (jd_watch_row){
        .applied = claim, .lease_ms = of->plan.lease_ms, .seen = of->now / MS + of->store.wall_ms};
    if (at->now.seen <= before)
        at->now.seen = before + 1;
    const uint64_t id[2] = {(uint64_t)request->proc, 77};
    memcpy(at->now.id, id, sizeof id);
    judge_claim(of, who, claim);
}

/* Between two statements others may commit. */
static void take_a_break(sim *of, const sim_event *request)
{
    sim_event *later = sim_add(of, EV_BEAT_READ, sim_delay(of), request->proc);
    later->ticket = request->ticket;
    later->payload = request->payload;
    later->started = request->started;
}

/* The head, then the entries: by then there may be more. */
static void read_log(sim *of, sim_event *request)
{
    const sim_store *at = &of->store;
    sim_message *to = &of->payloads[request->payload];
    if (to->head == 0) { /* the first time that we are here */
        jump_if_due(of, to->told);
        to->head = at->head;
        to->pruned = at->pruned;
        to->store_now = wall_of(of);
        if (chance_of(&of->chance, 50)) {
            take_a_break(of, request);
            return;
        }
    }
    for (size_t i = 0; i < at->count && !to->more; i++) {
        if (at->log[i].n < to->after)
            continue;
        to->entries[to->count++] = at->log[i];
        to->more = to->count == of->plan.most;
    }
    answer(of, request, EV_ANSWER);
}

static void beat(sim *of, sim_event *request)
{
    if (request->kind == EV_BEAT) {
        write_row(of, request);
        if (of->broken[0] != '\0')
            return;
        if (chance_of(&of->chance, 50)) {
            take_a_break(of, request);
            return;
        }
    }
    read_log(of, request);
}

static void commit(sim *of, sim_event *request)
{
    sim_message *to = &of->payloads[request->payload];
    jump_if_due(of, to->told);
    for (size_t i = 0; i < to->count; i++) {
        to->entries[i] = append(of, store_mark_of(&to->entries[i]));
        if (of->broken[0] != '\0')
            return;
    }
    SIM_SAY(of, "commit of entries up to %llu (marks from %llu) by process %d",
            (unsigned long long)of->store.head, (unsigned long long)store_mark_of(&to->entries[0]),
            request->proc);
    answer(of, request, EV_COMMITTED);
}

static void list(sim *of, sim_event *request)
{
    sim_message *to = &of->payloads[request->payload];
    for (size_t i = 0; i < PROCS; i++)
        if (of->store.rows[i].is_there)
            to->row[to->rows++] = of->store.rows[i].now;
    answer(of, request, EV_LISTED);
}

static void check(sim *of, sim_event *request)
{
    sim_message *to = &of->payloads[request->payload];
    const uint64_t n = to->after;
    to->count = 0;
    for (size_t i = 0; i < of->store.count; i++)
        if (of->store.log[i].n == n)
            to->entries[to->count++] = of->store.log[i];
    answer(of, request, EV_CHECKED);
}

static void read_notices(sim *of, sim_event *request)
{
    sim_message *to = &of->payloads[request->payload];
    for (uint64_t i = 0; i < of->marks_count; i++)
        if (of->marks[i].committed != 0)
            set_bit(to->notices, i);
    answer(of, request, EV_HAS_READ);
}

static void (*const requests[EV_KINDS])(sim *of, sim_event *request) = {
    [EV_BEAT] = beat,     [EV_BEAT_READ] = beat, [EV_READ] = read_notices,
    [EV_COMMIT] = commit, [EV_LIST] = list,      [EV_CHECK] = check,
};

void store_event(sim *of, sim_event *event)
{
    if (event->kind == EV_REMOVE) {
        of->store.rows[event->proc].is_there = false;
        return;
    }
    if (!of->store.up || event->started != of->store.started) {
        if (chance_of(&of->chance, 500))
            answer(of, event, EV_REFUSED);
        else
            sim_drop(of, event);
        return;
    }
    if (!sim_is_quiet(of) && chance_of(&of->chance, 20))
        prune(of);
    requests[event->kind](of, event);
}
