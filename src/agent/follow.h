/* SPDX-License-Identifier: Apache-2.0 */
/* agent/follow.h - follows the revocation log, and knows whether what it has is fresh. Only the
 * decisions: no sockets, no clock, no threads, no memory but its own, so that the same code runs in
 * an agent and, ten thousand times over, in a simulation (tests/sim).
 *
 * Whoever drives it, one thread at a time, reads a clock, tells what has come in, and does what
 * jd_follow_next() says:
 *
 *     for (;;) {
 *         now = boot-time clock                       (before, never after, what follows)
 *         jd_follow_next(&follow, now, &todo)
 *         ASK   send jd_store_node_beat(applied = todo.claim, from = todo.after), once, and then
 *               jd_follow_answer(todo.ticket, …) or jd_follow_failed(todo.ticket, …)
 *         READ  read anew what notices are about (keys, clients, bans), all of it,
 *               and then jd_follow_read(todo.ticket, it worked, now)
 *         WAIT  until todo.until, or until something comes in
 *         publish jd_follow_fresh() where readers look
 *     }
 *
 * How it is made sure that nothing is accepted later than Δ after its revocation: a node is fresh
 * from the moment at which it read the clock before it sent a request, for Δ, when it has applied
 * all that the answer says there is. An entry that the answer did not know of was committed later
 * than that moment. It makes no difference how long the request, the answer, or this process on its
 * way from one line to the next took; that makes leases shorter, never longer.
 *
 * What comes over the bus is applied at once, in any order, and is never believed about anything
 * else: not about what the last entry is, and not about being of the log that the store has. Where
 * it tells nonsense (holes, duplicates, old items, other logs, forged MACs) the store is asked.
 *
 * The store's answers are compared with what it has said before. When an entry has another MAC, or
 * the head has gone back, the store has another log than before (a failover that lost commits, a
 * backup that was restored): what is applied stays applied, nothing is fresh, and everything is
 * read anew. When only what the bus has said is contradicted, that is forgotten again.
 *
 * Moments are nanoseconds of the boot-time clock (jt_boot_now(); it goes on while the machine
 * sleeps), of the machine this runs on; 0 is no moment. Clocks of two machines may differ in rate
 * by JD_LEASE_RATE percent, which whoever waits for leases to run out adds (wait.h), nobody else.
 */
#ifndef JD_AGENT_FOLLOW_H
#define JD_AGENT_FOLLOW_H

#include "revoke/revocations.h"

#define JD_FOLLOW_RING    1024U /* numbers whose MACs are remembered, half of them above `applied` */
#define JD_FOLLOW_ANSWER  32U   /* entries that the store has to be asked for at least */
#define JD_FOLLOW_TICKETS 4U    /* requests whose answers are still taken */
#define JD_LEASE_RATE     1     /* percent */
#define JD_CLOCK_SLACK_MS 1000  /* no two clocks are the same; tokens count in seconds */

/* What a lease may be, milliseconds. */
#define JD_LEASE_LEAST_MS 100
#define JD_LEASE_MOST_MS  60000

static inline int64_t jd_ms(int64_t ms)
{
    return ms * 1000000;
}

/* What there is to know about entries. Called from within jd_follow_entries() and
 * jd_follow_answer(); neither may call back into the follower. */
typedef struct jd_follow_sink {
    void *user;
    /* Whether its MAC is that of the cluster key. */
    bool (*is_genuine)(void *user, const jt_revocation *entry);
    /* Has it refuse from now on; cannot fail (revocations.h says how). The same entry may come more
     * than once. False: it is a notice, and counts when what it is about has been read (READ). */
    bool (*apply)(void *user, const jt_revocation *entry);
} jd_follow_sink;

typedef struct jd_follow_settings {
    int64_t lease_ms;  /* Δ */
    int64_t leeway_ms; /* how far this machine's wall clock may be from the store's */
    jd_follow_sink sink;
} jd_follow_settings;

