/* SPDX-License-Identifier: Apache-2.0 */
/* tests/sim/sim.h - a cluster in one process: follow.c and wait.c as they are, around them models
 * of the store, the bus, the network, clocks and processes that are as bad as real ones may be.
 *
 * There is one true time, which nobody in the cluster knows. What happens is a queue of events; a
 * seed decides all of it, so a schedule that fails can be run again. judge.c says what must hold,
 * after each event, and is the only one who looks at the true time and at everybody's state.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include "agent/follow.h"
#include "agent/wait.h"
#include "chance.h"

#include <stdio.h>

typedef int64_t moment; /* true time: nanoseconds since the schedule began */

#define MS      ((moment)1000000)
#define HOSTS   4U
#define LIVES   ((size_t)12) /* processes of one host, one after the other */
#define PROCS   (HOSTS * LIVES)
#define MARKS   1024U /* revocations, and … */
#define JUMPS   64U   /* … among them room for these */
#define WORDS   (MARKS / 64)
#define LOG     2048U
#define WAITERS 48U
#define EVENTS  8192U
#define ANSWERS 64U /* entries in one answer */

/* ---- what happens --------------------------------------------------------------------------- */

/* A message, on its way or being worked at, and everything else that has its time. */
typedef enum event_kind {
    EV_WAKE,      /* a process looks what is to be done */
    EV_SEND,      /* … and what it has decided to send leaves it, at last */
    EV_BEAT,      /* requests, at the store */
    EV_BEAT_READ, /* a later part of a beat: its row is written, the log is read now */
    EV_READ,
    EV_COMMIT,
    EV_LIST,
    EV_CHECK,
    EV_ANSWER,      /* answers, at the process */
    EV_ANSWER_WALL, /* … which has read its wall clock, and nothing else yet */
    EV_HAS_READ,
    EV_COMMITTED,
    EV_LISTED,
    EV_CHECKED,
    EV_REFUSED, /* the store says that it cannot */
    EV_TIMEOUT, /* nothing was said for so long */
    EV_PUBLISH, /* the process shows its readers how fresh it is */
    EV_BUS,     /* entries from the bus, at the process */
    EV_ADD,     /* entries for the bus, at the bus */
    EV_REVOKE,  /* somebody asks a process to revoke */
    EV_POLL,    /* a process looks who has what, for those who wait there */
    EV_FAULT,   /* and what it ends with */
    EV_HEAL,
    EV_DEADLINE, /* of a revocation */
    EV_TICK,
    EV_REMOVE, /* the row of a process that has stopped, long ago */
    EV_KINDS,
} event_kind;

typedef struct sim_event {
    moment at;
    uint64_t order; /* of events at one time */
    event_kind kind;
    int proc;        /* whom it concerns; -1: nobody */
    uint64_t ticket; /* of the request; of a waiter; of a fault */
    int64_t started; /* the server of the store that it went to, or comes from */
    int64_t value, value2;
    int payload; /* -1, or which of sim.payloads */
} sim_event;

/* What a message carries. */
typedef struct sim_message {
    bool used;
    uint64_t head, pruned, after, claim;
    uint64_t told; /* the highest head that who asks was told of */
    int64_t store_now;
    int64_t began;
    moment stall; /* of the connection that it goes over */
    bool more, hurry;
    size_t count, rows;
    uint64_t notices[WORDS];
    jt_revocation entries[ANSWERS]; /* from here on, only what is counted is set */
    jd_watch_row row[PROCS];
} sim_message;

#define PAYLOADS 512U

/* ---- who is there --------------------------------------------------------------------------- */

/* A thing that somebody wants revoked, or a notice. */
typedef struct sim_mark {
    bool notice;
    bool lost;        /* it was committed, and a failover has lost it … */
    moment lost_at;   /* … then */
    bool again;       /* its number was that of another one before: a clock was set back */
    moment committed; /* 0: not (or not any more) */
    moment expires;   /* nobody cares from then on */
    moment strict;    /* somebody was told that no node accepts it any more; 0: not */
} sim_mark;

/* Somebody who has revoked marks[mark], and so many behind it, and waits. */
typedef struct sim_waiter {
    bool used, strict, checking;
    uint64_t mark, count;
    jd_waiter of;
} sim_waiter;

/* One run of an agent, with what its readers see. */
typedef struct sim_proc {
    bool exists, alive;
    unsigned host;
    moment frozen_until;
    moment stopped;
    jd_follow follow;
    uint64_t applied[WORDS]; /* what is refused */
    uint64_t noticed[WORDS]; /* notices that have come in */
    int64_t published;       /* fresh from here, by the clock of the host; 0: not */
    jd_watch watch;
    jd_watch_known known[PROCS];
    sim_waiter waiters[WAITERS];
    uint64_t wake;                    /* which EV_WAKE counts */
    unsigned threads;                 /* requests at one time; 0: as many as may be */
    uint64_t busy[JD_FOLLOW_TICKETS]; /* tickets that they wait for; 0: that one is free */
    moment stalled;                   /* so long, one of its connections is dead */
    bool keen;                        /* it looks who has what, also when nobody waits */
    bool connected;                   /* to the bus */
    uint64_t was_applied, was_anew, was_withdrawn;
    uint64_t told; /* the highest head it was told of */
    /* a snapshot on disk */
    uint64_t saved_n;
    uint8_t saved_mac[JT_REVOKED_MAC];
    uint64_t saved[WORDS];
} sim_proc;

