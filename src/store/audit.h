/* SPDX-License-Identifier: Apache-2.0 */
/* store/audit.h - the audit log: who did what, in a chain that shows what was changed. The rules of
 * store/store.h hold. */
#ifndef JD_STORE_AUDIT_H
#define JD_STORE_AUDIT_H

#include "core/arena.h"
#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* Each operation that changes what somebody may care about later (users, roles, passwords,
 * sessions but for their refreshing, clients, keys, revocations) writes a row of its own, in its
 * own transaction: what is not in the log did not happen. A row's mac covers the row before, under
 * a key that is not in the store, so that a row that was changed, taken out or put in shows. */

#define JD_AUDIT_MAC 32U

typedef struct jd_audit_row {
    uint64_t n; /* from 1, without gaps */
    jeton_time time;
    jeton_span actor;  /* the id of a user, or "operator"; empty: nobody was known */
    jeton_span action; /* "user.disable", "session.add", … */
    jeton_span target; /* the id or name of what it was done to */
    jeton_span detail; /* more about it; may be empty */
    jeton_span address, request;
    jeton_span outcome; /* "ok", or the name of an outcome */
    uint8_t mac[JD_AUDIT_MAC];
} jd_audit_row;

/* Who the calling thread works for from now on: goes into the rows. NULL: nobody is known. Borrowed
 * until the next call, so who sets it takes it back. Each text may be NULL. */
typedef struct jd_audit_who {
    const char *actor, *address, *request;
} jd_audit_who;

void jd_audit_within(const jd_audit_who *who);
const jd_audit_who *jd_audit_whom(void);

/* The key of the macs, copied; until it is given it is the empty one. Before a second thread. */
void jd_store_audit_key(jd_store *store, jeton_span key);

/* Writes a row for what changed nothing: a login that failed. n, time and mac need not be filled
 * in. */
JETON_MUST jeton_status jd_store_audit_add(jd_store *store, const jd_audit_row *row,
                                           jeton_err *err);

typedef struct jd_audit_rows {
    const jd_audit_row *at;
    size_t count;
} jd_audit_rows;

/* At most `most` rows in the order of their numbers, those after `after`. */
JETON_MUST jeton_status jd_store_audit_list(jd_store *store, uint64_t after, size_t most,
                                            jt_arena *arena, jd_audit_rows *rows, jeton_err *err);

typedef struct jd_audit_head {
    uint64_t n; /* rows */
    uint8_t mac[JD_AUDIT_MAC];
    uint8_t seal[JD_AUDIT_MAC];
} jd_audit_head;

/* Checks all of it: *head is that of the log, for keeping it elsewhere.
 * JETON_E_SIGNATURE  it is not what was written, and err says from which row on */
JETON_MUST jeton_status jd_store_audit_check(jd_store *store, jd_audit_head *head, jeton_err *err);

#endif
