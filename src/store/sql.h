/* SPDX-License-Identifier: Apache-2.0 */
/* store/sql.h - inside the operations: transactions, and the pieces of them that several operations
 * need. Operations are written once, for every driver (driver.h): users.c has those of users.h.
 *
 * Work is handed over as a function: whoever runs it takes a connection, and begins and ends the
 * transaction around it. In a batch (group commit) there is one transaction for all works of the
 * thread and each has a savepoint in it; its reads then go to the same connection as well, since
 * the others do not see yet what the batch has written.
 */
#ifndef JD_STORE_SQL_H
#define JD_STORE_SQL_H

#include "store/audit_note.h"
#include "store/driver.h"
#include "store/log.h"
#include "store/revoke.h"
#include "store/users.h"

/* One transaction's statements. `args` is the caller's own struct. */
typedef jeton_status jd_work(jd_conn *conn, void *args, jeton_err *err);

/* Runs `work` in a transaction that sees one moment of the store and changes nothing. */
JETON_MUST jeton_status jd_sql_read(jd_store *store, jd_work *work, void *args, jeton_err *err);

/* Runs `work` in a transaction that nobody else writes beside; what it did is on disk when this
 * returns JETON_OK, and undone when it or the commit fails. */
JETON_MUST jeton_status jd_sql_write(jd_store *store, jd_work *work, void *args, jeton_err *err);

/* The same for what need not be in the order of the log: several connections may do such work at
 * once, where there are several that write; not in a batch, whose works all have one order. It must
 * not add to the log or to the audit log, nor change what such an operation relies on; one row,
 * compared and swapped, is what it is for.
 *
 * A work may run more than once, when it and another node's got in each other's way: what it has
 * done is undone by then, and what it has put into its arguments is put there anew. */
JETON_MUST jeton_status jd_sql_write_beside(jd_store *store, jd_work *work, void *args,
                                            jeton_err *err);

/* Runs one statement that changes one row and is its own transaction: whoever stands still in the
 * middle of it keeps no lock. In a batch it is a work like any other. */
JETON_MUST jeton_status jd_sql_write_alone(jd_store *store, jd_work *work, void *args,
                                           jeton_err *err);

/* As jd_sql_write(), for what changes the schema, which may not be there yet. */
JETON_MUST jeton_status jd_sql_write_schema(jd_store *store, jd_work *work, void *args,
                                            jeton_err *err);

/* The rule that outputs are empty unless an operation succeeds: gives its status back. */
jeton_status jd_or_empty(jeton_status status, void *output, size_t size);

/* Writes rows of the audit log, in their order. */
JETON_MUST jeton_status jd_sql_audit_rows(jd_conn *conn, jd_audit_row *rows, size_t count,
                                          jeton_err *err);

/* Does a work, and behind it writes the row that is noted for the thread (audit_note.h), if any. */
JETON_MUST jeton_status jd_sql_work_noted(jd_conn *conn, jd_work *work, void *args, jeton_err *err);

/* Pieces of transactions. */
/* The two columns of JD_HEAD in the row that the query is at: gives the head of the log. */
uint64_t jd_sql_take_head(jd_query *query);
/* Takes the next `count` numbers, up to *last; whoever does has the head to himself until his
 * commit. Where they jump (numbers.c), the entry that says so is put in before. */
JETON_MUST jeton_status jd_sql_take_numbers(jd_conn *conn, size_t count, uint64_t *last,
                                            jeton_err *err);
/* None, but the jump if one is due: before what is given out once is given out. */
JETON_MUST jeton_status jd_sql_settle_numbers(jd_conn *conn, jeton_err *err);
JETON_MUST jeton_status jd_sql_log_settle(jd_store *store, jeton_err *err);
/* Signs entries that have their numbers, and puts them in. */
JETON_MUST jeton_status jd_sql_put_entries(jd_conn *conn, jt_revocation *entries, size_t count,
                                           jeton_err *err);
JETON_MUST jeton_status jd_sql_append(jd_conn *conn, jt_revocation *entry, jeton_err *err);
JETON_MUST jeton_status jd_sql_append_many(jd_conn *conn, jt_revocation *entries, size_t count,
                                           jeton_err *err);
/* Tells those who follow the log to read something anew. n: its number; may be NULL. */
JETON_MUST jeton_status jd_sql_notice(jd_conn *conn, jt_revoked kind, uint64_t *n, jeton_err *err);
/* The entries behind a number, at most so many, each with its mac checked. */
typedef struct jd_log_span {
    uint64_t after;
    size_t most;
} jd_log_span;
JETON_MUST jeton_status jd_sql_entries_after(jd_conn *conn, const jd_log_span *asked,
                                             jt_arena *arena, jd_entries *entries, jeton_err *err);
/* Sets a text of meta unless it is set; and reads it. */
JETON_MUST jeton_status jd_sql_meta_take(jd_conn *conn, const char *name, jeton_span value,
                                         bool *ours, jeton_err *err);
JETON_MUST jeton_status jd_sql_meta_read(jd_conn *conn, const char *name, jt_arena *arena,
                                         jeton_span *value, jeton_err *err);
JETON_MUST jeton_status jd_sql_purge_nodes(jd_conn *conn, jeton_err *err);
/* The columns of a user (sql_list.h) of the row that a query is at. */
JETON_MUST jeton_status jd_sql_take_user(jd_query *query, jt_arena *arena, jd_user *user,
                                         jeton_err *err);
/* JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_sql_user_exists(jd_conn *conn, const jd_id *id, jeton_err *err);
/* JETON_E_LAST_ADMIN when nobody who is enabled has JD_ROLE_ADMIN: asked after a change that took
 * it from somebody who had it. */
JETON_MUST jeton_status jd_sql_is_admin(jd_conn *conn, const jd_id *id, bool *admin,
                                        jeton_err *err);
JETON_MUST jeton_status jd_sql_admin_left(jd_conn *conn, jeton_err *err);
/* Adds a role unless it is there. */
JETON_MUST jeton_status jd_sql_role_make(jd_conn *conn, jeton_span role, jeton_err *err);
/* Ends the sessions of a user but `keep`, with an entry each. */
JETON_MUST jeton_status jd_sql_end_sessions(jd_conn *conn, const jd_id *user, const jd_id *keep,
                                            jeton_time now, jeton_time expires, jt_arena *arena,
                                            jd_entries *entries, jeton_err *err);
JETON_MUST jeton_status jd_sql_read_user(jd_conn *conn, const jd_id *id, jt_arena *arena,
                                         jd_user *user, jeton_err *err);

JETON_MUST jeton_status jd_sql_revoke_piece(jd_conn *conn, const jd_revoking *asked,
                                            jt_revocation *entry, jeton_err *err);

/* Whether the database is a store of ours: JETON_E_STORE. */
JETON_MUST jeton_status jd_sql_check_ours(jd_conn *conn, jeton_err *err);

/* Nothing is leased of the lists there are, and their numbers go on far behind any that can have
 * been given out. */
JETON_MUST jeton_status jd_sql_indexes_restart(jd_conn *conn, jeton_err *err);

#endif
