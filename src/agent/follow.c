/* SPDX-License-Identifier: Apache-2.0 */
/* agent/follow.c - the rules of follow.h. What is withdrawn is withdrawn in one place, and so is
 * what makes it fresh. */
#include "agent/follow.h"

#include <string.h>

/* Parts of a lease. */
#define IDLE_PART     8 /* a request when nothing happens */
#define PATIENCE_PART 4 /* without an answer for so long, the next request is due */

#define IDLE_MOST_MS 250

/* Not more often than this, milliseconds. */
#define URGENT_MS 10 /* somebody waits, or there is a hole */
#define FOUND_MS  50 /* the bus is there, but did not tell in time */
#define FAILED_MS 25 /* doubled with each failure, up to the idle interval */
#define DOUBLINGS 4U

/* How far back the store is asked when it may be another one than before: what it said of so many
 * numbers is compared. All of it is in one answer. */
#define LOOK_BACK (JD_FOLLOW_ANSWER / 2)

#define ABOVE (JD_FOLLOW_RING / 2) /* so far ahead of `applied` numbers are remembered */

void jd_follow_init(jd_follow *follow, const jd_follow_settings *settings)
{
    *follow = (jd_follow){.set = *settings, .state = JD_FOLLOW_COLD, .notices = 1, .unread = 1};
    if (follow->set.lease_ms < JD_LEASE_LEAST_MS)
        follow->set.lease_ms = JD_LEASE_LEAST_MS;
    if (follow->set.lease_ms > JD_LEASE_MOST_MS)
        follow->set.lease_ms = JD_LEASE_MOST_MS;
}

/* ---- when to ask ---------------------------------------------------------------------------- */

static int64_t part_of_lease(const jd_follow *of, int64_t part)
{
    return jd_ms(of->set.lease_ms) / part;
}

/* Where entries are found by asking alone, a longer lease is for stores that are away for longer,
 * not for revocations that come later. */
static int64_t idle(const jd_follow *of)
{
    const int64_t most = jd_ms(IDLE_MOST_MS);
    const int64_t part = part_of_lease(of, IDLE_PART);
    return part < most ? part : most;
}

/* Where the bus tells of them, asking is for the lease, and for what the bus has lost: a thousand
 * nodes with a longer lease ask so much less. */
static int64_t beat(const jd_follow *of)
{
    return of->bus && of->fresh != 0 ? part_of_lease(of, IDLE_PART) : idle(of);
}

/* The next request is due so long after the last one, or earlier if it is already. A store that
 * fails is left alone for a while, whatever the bus says. */
static void want(jd_follow *of, int64_t gap_ms)
{
    if (of->failures > 0)
        return;
    const int64_t due = of->last_sent + jd_ms(gap_ms);
    if (due < of->due)
        of->due = due;
}

static void step_back(jd_follow *of, int64_t now)
{
    const unsigned doublings = of->failures < DOUBLINGS ? of->failures : DOUBLINGS;
    const int64_t pause = jd_ms(FAILED_MS) << doublings;
    const int64_t most = idle(of);
    of->due = now + (pause < most ? pause : most);
    of->failures++;
    of->counts.failed++;
    of->sure = false;
}

/* ---- what makes it fresh, and what ends that ------------------------------------------------- */

static void set_fresh(jd_follow *of, int64_t since)
{
    of->state = JD_FOLLOW_FRESH;
    if (since > of->fresh)
        of->fresh = since;
}

static void withdraw(jd_follow *of, jd_follow_state why)
{
    of->state = why;
    of->fresh = 0;
    of->owed = 0;
}

/* ---- numbers that are known ------------------------------------------------------------------ */

static jd_follow_seen *slot_of(jd_follow *of, uint64_t n)
{
    return &of->ring[n % JD_FOLLOW_RING];
}

static const jd_follow_seen *find_seen(const jd_follow *of, uint64_t n)
{
    const jd_follow_seen *seen = &of->ring[n % JD_FOLLOW_RING];
    return n != 0 && seen->n == n ? seen : NULL;
}

static bool is_same(const jd_follow_seen *seen, const jt_revocation *entry)
{
    return memcmp(seen->mac, entry->mac, sizeof seen->mac) == 0;
}

/* Numbers further ahead have no place: they are a hole, and come from the store. */
static bool is_far(const jd_follow *of, const jt_revocation *entry)
{
    return entry->n > of->applied && entry->n - of->applied > ABOVE;
}