/* This machine's clocks around an answer of the store, which has a clock of its own. */
typedef struct jd_clock_look {
    int64_t sent, came; /* boot-time clock: before the request, and after the answer */
    int64_t wall_ms;    /* the wall clock, read between the answer and `came` */
    int64_t store_ms;   /* the store's, which it read at some moment in between */
} jd_clock_look;

/* Whether the two wall clocks are further apart than leeway_ms, however long the way took. */
bool jd_clock_is_off(const jd_clock_look *look, int64_t leeway_ms);

/* Why it is not fresh, or that it is. */
typedef enum jd_follow_state {
    JD_FOLLOW_FRESH,
    JD_FOLLOW_COLD,    /* the head has not been reached since the start */
    JD_FOLLOW_OVER,    /* the store has not answered for Δ */
    JD_FOLLOW_BEHIND,  /* it answers, but what there is has not been applied in full */
    JD_FOLLOW_UNREAD,  /* what notices are about has not been read */
    JD_FOLLOW_CLOCK,   /* the wall clock is further from the store's than the leeway */
    JD_FOLLOW_ANOTHER, /* the store has another log than before */
    JD_FOLLOW_DAMAGED, /* an entry of the store has a wrong MAC */
} jd_follow_state;

typedef struct jd_follow_request {
    uint64_t ticket;           /* 0: none */
    uint64_t after;            /* as asked */
    uint64_t applied, vouched; /* at that time */
    int64_t sent;
} jd_follow_request;

/* One number whose entry is known. */
typedef struct jd_follow_seen {
    uint64_t n;
    uint8_t mac[JT_REVOKED_MAC];
} jd_follow_seen;

typedef struct jd_follow_counts {
    uint64_t entries;   /* taken in */
    uint64_t forged;    /* of the bus, with a wrong MAC */
    uint64_t damaged;   /* answers of the store with a wrong MAC in them */
    uint64_t asked;     /* requests */
    uint64_t failed;    /* requests without a good answer */
    uint64_t anew;      /* times that everything had to be read anew */
    uint64_t withdrawn; /* times that what the bus had said was forgotten again */
} jd_follow_counts;

/* All of it is the follower's business; whoever drives it looks through the functions. */
typedef struct jd_follow {
    jd_follow_settings set;
    jd_follow_state state; /* why the last answer did not make it fresh; FRESH: it did */
    int64_t fresh;         /* the moment it is fresh from; 0: it is not */

    uint64_t applied; /* everything up to this number has been applied, if it is of this log */
    uint64_t vouched; /* … and up to this one the store itself has said so */
    bool sure;        /* nothing has failed since the store's last answer */
    bool has_server;
    int64_t server;      /* jd_follow_answer.started of the answer that vouched */
    bool clock_was_off;  /* then what has expired may have been forgotten too early */
    bool bus;            /* it is connected */
    uint64_t unread;     /* first number of a notice that has not been read; 0: none */
    uint64_t notices;    /* so many have come in */
    int64_t owed;        /* fresh from here once they are read; 0: not even then */
    uint64_t reading;    /* ticket of the READ under way; 0: none */
    uint64_t reading_of; /* how many notices had come in when it was handed out */
    int64_t read_due;

    uint64_t tickets;  /* handed out */
    uint64_t answered; /* the youngest ticket that was answered */
    uint64_t pending;  /* ticket of the request that is waited for; 0: none */
    int64_t last_sent;
    int64_t due;       /* when to ask next */
    unsigned failures; /* in a row */
    jd_follow_request requests[JD_FOLLOW_TICKETS];
    jd_follow_seen ring[JD_FOLLOW_RING];
    jd_follow_counts counts;
} jd_follow;

/* Begins with nothing: never fresh before the store has been asked. The lease is put between its
 * bounds. */
void jd_follow_init(jd_follow *follow, const jd_follow_settings *settings);

/* Right after init: everything up to `n` has been applied from a snapshot, and the entry `n` had
 * this MAC. Nothing is fresh by that, but if the store agrees, what comes behind is enough. */
