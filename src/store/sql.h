/* SPDX-License-Identifier: Apache-2.0 */
/* store/sql.h - the operations inside: transactions, the pieces they are made of, and each
 * operation by file. They are written once, for every driver (driver.h).
 *
 * Work is handed over as a function: whoever runs it takes a connection, and begins and ends the
 * transaction around it. In a batch (group commit) there is one transaction for all works of the
 * thread and each has a savepoint in it; its reads then go to the same connection as well, since
 * the others do not see yet what the batch has written.
 */
#ifndef JD_STORE_SQL_H
#define JD_STORE_SQL_H

#include "store/driver.h"

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

/* The same for what changes the schema, which may not be there yet. */
JETON_MUST jeton_status jd_sql_write_schema(jd_store *store, jd_work *work, void *args,
                                            jeton_err *err);

jeton_status jd_sql_batch_begin(jd_store *store, jeton_err *err);
jeton_status jd_sql_batch_end(jd_store *store, jeton_err *err);
void jd_sql_batch_undo(jd_store *store);

/* Writes rows of the audit log, in their order. */
JETON_MUST jeton_status jd_sql_audit_rows(jd_conn *conn, jd_audit_row *rows, size_t count,
                                          jeton_err *err);

/* Does a work, and behind it writes the row that is noted for the thread (audit.h), if any. */
JETON_MUST jeton_status jd_sql_work_noted(jd_conn *conn, jd_work *work, void *args, jeton_err *err);

/* Pieces of transactions. */
JETON_MUST jeton_status jd_sql_head(jd_conn *conn, uint64_t *head, jeton_err *err);
JETON_MUST jeton_status jd_sql_append(jd_conn *conn, jt_revocation *entry, jeton_err *err);
JETON_MUST jeton_status jd_sql_append_many(jd_conn *conn, jt_revocation *entries, size_t count,
                                           jeton_err *err);
/* Tells those who follow the log to read something anew. */
JETON_MUST jeton_status jd_sql_notice(jd_conn *conn, jt_revoked kind, jeton_err *err);
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
/* The texts that a statement of one column gives. */
JETON_MUST jeton_status jd_sql_read_texts(jd_query *query, jt_arena *arena,
                                          const jeton_span **texts, size_t *count, jeton_err *err);
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

/* The operations; see store.h. */
jeton_status jd_sql_check_ours(jd_conn *conn, jeton_err *err);
jeton_status jd_sql_schema(jd_store *store, jd_schema *schema, jeton_err *err);
jeton_status jd_sql_check(jd_store *store, jeton_err *err);
jeton_status jd_sql_migrate(jd_store *store, unsigned *applied, jeton_err *err);

jeton_status jd_sql_meta_get(jd_store *store, const char *name, jt_arena *arena, jeton_span *value,
                             jeton_err *err);
jeton_status jd_sql_meta_set(jd_store *store, const char *name, jeton_span value, jeton_err *err);
jeton_status jd_sql_meta_claim(jd_store *store, const char *name, jeton_span value, jt_arena *arena,
                               jeton_span *winner, jeton_err *err);

jeton_status jd_sql_user_add(jd_store *store, const jd_user *user, jeton_err *err);
jeton_status jd_sql_user_find(jd_store *store, jeton_span name, jt_arena *arena, jd_user *user,
                              jeton_err *err);
jeton_status jd_sql_user_get(jd_store *store, const jd_id *id, jt_arena *arena, jd_user *user,
                             jeton_err *err);
jeton_status jd_sql_user_find_email(jd_store *store, jeton_span email, jt_arena *arena,
                                    jd_user *user, jeton_err *err);
jeton_status jd_sql_user_list(jd_store *store, const jd_user_page *page, jt_arena *arena,
                              jd_users *users, jeton_err *err);
jeton_status jd_sql_user_disable(jd_store *store, const jd_id *id, jeton_time now,
                                 jeton_time expires, jt_revocation *entry, jeton_err *err);
jeton_status jd_sql_user_enable(jd_store *store, const jd_id *id, jeton_err *err);
jeton_status jd_sql_user_rehash(jd_store *store, const jd_id *id, jeton_span old,
                                jeton_span password, jeton_err *err);

jeton_status jd_sql_user_remove(jd_store *store, const jd_id *id, jeton_time expires,
                                jt_revocation *entry, jeton_err *err);
jeton_status jd_sql_user_change(jd_store *store, const jd_id *id, const jd_user_changes *change,
                                jeton_time now, jeton_time expires, jt_revocation *entry,
                                jeton_err *err);
jeton_status jd_sql_user_roles(jd_store *store, const jd_id *id, const jd_role_change *change,
                               jeton_err *err);
jeton_status jd_sql_user_import(jd_store *store, jd_import *imports, size_t count, bool dry,
                                jeton_err *err);

jeton_status jd_sql_password_set(jd_store *store, const jd_password_change *change, jt_arena *arena,
                                 jd_entries *entries, jeton_err *err);
jeton_status jd_sql_reset_put(jd_store *store, const jd_id *user, jeton_span digest,
                              jeton_time expires, jeton_err *err);
jeton_status jd_sql_reset_find(jd_store *store, jeton_span digest, jeton_time now, jt_arena *arena,
                               jd_user *user, jeton_err *err);

jeton_status jd_sql_role_add(jd_store *store, const jd_role *role, jeton_err *err);
jeton_status jd_sql_role_list(jd_store *store, jt_arena *arena, jd_roles *roles, jeton_err *err);
jeton_status jd_sql_role_grant(jd_store *store, const jd_role *role, jeton_err *err);
jeton_status jd_sql_role_revoke(jd_store *store, const jd_role *role, jeton_err *err);
jeton_status jd_sql_role_remove(jd_store *store, jeton_span name, jeton_err *err);