static void remember(jd_follow *of, const jt_revocation *entry)
{
    jd_follow_seen *seen = slot_of(of, entry->n);
    if (is_far(of, entry) || seen->n > entry->n) /* of a later round: it is too old to matter */
        return;
    seen->n = entry->n;
    memcpy(seen->mac, entry->mac, sizeof seen->mac);
}

/* Goes on over what is known already. */
static void advance(jd_follow *of)
{
    while (of->applied < UINT64_MAX && find_seen(of, of->applied + 1) != NULL)
        of->applied++;
}

static void forget_above(jd_follow *of, uint64_t n)
{
    for (size_t i = 0; i < JD_FOLLOW_RING; i++)
        if (of->ring[i].n > n)
            of->ring[i] = (jd_follow_seen){0};
}

void jd_follow_resume(jd_follow *follow, uint64_t n, const uint8_t mac[JT_REVOKED_MAC])
{
    jt_revocation last = {.n = n};
    if (n == 0)
        return;
    memcpy(last.mac, mac, sizeof last.mac);
    follow->applied = n;
    follow->vouched = n;
    remember(follow, &last);
}

/* ---- entries -------------------------------------------------------------------------------- */

static void take_in(jd_follow *of, const jt_revocation *entry)
{
    of->counts.entries++;
    if (of->set.sink.apply(of->set.sink.user, entry))
        return;
    of->notices++;
    if (of->unread == 0 || entry->n < of->unread)
        of->unread = entry->n;
}

/* Each notice ends what is known to be read. Whoever can write to the bus may have kept a genuine
 * one of a log that a failover has lost: brought again and again, it would never let us be fresh.
 * So one counts once, under a number that is free and remembered; all others come from the store.
 */
static bool is_idle(const jd_follow *of, const jd_follow_seen *seen, const jt_revocation *entry)
{
    return jt_is_notice(entry->kind) && (seen != NULL || is_far(of, entry));
}

/* True when it is something new. What is contradicted is taken in, for it can only refuse more; who
 * is right, the store decides. */
static bool take_loose(jd_follow *of, const jt_revocation *entry)
{
    const jd_follow_seen *seen = find_seen(of, entry->n);
    if (seen != NULL && is_same(seen, entry))
        return false;
    if (seen == NULL && entry->n <= of->applied)
        return false;
    if (is_idle(of, seen, entry))
        return true;
    take_in(of, entry);
    if (seen == NULL)
        remember(of, entry);
    return true;
}

static bool is_genuine(const jd_follow *of, const jt_revocation *entry)
{
    return entry->n != 0 && of->set.sink.is_genuine(of->set.sink.user, entry);
}

void jd_follow_entries(jd_follow *follow, const jt_revocation *entries, size_t count, bool hurry)
{
    bool news = false;
    uint64_t last = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_genuine(follow, &entries[i])) {
            follow->counts.forged++;
        } else if (take_loose(follow, &entries[i])) {
            news = true;
            last = entries[i].n > last ? entries[i].n : last;
        }
    }
    advance(follow);
    if (news && (hurry || last > follow->applied)) /* there is a hole before it */
        want(follow, URGENT_MS);
}

void jd_follow_bus(jd_follow *follow, bool up)
{
    if (up && !follow->bus)
        want(follow, URGENT_MS); /* what came while it was away came to others only */
    if (!up)
        want(follow, IDLE_MOST_MS);
    follow->bus = up;
}

/* ---- requests ------------------------------------------------------------------------------- */

/* What the store is asked about when nothing is certain: far enough back that it shows which log it
 * has. */
static uint64_t look_back(const jd_follow *of)
{
    return of->vouched > LOOK_BACK ? of->vouched - LOOK_BACK : 0;
}

/* A node says of itself only what it would stake its lease on: who waits for others believes it. */
static uint64_t claim(const jd_follow *of)
{
    if (!of->sure)
        return 0;
    return of->unread != 0 && of->unread <= of->applied ? of->unread - 1 : of->applied;
}

static void ask(jd_follow *of, int64_t now, jd_follow_todo *todo)
{
    const uint64_t ticket = ++of->tickets;
    *todo = (jd_follow_todo){.what = JD_FOLLOW_ASK,
                             .ticket = ticket,
                             .after = of->sure ? of->applied : look_back(of),
                             .claim = claim(of)};
    of->requests[ticket % JD_FOLLOW_TICKETS] = (jd_follow_request){.ticket = ticket,
                                                                   .after = todo->after,
                                                                   .applied = of->applied,
                                                                   .vouched = of->vouched,
                                                                   .sent = now};
    of->pending = ticket;
    of->last_sent = now;
    of->due = now + beat(of);
    of->counts.asked++;
}

