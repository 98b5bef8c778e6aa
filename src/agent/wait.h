/* SPDX-License-Identifier: Apache-2.0 */
/* agent/wait.h - when a revocation has reached every node: what whoever revokes with `wait=all` or
 * `strict` waits for. Only the decision: no sockets, no clock, no threads, no waiting.
 *
 * A node that accepts tokens has sent a request to the store less than Δ ago, has been answered,
 * and has applied all that the answer told of (follow.h). Each request leaves a row in the table of
 * nodes before the log is read for its answer. So, after an entry N was committed:
 *
 * - A node whose request came later was told of N. It is fresh again only when it has applied it.
 * - A node whose request came earlier stays fresh for no longer than Δ. And its row can be seen by
 *   whoever reads the table now.
 *
 * Hence nobody accepts what N refuses any more as soon as each row of the table says that its node
 * has applied N, or has not changed for its Δ: DONE. And in any case when Δ has passed since the
 * commit: OVER. Both are judged by one clock only, the boot-time clock of whoever waits, and with a
 * margin for clocks that run at other rates. The wall clock of the store decides nothing: somebody
 * may set it.
 *
 * Rows are written without waiting for the disk. So a server of the store that is new to us may
 * lack some that the one before it had, and for Δ after its first answer only OVER counts. When it
 * came in between the commit and now, it may even lack the entry: CHECK has the caller look.
 *
 * A node removes its row only when nobody can take it for fresh any more: Δ after it has stopped.
 */
#ifndef JD_AGENT_WAIT_H
#define JD_AGENT_WAIT_H

#include "agent/follow.h"

#define JD_WATCH_ID 16U

/* A row of the table of nodes. */
typedef struct jd_watch_row {
    uint8_t id[JD_WATCH_ID]; /* of one run of a program */
    uint64_t applied;
    int64_t lease_ms;
    int64_t seen; /* the store's clock at its last request. Only whether it changes is looked at, so
                     it has to with each request, whatever that clock does */
} jd_watch_row;

/* Whom we have seen, and since when unchanged. */
typedef struct jd_watch_known {
    jd_watch_row row;
    int64_t since; /* when the first list that had it like this was there */
    bool listed;   /* it is in the last list */
} jd_watch_known;

/* One for each program that waits, shared by all that wait there; the caller has the lock. */
typedef struct jd_watch {
    jd_watch_known *known; /* the caller's memory */
    size_t room, count;
    bool crowded;     /* there was no room for all: then only OVER counts */
    int64_t lease_ms; /* the longest there has been */
    bool has_server;
    int64_t server; /* jd_follow_answer.started of the last list */
    int64_t met;    /* when the first list of that server was there */
    int64_t asked;  /* when the last list was asked for; 0: there is none */
} jd_watch;

/* lease_ms  of the program itself
 * room      for so many nodes. More than that are fine, but are waited for until Δ has passed */
void jd_watch_init(jd_watch *watch, int64_t lease_ms, jd_watch_known *known, size_t room);

/* A list of all nodes. A list that was asked for before the last one that was seen changes nothing.
 *
 * started   the server's, as in jd_follow_answer
 * asked     the boot-time clock, read before the list was asked for …
 * answered  … and after it had come */
void jd_watch_list(jd_watch *watch, const jd_watch_row *rows, size_t count, int64_t started,
                   int64_t asked, int64_t answered);

/* Somebody who waits. */
typedef struct jd_waiter {
    uint64_t n;         /* the last entry of what was committed */
    int64_t began;      /* the boot-time clock, read before the store was asked to commit it */
    int64_t committed;  /* the boot-time clock, read after the store had said that it was */
    bool checked;       /* somebody has looked, and the entry is in the log … */
    int64_t checked_by; /* … of this server */
} jd_waiter;

typedef enum jd_wait_state {
    JD_WAIT_MORE,  /* get another list, or wait until jd_wait_over() */
    JD_WAIT_CHECK, /* look whether the store still has the entry `n` as it was written, and note in
                      `checked` whose log that was; if it has not, the revocation is lost: it has to
                      be made again, and nobody is told that it had been */
    JD_WAIT_DONE,  /* each node that can be fresh has applied it */
    JD_WAIT_OVER,  /* no node that has not applied it can be fresh any more. For `strict` that is
                      all one wants; `wait=all` names those that did not confirm (jd_wait_lacks()) */
} jd_wait_state;

/* Where it stands by the last list. now: the boot-time clock, read before this call. */
jd_wait_state jd_wait_judge(const jd_watch *watch, const jd_waiter *waiter, int64_t now);

/* The moment at which it is OVER. */
int64_t jd_wait_over(const jd_watch *watch, const jd_waiter *waiter);

/* Whether this row of the last list is to be named when it is OVER: the node has not confirmed, and
 * may have accepted tokens at the time of the commit. */
bool jd_wait_lacks(const jd_watch *watch, const jd_waiter *waiter, const jd_watch_row *row);

/* How long a lease lasts on anybody's clock, in nanoseconds: with the margin. */
int64_t jd_lease_span(int64_t lease_ms);

#endif
