/* SPDX-License-Identifier: Apache-2.0 */
/* tests/sim/judge.c - what must hold, whatever happens. It alone knows the true time and what
 * everybody has.
 *
 * A reader takes the freshness first, then its clock, then it looks for the token: so the worst one
 * does all of it in one moment, for later there is more applied and less fresh. */
#include "sim.h"

#include <stdlib.h>

/* The bound that is promised, in a second way: a lease, a hundredth of it, and 5 ms. */
moment judge_bound(const sim *of)
{
    return (of->plan.lease_ms * 101 / 100 + 6) * MS;
}

/* Whether the mark is in force: committed, kept, and about tokens that live. Where numbers are
 * given a second time, nothing is promised of what has such a number. */
static bool is_in_force(const sim *of, uint64_t mark)
{
    const sim_mark *at = &of->marks[mark];
    return at->committed != 0 && !at->lost && !at->again && at->expires > of->now;
}

static bool accepts(const sim *of, const sim_proc *who, uint64_t mark)
{
    return who->exists && !has_bit(who->applied, mark) && proc_is_fresh(of, who);
}

/* Nobody may accept what the mark refuses from now on. */
static void judge_mark(sim *of, uint64_t mark, const char *why)
{
    if (!is_in_force(of, mark))
        return;
    for (size_t i = 0; i < PROCS; i++)
        if (accepts(of, &of->procs[i], mark))
            sim_break(of, "process %zu accepts mark %llu %s", i, (unsigned long long)mark, why);
}

/* Nobody is fresh by an answer that was taken with a clock that is wrong. */
static void judge_clocks(sim *of, const sim_proc *who, moment since)
{
    const sim_host *at = &of->hosts[who->host];
    const int64_t off = llabs(at->wall_ms - of->store.wall_ms);
    const int64_t trip = (of->now - since) / MS + 5;
    if (since > at->wall_set && since > of->store.wall_set && off > of->plan.leeway_ms + trip)
        sim_break(of, "process %zu is fresh, and its clock is %lld ms off",
                  (size_t)(who - of->procs), (long long)off);
}

/* The heart of it: fresh from a moment means that everything from before that moment is applied. */
void judge_publish(sim *of, const sim_proc *who)
{
    const size_t at = (size_t)(who - of->procs);
    if (who->published == 0)
        return;
    const moment since = sim_when(of, who->host, who->published);
    judge_clocks(of, who, since);
    for (uint64_t i = 0; i < of->marks_count; i++) {
        if (!is_in_force(of, i) || has_bit(who->applied, i))
            continue;
        if (of->marks[i].committed + MS / 1000 < since)
            sim_break(of, "process %zu is fresh from %.3f ms, and lacks mark %llu of %.3f ms", at,
                      (double)since / 1e6, (unsigned long long)i,
                      (double)of->marks[i].committed / 1e6);
        if (of->marks[i].strict != 0 && accepts(of, who, i))
            sim_break(of, "process %zu accepts mark %llu again, after strict", at,
                      (unsigned long long)i);
    }
}

/* What a node says of itself is true: it has applied all that there is up to that number. A mark
 * that was revoked twice may have an entry whose number is another's, and one whose number is its
 * own: only the second is promised. */
void judge_claim(sim *of, const sim_proc *who, uint64_t claim)
{
    for (size_t i = 0; i < of->store.count && of->store.log[i].n <= claim; i++) {
        const uint64_t mark = store_mark_of(&of->store.log[i]);
        if (!of->store.again[i] && is_in_force(of, mark) && !has_bit(who->applied, mark))
            sim_break(of, "process %zu claims to have %llu, and lacks mark %llu",
                      (size_t)(who - of->procs), (unsigned long long)claim,
                      (unsigned long long)mark);
    }
}

/* No good token is refused: what is applied was committed at some time. */
void judge_apply(sim *of, const jt_revocation *entry)
{
    const uint64_t mark = store_mark_of(entry);
    if (mark >= of->marks_count || (of->marks[mark].committed == 0 && !of->marks[mark].lost))
        sim_break(of, "mark %llu is applied, and nobody revoked it", (unsigned long long)mark);
}

/* in_time: because so much time has passed, whatever anybody has confirmed. What was lost before
 * the nodes were asked, nobody may be told of. */