typedef struct sim_host {
    int64_t boot_base, boot_ppm;                 /* its boot-time clock */
    int64_t wall_ms;                             /* its wall clock is so far off … */
    moment wall_set;                             /* … since then */
    bool to_store, from_store, to_bus, from_bus; /* these ways are cut */
    int now;                                     /* its process */
    unsigned lives;
} sim_host;

typedef struct sim_row {
    bool is_there, was_there;
    jd_watch_row now, durable;
} sim_row;

typedef struct sim_store {
    bool up;
    int64_t started;
    int64_t wall_ms;
    moment wall_set;
    uint64_t head, pruned, highest; /* number ever given */
    int64_t numbering;              /* the server that has given the last one */
    bool set_back; /* the numbers have jumped when the clock was behind those that were given */
    size_t count;
    jt_revocation log[LOG];
    bool again[LOG]; /* its number was that of another entry before */
    sim_row rows[PROCS];
    moment slow; /* answers take up to so long */
} sim_store;

/* What is random about a whole schedule. */
typedef struct sim_plan {
    bool calm;  /* nothing fails */
    bool loses; /* a failover may lose commits */
    bool flood; /* many at once */
    bool hostile_bus;
    bool stalls; /* one connection of each process dies without a word, now and then */
    unsigned hosts, most;
    int64_t lease_ms, leeway_ms;
    unsigned loss; /* of messages, per thousand */
    moment healed, ends;
} sim_plan;

typedef struct sim {
    uint64_t seed;
    chance chance;
    sim_plan plan;
    moment now;
    bool loud, is_healed;
    size_t events;
    uint64_t orders;
    uint64_t bus_top; /* id of the last item of the stream */
    bool bus_down;
    jt_revocation old[64]; /* what the bus may bring again */
    size_t old_count;
    sim_host hosts[HOSTS];
    size_t marks_count;
    uint64_t steps;
    char broken[256]; /* what must not be; empty: all is well */
    uint64_t seen[9]; /* of how often things happened, for main.c */
    sim_store store;  /* from here on, each sets its own when it begins */
    sim_event heap[EVENTS];
    sim_message payloads[PAYLOADS];
    sim_proc procs[PROCS];
    sim_mark marks[MARKS];
} sim;

enum {
    SEEN_STRICT,
    SEEN_ALL,
    SEEN_NAMED,
    SEEN_CHECKS,
    SEEN_LOST,
    SEEN_ANEW,
    SEEN_STALE,
    SEEN_FORGED,
    SEEN_JUMPS,
    SEEN_KINDS
};

/* ---- sim.c: events, clocks, messages ----------------------------------------------------------
 */

/* Nothing is disturbed: by plan, or because all that has failed is well again. */
static inline bool sim_is_quiet(const sim *of)
{
    return of->plan.calm || of->is_healed;
}

void sim_begin(sim *of, uint64_t seed, bool loud);
void sim_run(sim *of);

sim_event *sim_add(sim *of, event_kind kind, moment after, int proc);
int sim_payload(sim *of);
void sim_drop(sim *of, sim_event *event);
void sim_break(sim *of, const char *format, ...) __attribute__((format(printf, 2, 3)));
#define SIM_SAY(of, ...) ((of)->loud ? sim_say((of), __VA_ARGS__) : (void)0)
void sim_say(const sim *of, const char *format, ...) __attribute__((format(printf, 2, 3)));

int64_t sim_boot(const sim *of, unsigned host);
int64_t sim_wall(const sim *of, unsigned host);
moment sim_when(const sim *of, unsigned host, int64_t boot);
moment sim_delay(sim *of);

static inline bool has_bit(const uint64_t *words, uint64_t bit)
{
    return (words[bit / 64] >> bit % 64 & 1) != 0;
}

static inline void set_bit(uint64_t *words, uint64_t bit)
{
    words[bit / 64] |= (uint64_t)1 << bit % 64;
}

/* ---- the parts ------------------------------------------------------------------------------- */

uint64_t store_mark_of(const jt_revocation *entry);
bool store_is_genuine(const jt_revocation *entry);
void store_begin(sim *of);
void store_event(sim *of, sim_event *event);
void store_set_clock(sim *of, int64_t wall_ms);
void store_crash(sim *of);
void store_start(sim *of, bool other_server);
void store_send(sim *of, event_kind kind, int from, uint64_t ticket, int payload, int64_t value);

void bus_event(sim *of, sim_event *event);
void bus_publish(sim *of, int from, const jt_revocation *entries, size_t count, bool hurry);
void bus_nonsense(sim *of);

void proc_start(sim *of, unsigned host);
void proc_end(sim *of, int at, bool cleanly);
void proc_bus(sim *of, int at, bool up);
bool proc_is_fresh(const sim *of, const sim_proc *who);
void proc_event(sim *of, sim_event *event);

void faults_plan(sim *of);
void faults_event(sim *of, sim_event *event);
void faults_heal(sim *of);

moment judge_bound(const sim *of); /* after a commit: nobody accepts any more */
void judge_publish(sim *of, const sim_proc *who);
void judge_claim(sim *of, const sim_proc *who, uint64_t claim);
void judge_apply(sim *of, const jt_revocation *entry);
void judge_told(sim *of, const sim_proc *by, const sim_waiter *told, bool in_time);
void judge_deadline(sim *of, uint64_t mark);
void judge_step(sim *of, sim_proc *who);
void judge_tick(sim *of);
void judge_end(sim *of);

#endif
