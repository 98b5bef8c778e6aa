/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/waits.h - revocations whose reach somebody waits for: until every node has confirmed
 * that it refuses, or cannot accept anything any more (agent/wait.h, which decides).
 *
 * Nobody's thread is held up: who waits has a ticket, and one thread asks the store for the nodes,
 * for all of them together. It runs while somebody waits, and on a server of many always, so that
 * it knows the nodes before the first one does. A store that one program has to itself has no other
 * nodes: there is nothing to wait for, and no thread.
 */
#ifndef JD_ACCOUNTS_WAITS_H
#define JD_ACCOUNTS_WAITS_H

#include "core/arena.h"
#include "revoke/revocations.h"
#include "store/store.h"
#include "sys/id.h"

typedef struct jd_waits jd_waits;

/* Nothing runs yet.
 *
 * store     borrowed
 * lease_ms  of this program's own node, or what is usual
 */
JETON_MUST jeton_status jd_waits_open(jd_store *store, int64_t lease_ms, jd_waits **waits,
                                      jeton_err *err);

/* Ends the thread: who still waits is told (`done`), and nobody waits any more. */
void jd_waits_stop(jd_waits *waits);

/* The same, and frees it. NULL is fine. */
void jd_waits_close(jd_waits **waits);

/* Keeps an eye on the nodes from now on. JETON_E_SYSTEM: no thread. */
JETON_MUST jeton_status jd_waits_watch(jd_waits *waits, jeton_err *err);

/* The node that this very program is: it refuses what it revokes before anybody is told, so it is
 * not waited for. */
void jd_waits_self(jd_waits *waits, const jd_id *id);

/* ---- tickets -------------------------------------------------------------------------------- */

#define JD_WAITS_MOST 1024U /* tickets; those that nobody has collected go after a minute */

/* A ticket for a revocation that is about to be made; to be followed by jd_waits_begin() or
 * jd_waits_drop(). JETON_E_BUSY: there are too many. JETON_E_NOMEM. */
JETON_MUST jeton_status jd_waits_ticket(jd_waits *waits, uint64_t *ticket, jeton_err *err);
void jd_waits_drop(jd_waits *waits, uint64_t ticket);

/* It was committed just now, and `entry` is the last one of it. */
void jd_waits_begin(jd_waits *waits, uint64_t ticket, const jt_revocation *entry);

/* Has `done` called once the wait is over, from the thread of the waits, or at once. */
void jd_waits_when(jd_waits *waits, uint64_t ticket, void (*done)(void *user), void *user);

/* What came of it. */
typedef struct jd_waited {
    uint64_t n;                  /* of the entry */
    const jeton_span *confirmed; /* names of nodes */
    size_t confirmed_count;
    const jeton_span *missing; /* nodes that have not confirmed; by now they accept nothing */
    size_t missing_count;
    int64_t ms; /* since the commit */
} jd_waited;

/* Collects it; texts and arrays are the arena's.
 *
 * JETON_E_BUSY       it is not over
 * JETON_E_NOT_FOUND  no such ticket, or it was collected
 * JETON_E_STORE      the store has lost the entry: another server took over that had not got it.
 *                    It has to be revoked again
 */
JETON_MUST jeton_status jd_waits_take(jd_waits *waits, uint64_t ticket, jt_arena *arena,
                                      jd_waited *waited, jeton_err *err);

#endif