/* False: nobody waits for it any more. */
static bool take_request(jd_follow *of, uint64_t ticket, jd_follow_request *request)
{
    jd_follow_request *found = &of->requests[ticket % JD_FOLLOW_TICKETS];
    if (ticket == 0 || found->ticket != ticket)
        return false;
    *request = *found;
    *found = (jd_follow_request){0};
    if (of->pending == ticket)
        of->pending = 0;
    return true;
}

void jd_follow_failed(jd_follow *follow, uint64_t ticket, bool damaged, int64_t now)
{
    jd_follow_request request;
    if (!take_request(follow, ticket, &request))
        return;
    if (ticket < follow->answered) { /* a younger one was answered: that connection was it */
        follow->counts.failed++;
        return;
    }
    step_back(follow, now);
    if (damaged) {
        follow->counts.damaged++;
        withdraw(follow, JD_FOLLOW_DAMAGED);
    }
}

/* ---- reading anew --------------------------------------------------------------------------- */

/* What is applied stays applied; everything else starts again. */
static void start_anew(jd_follow *of, jd_follow_state why)
{
    withdraw(of, why);
    forget_above(of, 0);
    of->applied = 0;
    of->vouched = 0;
    of->sure = false;
    of->has_server = false;
    of->notices++;
    of->unread = 1;
    of->read_due = 0;
    of->due = of->last_sent;
    of->counts.anew++;
}

/* The bus has told of numbers that the store has not, or has otherwise. */
static void believe_the_store(jd_follow *of)
{
    forget_above(of, of->vouched);
    of->applied = of->vouched;
    of->sure = false;
    of->due = of->last_sent;
    of->counts.withdrawn++;
}

void jd_follow_read(jd_follow *follow, uint64_t ticket, bool worked, int64_t now)
{
    if (ticket == 0 || ticket != follow->reading)
        return;
    follow->reading = 0;
    if (!worked) {
        follow->read_due = now + idle(follow);
        return;
    }
    follow->read_due = now;
    if (follow->reading_of != follow->notices)
        return; /* more have come in meanwhile */
    follow->unread = 0;
    want(follow, URGENT_MS); /* somebody may wait for it */
    if (follow->owed != 0)
        set_fresh(follow, follow->owed);
    follow->owed = 0;
}

/* ---- answers -------------------------------------------------------------------------------- */

/* The numbers an answer is complete about end here; those that are missing have been pruned. */
static uint64_t end_of(const jd_follow_answer *answer)
{
    const uint64_t last = answer->count > 0 ? answer->entries[answer->count - 1].n : 0;
    if (answer->more)
        return last;
    return last > answer->head ? last : answer->head;
}

static bool are_genuine(const jd_follow *of, const jd_follow_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++) {
        const jt_revocation *entry = &answer->entries[i];
        const jd_follow_seen *seen = find_seen(of, entry->n);
        if (i > 0 && entry->n <= answer->entries[i - 1].n)
            return false;
        if ((seen == NULL || !is_same(seen, entry)) && !is_genuine(of, entry))
            return false;
    }
    return true;
}

/* What the answer and we say of the same numbers. */
typedef struct comparison {
    unsigned agreed;     /* so much of what the store itself has said before */
    bool vouched_differ; /* something of that */
    bool loose_differ;   /* something that only the bus has said */
} comparison;

static void differ_at(const jd_follow *of, uint64_t n, comparison *found)
{
    if (n <= of->vouched)
        found->vouched_differ = true;
    else
        found->loose_differ = true;
}

static const jt_revocation *entry_of(const jd_follow_answer *answer, uint64_t n, size_t *at)
{
    while (*at < answer->count && answer->entries[*at].n < n)
        (*at)++;
    return *at < answer->count && answer->entries[*at].n == n ? &answer->entries[*at] : NULL;
}