void judge_told(sim *of, const sim_proc *by, const sim_waiter *told, bool in_time)
{
    const sim_mark *last = &of->marks[told->mark + told->count - 1];
    of->seen[told->strict ? SEEN_STRICT : SEEN_ALL]++;
    of->seen[SEEN_NAMED] += in_time;
    if (last->lost && by->watch.asked >= told->of.committed &&
        last->lost_at < sim_when(of, by->host, by->watch.asked) - MS)
        sim_break(of, "somebody is told of mark %llu, which is lost",
                  (unsigned long long)told->mark);
    SIM_SAY(of, "somebody is told that marks %llu to %llu are refused everywhere",
            (unsigned long long)told->mark, (unsigned long long)(told->mark + told->count - 1));
    for (uint64_t i = 0; i < told->count; i++) {
        of->marks[told->mark + i].strict = of->now;
        judge_mark(of, told->mark + i, "although somebody was told that nobody does");
    }
}

void judge_deadline(sim *of, uint64_t mark)
{
    if (of->marks[mark].committed != 0 && of->now - of->marks[mark].committed >= judge_bound(of))
        judge_mark(of, mark, "later than its lease after the commit");
}

/* What is applied does not become less, as long as the log is the same. */
void judge_step(sim *of, sim_proc *who)
{
    const jd_follow_counts *counts = &who->follow.counts;
    const uint64_t applied = jd_follow_applied(&who->follow);
    if (counts->anew == who->was_anew && counts->withdrawn == who->was_withdrawn &&
        applied < who->was_applied)
        sim_break(of, "process %zu goes back from %llu to %llu", (size_t)(who - of->procs),
                  (unsigned long long)who->was_applied, (unsigned long long)applied);
    if (counts->anew != who->was_anew) {
        of->seen[SEEN_ANEW]++;
        SIM_SAY(of, "process %zu reads everything anew: %s", (size_t)(who - of->procs),
                jd_follow_word(who->follow.state));
        if (!of->plan.loses && who->follow.state == JD_FOLLOW_ANOTHER && of->store.pruned == 0)
            sim_break(of, "process %zu takes the log for another one", (size_t)(who - of->procs));
    }
    who->was_anew = counts->anew;
    who->was_withdrawn = counts->withdrawn;
    who->was_applied = applied;
}

static void save(sim_proc *who)
{
    if (jd_follow_last(&who->follow, &who->saved_n, who->saved_mac))
        memcpy(who->saved, who->applied, sizeof who->saved);
    else
        who->saved_n = 0;
}

/* Until then everybody is fresh for the first time: what stands still at the start has to be given
 * up before there is a lease that it could not cost. */
static moment time_to_begin(const sim *of)
{
    return (1500 + (of->plan.stalls ? of->plan.lease_ms : 0)) * MS;
}

void judge_tick(sim *of)
{
    for (size_t i = 0; i < PROCS; i++) {
        sim_proc *who = &of->procs[i];
        if (!who->exists || !who->alive)
            continue;
        if (chance_of(&of->chance, 100))
            save(who);
        if (!proc_is_fresh(of, who))
            of->seen[SEEN_STALE]++;
        if (of->plan.calm && of->now > time_to_begin(of) && !proc_is_fresh(of, who))
            sim_break(of, "process %zu is not fresh (%s), and nothing is the matter", i,
                      jd_follow_word(jd_follow_why(&who->follow, sim_boot(of, who->host))));
    }
    if (of->plan.hostile_bus && !of->is_healed)
        bus_nonsense(of);
    (void)sim_add(of, EV_TICK, 50 * MS, -1);
}

static void judge_last(sim *of, size_t at)
{
    const sim_proc *who = &of->procs[at];
    if (!proc_is_fresh(of, who))
        sim_break(of, "process %zu is not fresh in the end: %s", at,
                  jd_follow_word(jd_follow_why(&who->follow, sim_boot(of, who->host))));
    for (uint64_t i = 0; i < of->marks_count; i++)
        if (is_in_force(of, i) && !has_bit(who->applied, i))
            sim_break(of, "process %zu lacks mark %llu in the end", at, (unsigned long long)i);
    for (size_t i = 0; i < WAITERS; i++)
        if (who->waiters[i].used)
            sim_break(of, "somebody waits for mark %llu in the end, at process %zu",
                      (unsigned long long)who->waiters[i].mark, at);
}

void judge_end(sim *of)
{
    for (unsigned i = 0; i < of->plan.hosts; i++) {
        if (!of->procs[of->hosts[i].now].alive)
            sim_break(of, "the simulation itself: host %u has nobody", i);
        judge_last(of, (size_t)of->hosts[i].now);
    }
}
