/* SPDX-License-Identifier: Apache-2.0 */
/* store/audit.h - the audit log inside the store: what the next operation is called, and the chain
 * that its rows are linked in. For store.c and sql.c.
 *
 * An operation that changes something writes its row in its own transaction. What the row says is
 * noted for the thread before the operation is called:
 *
 *     jd_audit_note("user.enable", jd_audit_id(id), jeton_str(""));
 *     return jd_audit_end(jd_sql_user_enable(store, id, err));
 *
 * and sql.c, once the operation's own work is done, appends what is noted.
 */
#ifndef JD_STORE_AUDIT_H
#define JD_STORE_AUDIT_H

#include "crypto/hmac.h"
#include "store/store.h"

/* Notes what the operation that follows is called; the spans are borrowed until jd_audit_end(). */
void jd_audit_note(const char *action, jeton_span target, jeton_span detail);

/* A row as jd_audit_note() would note it for somebody. */
jd_audit_row jd_audit_row_of(const jd_audit_who *who, const char *action, jeton_span target,
                             jeton_span detail);

/* The same where the actor is told by the operation: a login. */
void jd_audit_note_by(jeton_span actor, jeton_span address, const char *action, jeton_span target);

/* The whole row, but for n, time and mac. */
void jd_audit_note_row(const jd_audit_row *row);

/* The text of an id: in memory of the thread's, good for the note that comes next. There are two
 * places, so that a note can name two things. */
jeton_span jd_audit_id(const jd_id *id);

/* Nothing is noted any more. Gives the status back. */
jeton_status jd_audit_end(jeton_status status);

/* What is noted, with who the thread works for and the time; false: nothing. */
JETON_MUST bool jd_audit_noted(jd_audit_row *row);

/* The mac of a row behind the one with the mac `before`; zeros for the first. */
void jd_audit_mac(const jt_hmac_key *key, const uint8_t before[JD_AUDIT_MAC],
                  const jd_audit_row *row, uint8_t mac[JD_AUDIT_MAC]);

/* The seal of a head. */
void jd_audit_seal(const jt_hmac_key *key, const jd_audit_head *head, uint8_t seal[JD_AUDIT_MAC]);

/* Checking: a value that starts as {.key = …}, is given each row in the order of their numbers,
 * and the head at the end. JETON_E_SIGNATURE: the sentence says from which row on. */
typedef struct jd_audit_checking {
    const jt_hmac_key *key;
    uint64_t n;
    uint8_t mac[JD_AUDIT_MAC];
} jd_audit_checking;

JETON_MUST jeton_status jd_audit_check_row(jd_audit_checking *checking, const jd_audit_row *row,
                                           jeton_err *err);
JETON_MUST jeton_status jd_audit_check_head(const jd_audit_checking *checking,
                                            const jd_audit_head *head, jeton_err *err);

#endif