static void compare(const jd_follow *of, const jd_follow_request *request,
                    const jd_follow_answer *answer, comparison *found)
{
    const uint64_t after = request->after;
    const uint64_t end = end_of(answer);
    const uint64_t known = of->applied > ABOVE ? of->applied - ABOVE : 1;
    const uint64_t last = of->applied < UINT64_MAX - ABOVE ? of->applied + ABOVE : UINT64_MAX - 1;
    size_t at = 0;
    *found = (comparison){0};
    if (answer->head < request->vouched)
        found->vouched_differ = true;
    else if (answer->head < request->applied)
        found->loose_differ = true;
    for (uint64_t n = after > known ? after : known; n <= end && n <= last; n++) {
        const jd_follow_seen *seen = find_seen(of, n);
        const jt_revocation *entry = entry_of(answer, n, &at);
        if (seen == NULL || (entry == NULL && n <= answer->pruned))
            continue;
        if (entry == NULL || !is_same(seen, entry))
            differ_at(of, n, found);
        else if (n <= of->vouched)
            found->agreed++;
    }
}

/* Whether it is of the log that has been followed. If not, what is to be done about it has been. */
static bool is_of_our_log(jd_follow *of, const jd_follow_request *request,
                          const jd_follow_answer *answer)
{
    comparison found;
    const bool known = of->has_server && of->server == answer->started;
    compare(of, request, answer, &found);
    if (found.vouched_differ) {
        start_anew(of, JD_FOLLOW_ANOTHER);
        return false;
    }
    /* What only the bus has said may be right, but this server has not been asked about it. */
    if (found.loose_differ || (!known && request->after > look_back(of)))
        believe_the_store(of);
    if ((found.loose_differ && request->after > of->vouched + 1) ||
        (!known && request->after > look_back(of)))
        return false;
    /* Here the answer tells of all that is not vouched for. It counts even though the bus was found
     * lying: or somebody who goes on lying between any two requests could keep us from ever being
     * fresh. */
    if (!known && of->vouched > 0 && found.agreed == 0) {
        start_anew(of, JD_FOLLOW_ANOTHER); /* nothing shows that it is the same log */
        return false;
    }
    return true;
}

/* Pruned before we had it: it refuses nothing any more, but may have been a notice. */
static bool has_missed_notices(const jd_follow *of, const jd_follow_request *request,
                               const jd_follow_answer *answer)
{
    return request->after != 0 && answer->pruned > request->after && of->vouched < answer->pruned;
}

static void rise(uint64_t *number, uint64_t to)
{
    if (to > *number)
        *number = to;
}

/* Takes all of it in. Returns whether something was new. */
static bool take_answer(jd_follow *of, const jd_follow_answer *answer)
{
    const uint64_t before = of->applied;
    const uint64_t end = end_of(answer);
    for (size_t i = 0; i < answer->count; i++) {
        const jt_revocation *entry = &answer->entries[i];
        const jd_follow_seen *seen = find_seen(of, entry->n);
        if (entry->n > of->vouched && (seen == NULL || !is_same(seen, entry)))
            take_in(of, entry);
        rise(&of->applied, entry->n); /* so that it is remembered around the new end */
        remember(of, entry);
    }
    rise(&of->vouched, end);
    rise(&of->applied, end);
    advance(of);
    return of->applied > before;
}

bool jd_clock_is_off(const jd_clock_look *look, int64_t leeway_ms)
{
    const int64_t trip_ms = (look->came - look->sent) / 1000000 + 1;
    return look->store_ms > look->wall_ms + leeway_ms ||
           look->store_ms < look->wall_ms - leeway_ms - trip_ms;
}

/* Sets what it is fresh by, when all else is well. */
static void judge(jd_follow *of, const jd_follow_request *request, const jd_follow_answer *answer)
{
    of->owed = 0;
    if (of->applied < answer->head) {
        of->state = JD_FOLLOW_BEHIND;
    } else if (of->unread != 0) {
        of->state = JD_FOLLOW_UNREAD;
        of->owed = request->sent;
    } else {
        set_fresh(of, request->sent);
    }
}

static void take_loosely(jd_follow *of, const jd_follow_answer *answer)
{
    for (size_t i = 0; i < answer->count; i++)
        if (is_genuine(of, &answer->entries[i]))
            (void)take_loose(of, &answer->entries[i]);
}

static void accept(jd_follow *of, const jd_follow_request *request, const jd_follow_answer *answer,
                   bool off)
{
    const bool missed = has_missed_notices(of, request, answer);
    const bool news = take_answer(of, answer);
    of->sure = true;
    of->has_server = true;
    of->server = answer->started;
    of->failures = 0;
    if (missed) {
        of->notices++;
        of->unread = 1;
    }
    if (answer->more)
        of->due = of->last_sent;
    else if (news)
        want(of, of->bus ? FOUND_MS : URGENT_MS);
    if (off)
        withdraw(of, JD_FOLLOW_CLOCK);
    else
        judge(of, request, answer);
}