void jd_follow_resume(jd_follow *follow, uint64_t n, const uint8_t mac[JT_REVOKED_MAC]);

/* ---- what comes in --------------------------------------------------------------------------- */

/* Entries that the store did not answer with: from the bus, or committed by this very process. They
 * need not be sorted, complete or genuine.
 *
 * hurry  somebody waits until it is known that they are applied. Without effect when there is
 *        nothing new among them */
void jd_follow_entries(jd_follow *follow, const jt_revocation *entries, size_t count, bool hurry);

/* The bus is connected, or not. Without it every entry found in the store is taken as urgent. */
void jd_follow_bus(jd_follow *follow, bool up);

/* What the store answered. */
typedef struct jd_follow_answer {
    uint64_t head;     /* the last number of the log, read before the entries were */
    uint64_t pruned;   /* the highest number that was ever pruned */
    int64_t store_now; /* the store's wall clock, milliseconds */
    int64_t started;   /* when the server that answered was started: who it is. Any constant for
                          stores without a server */
    const jt_revocation *entries; /* numbered `after` and above, rising; borrowed for the call */
    size_t count;
    bool more; /* there are more, for these are as many as were asked for */
} jd_follow_answer;

/* The answer to a request.
 *
 * wall_ms  this machine's wall clock, milliseconds, read when the answer had come …
 * now      … and the boot-time clock, read after it, never before
 *
 * An answer to a ticket that is not waited for any more changes nothing; one that a younger answer
 * has overtaken brings its entries, and nothing else. */
void jd_follow_answered(jd_follow *follow, uint64_t ticket, const jd_follow_answer *answer,
                        int64_t wall_ms, int64_t now);

/* There will be no answer, or none that could be read. damaged: because of an entry with a wrong
 * MAC, which the store itself has found. */
void jd_follow_failed(jd_follow *follow, uint64_t ticket, bool damaged, int64_t now);

/* What notices are about has been read from the store, or could not be. */
void jd_follow_read(jd_follow *follow, uint64_t ticket, bool worked, int64_t now);

/* ---- what is to be done ---------------------------------------------------------------------- */

typedef enum jd_follow_do {
    JD_FOLLOW_WAIT, /* until `until`; what comes in earlier may change that */
    JD_FOLLOW_ASK,  /* send the store one request */
    JD_FOLLOW_READ, /* read anew what notices are about. It may take its time: ask again meanwhile,
                       or do one after the other */
} jd_follow_do;

typedef struct jd_follow_todo {
    jd_follow_do what;
    uint64_t ticket; /* of ASK and READ; never 0 */
    uint64_t after;  /* of ASK: entries with this number and above; 0: from the first */
    uint64_t claim;  /* of ASK: what the node may say that it has applied */
    int64_t until;   /* of WAIT */
} jd_follow_todo;

/* now  read before this call, never after. The request counts as sent then, so it has to be sent
 *      after this, and not a second time. */
void jd_follow_next(jd_follow *follow, int64_t now, jd_follow_todo *todo);

/* ---- what is known --------------------------------------------------------------------------- */

/* The moment from which it is fresh for Δ; 0: it is not. It changes whenever something comes in,
 * and has to be where readers see it after the entries are, never before. */
int64_t jd_follow_fresh(const jd_follow *follow);

/* Whether it is fresh now, or why not. */
jd_follow_state jd_follow_why(const jd_follow *follow, int64_t now);

/* The last number up to which all has been applied. Rises as long as the log is the same. */
uint64_t jd_follow_applied(const jd_follow *follow);

/* The last number that the store has vouched for, and the MAC of its entry: what a snapshot needs
 * for jd_follow_resume(). False, and *n is 0, when there is none, or it has been pruned. */
JETON_MUST bool jd_follow_last(const jd_follow *follow, uint64_t *n, uint8_t mac[JT_REVOKED_MAC]);

/* A word for logs and metrics. */
const char *jd_follow_word(jd_follow_state state);

#endif