jeton_status jd_sql_session_add(jd_store *store, const jd_session *session, uint64_t *rev,
                                jeton_err *err);
jeton_status jd_sql_session_get(jd_store *store, const jd_id *id, jt_arena *arena,
                                jd_session_view *view, jeton_err *err);
jeton_status jd_sql_session_rotate(jd_store *store, const jd_rotation *rotation, uint64_t *rev,
                                   jeton_err *err);
jeton_status jd_sql_session_end(jd_store *store, const jd_id *id, jeton_time now,
                                jeton_time expires, jt_revocation *entry, jeton_err *err);
jeton_status jd_sql_session_end_all(jd_store *store, const jd_id *user, const jd_id *keep,
                                    jeton_time now, jeton_time expires, jt_arena *arena,
                                    jd_entries *entries, jeton_err *err);
jeton_status jd_sql_session_list(jd_store *store, const jd_id *user, jeton_time now,
                                 jt_arena *arena, jd_sessions *sessions, jeton_err *err);

jeton_status jd_sql_index_lease(jd_store *store, const jd_index_asking *asked,
                                jd_index_block *block, jt_revocation *entry, jeton_err *err);
/* Nothing is leased of the lists there are, and their numbers go on far behind any that can have
 * been given out. */
JETON_MUST jeton_status jd_sql_indexes_restart(jd_conn *conn, jeton_err *err);

jeton_status jd_sql_log_add(jd_store *store, jt_revocation *entry, jeton_err *err);
jeton_status jd_sql_log_add_many(jd_store *store, jt_revocation *entries, size_t count,
                                 jeton_err *err);
jeton_status jd_sql_log_claim(jd_store *store, const jd_log_claim *asked, jt_arena *arena,
                              jeton_span *winner, jeton_err *err);
jeton_status jd_sql_log_after(jd_store *store, uint64_t n, size_t most, jt_arena *arena,
                              jd_entries *entries, jeton_err *err);
jeton_status jd_sql_log_head(jd_store *store, uint64_t *head, jeton_err *err);
jeton_status jd_sql_purge(jd_store *store, jeton_time before, size_t *removed, jeton_err *err);

jeton_status jd_sql_revoke(jd_store *store, const jd_revoking *asked, jt_revocation *entry,
                           jeton_err *err);

jeton_status jd_sql_revoke_many(jd_store *store, jd_revoke_one *ones, jd_audit_row *rows,
                                size_t count, jeton_err *err);

jeton_status jd_sql_node_beat(jd_store *store, const jd_beat *beat, jt_arena *arena,
                              jd_beat_answer *answer, jeton_err *err);
jeton_status jd_sql_node_list(jd_store *store, jt_arena *arena, jd_nodes *nodes, jeton_err *err);
jeton_status jd_sql_node_remove(jd_store *store, const jd_id *id, jeton_err *err);

jeton_status jd_sql_client_add(jd_store *store, const jd_client *client, jeton_err *err);
jeton_status jd_sql_client_list(jd_store *store, jeton_span after, size_t most, jt_arena *arena,
                                jd_client_list *clients, jeton_err *err);
jeton_status jd_sql_client_change(jd_store *store, const jd_client *was, const jd_client *becomes,
                                  jeton_err *err);
jeton_status jd_sql_client_set_secret(jd_store *store, jeton_span id, jeton_span hash,
                                      jeton_err *err);
jeton_status jd_sql_client_disable(jd_store *store, const jd_revoking *revoking,
                                   jt_revocation *entry, jeton_err *err);
jeton_status jd_sql_client_enable(jd_store *store, jeton_span id, jeton_err *err);
jeton_status jd_sql_client_remove(jd_store *store, const jd_revoking *revoking,
                                  jt_revocation *entry, jeton_err *err);

jeton_status jd_sql_ban_add(jd_store *store, const jd_ban *ban, jeton_err *err);
jeton_status jd_sql_ban_list(jd_store *store, jeton_time now, jt_arena *arena, jd_ban_list *bans,
                             jeton_err *err);
jeton_status jd_sql_ban_lift(jd_store *store, jeton_span network, jeton_err *err);

jeton_status jd_sql_key_add(jd_store *store, const jd_stored_key *key, jeton_err *err);
jeton_status jd_sql_key_add_first(jd_store *store, const jd_stored_key *key, jeton_err *err);
jeton_status jd_sql_key_list(jd_store *store, jt_arena *arena, jd_stored_keys *keys,
                             jeton_err *err);
jeton_status jd_sql_key_change(jd_store *store, const jd_key_change *changes, size_t count,
                               const jd_revoking *mark, jt_revocation *entry, jeton_err *err);
jeton_status jd_sql_copy(jd_store *from, jd_store *to, jd_store_copied *told, void *user,
                         jeton_err *err);
jeton_status jd_sql_reseal(jd_store *store, jd_reseal *reseal, void *user, jeton_err *err);

JETON_MUST jeton_status jd_sql_audit_add(jd_store *store, jeton_err *err);
JETON_MUST jeton_status jd_sql_audit_list(jd_store *store, uint64_t after, size_t most,
                                          jt_arena *arena, jd_audit_rows *rows, jeton_err *err);
JETON_MUST jeton_status jd_sql_audit_check(jd_store *store, jd_audit_head *head, jeton_err *err);

JETON_MUST jeton_status jd_sql_restart(jd_store *store, uint64_t head, jeton_time now,
                                       jeton_time expires, jeton_err *err);

#endif
