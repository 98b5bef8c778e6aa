/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_operations.h - the operations of admin.c's table that have a file of their own, and
 * what they share. */
#ifndef JD_DAEMON_ADMIN_OPERATIONS_H
#define JD_DAEMON_ADMIN_OPERATIONS_H

#include "core/secret.h"
#include "daemon/admin.h"

typedef jeton_status jd_admin_operation(jd_accounts *accounts, const jt_val *arguments,
                                        jt_tree *tree, jt_node *result, jeton_err *err);

/* admin_audit.c */
jd_admin_operation jd_admin_audit_list;
jd_admin_operation jd_admin_audit_verify;

/* admin_bans.c */
jd_admin_operation jd_admin_ban_add;
jd_admin_operation jd_admin_ban_lift;
jd_admin_operation jd_admin_ban_list;

/* admin_backup.c */
jd_admin_operation jd_admin_backup;

/* admin_clients.c */
jd_admin_operation jd_admin_client_add;
jd_admin_operation jd_admin_client_list;
jd_admin_operation jd_admin_client_secret;
jd_admin_operation jd_admin_client_disable;
jd_admin_operation jd_admin_client_enable;
jd_admin_operation jd_admin_client_remove;
jd_admin_operation jd_admin_revoke;

/* admin_keys.c */
jd_admin_operation jd_admin_key_list;
jd_admin_operation jd_admin_key_rotate;
jd_admin_operation jd_admin_key_withdraw;
jd_admin_operation jd_admin_key_secret;

/* A secret to sign with, which `name` gives as base64url; without it one is made, told in the
 * result under the same name. *text holds the bytes: jt_secret_done(). */
JETON_MUST jeton_status jd_admin_signing_secret(const jt_val *arguments, const char *name,
                                                jt_tree *tree, jt_node *result, jt_secret *secret,
                                                jeton_err *err);

/* admin_sessions.c */
jd_admin_operation jd_admin_session_list;
jd_admin_operation jd_admin_session_end;

/* admin_import.c */
jd_admin_operation jd_admin_user_import;

/* admin_users.c */
jd_admin_operation jd_admin_user_show;
jd_admin_operation jd_admin_user_set;
jd_admin_operation jd_admin_user_roles;
jd_admin_operation jd_admin_user_remove;
jd_admin_operation jd_admin_user_reset;

/* admin_roles.c */
jd_admin_operation jd_admin_role_add;
jd_admin_operation jd_admin_role_list;
jd_admin_operation jd_admin_role_grant;
jd_admin_operation jd_admin_role_revoke;
jd_admin_operation jd_admin_role_remove;

/* A list of texts, at most `most`; an absent one is empty. JETON_E_REQUEST. */
JETON_MUST jeton_status jd_admin_texts(const jt_val *arguments, const char *name, jeton_span *texts,
                                       size_t most, size_t *count, jeton_err *err);
void jd_admin_put_texts(jt_tree *tree, jt_node *object, const char *name, const jeton_span *texts,
                        size_t count);

/* A switch that may be left out: *given says so. JETON_E_REQUEST: neither true nor false. */
JETON_MUST jeton_status jd_admin_switch(const jt_val *arguments, const char *name, bool *value,
                                        bool *given, jeton_err *err);

/* What lists show of a user: e-mail and must_change only when there is something to show. */
void jd_admin_put_user(jt_tree *tree, jt_node *object, const jd_user *user);

/* A text argument that has to be there. JETON_E_REQUEST. */
JETON_MUST jeton_status jd_admin_text(const jt_val *arguments, const char *name, jeton_span *text,
                                      jeton_err *err);

void jd_admin_put_id(jt_tree *tree, jt_node *object, const char *name, const jd_id *id);

#endif