void jd_follow_answered(jd_follow *follow, uint64_t ticket, const jd_follow_answer *answer,
                        int64_t wall_ms, int64_t now)
{
    jd_follow_request request;
    if (!take_request(follow, ticket, &request))
        return;
    if (ticket < follow->answered) {
        take_loosely(follow, answer);
        return;
    }
    follow->answered = ticket;
    if (!are_genuine(follow, answer)) {
        step_back(follow, now);
        follow->counts.damaged++;
        withdraw(follow, JD_FOLLOW_DAMAGED);
        return;
    }
    if (!is_of_our_log(follow, &request, answer)) {
        take_loosely(follow, answer);
        return;
    }
    const jd_clock_look look = {request.sent, now, wall_ms, answer->store_now};
    const bool off = jd_clock_is_off(&look, follow->set.leeway_ms);
    const bool is_back = follow->clock_was_off && !off;
    follow->clock_was_off = off;
    accept(follow, &request, answer, off);
    if (is_back)
        start_anew(follow, JD_FOLLOW_CLOCK);
}

/* ---- what is to be done --------------------------------------------------------------------- */

static void read_anew(jd_follow *of, jd_follow_todo *todo)
{
    of->reading = ++of->tickets;
    of->reading_of = of->notices;
    *todo = (jd_follow_todo){.what = JD_FOLLOW_READ, .ticket = of->reading};
}

static void lose_patience(jd_follow *of, int64_t now)
{
    if (of->pending != 0 && now - of->last_sent >= part_of_lease(of, PATIENCE_PART)) {
        of->pending = 0; /* its answer is still taken, if it comes before others */
        step_back(of, now);
        of->due = now;
    }
}

static bool has_to_read(const jd_follow *of)
{
    return of->unread != 0 && of->reading == 0;
}

void jd_follow_next(jd_follow *follow, int64_t now, jd_follow_todo *todo)
{
    lose_patience(follow, now);
    if (has_to_read(follow) && now >= follow->read_due) {
        read_anew(follow, todo);
    } else if (follow->pending == 0 && now >= follow->due) {
        ask(follow, now, todo);
    } else {
        int64_t until = follow->pending != 0
                            ? follow->last_sent + part_of_lease(follow, PATIENCE_PART)
                            : follow->due;
        if (has_to_read(follow) && follow->read_due < until)
            until = follow->read_due;
        *todo = (jd_follow_todo){.what = JD_FOLLOW_WAIT, .until = until};
    }
}

/* ---- what is known -------------------------------------------------------------------------- */

int64_t jd_follow_fresh(const jd_follow *follow)
{
    return follow->fresh;
}

jd_follow_state jd_follow_why(const jd_follow *follow, int64_t now)
{
    if (follow->fresh == 0)
        return follow->state == JD_FOLLOW_FRESH ? JD_FOLLOW_COLD : follow->state;
    if (now - follow->fresh < jd_ms(follow->set.lease_ms))
        return JD_FOLLOW_FRESH;
    return follow->state == JD_FOLLOW_FRESH ? JD_FOLLOW_OVER : follow->state;
}

uint64_t jd_follow_applied(const jd_follow *follow)
{
    return follow->applied;
}

bool jd_follow_last(const jd_follow *follow, uint64_t *n, uint8_t mac[JT_REVOKED_MAC])
{
    const jd_follow_seen *seen = find_seen(follow, follow->vouched);
    *n = 0;
    if (seen == NULL)
        return false;
    *n = seen->n;
    memcpy(mac, seen->mac, sizeof seen->mac);
    return true;
}

const char *jd_follow_word(jd_follow_state state)
{
    static const char *const words[] = {
        [JD_FOLLOW_FRESH] = "fresh",         [JD_FOLLOW_COLD] = "cold",
        [JD_FOLLOW_OVER] = "over",           [JD_FOLLOW_BEHIND] = "behind",
        [JD_FOLLOW_UNREAD] = "unread",       [JD_FOLLOW_CLOCK] = "clock",
        [JD_FOLLOW_ANOTHER] = "another log", [JD_FOLLOW_DAMAGED] = "damaged",
    };
    return words[state];
}
