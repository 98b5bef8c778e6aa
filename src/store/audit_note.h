/* SPDX-License-Identifier: Apache-2.0 */
/* store/audit_note.h - what the next operation is called in the audit log. For the operations.
 *
 * An operation that changes something writes its row in its own transaction. What the row says is
 * noted for the thread first:
 *
 *     jd_audit_note("user.enable", jd_audit_id(id), jeton_str(NULL));
 *     return jd_audit_end(jd_sql_write(store, enable, &args, err));
 *
 * and sql.c, once the operation's own work is done, appends what is noted.
 */
#ifndef JD_STORE_AUDIT_NOTE_H
#define JD_STORE_AUDIT_NOTE_H

#include "store/audit.h"
#include "sys/id.h"

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

/* For details: a text that starts empty, one word after the other with a sign in front. */
#define JD_AUDIT_LIST 400U /* more is cut: the log is no copy of the store */
void jd_audit_add(char list[JD_AUDIT_LIST], const char *sign, jeton_span text);

#endif
