/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_operations.h - the operations of admin.c's table that have a file of their own, and
 * what they share. */
#ifndef JD_DAEMON_ADMIN_OPERATIONS_H
#define JD_DAEMON_ADMIN_OPERATIONS_H

#include "daemon/admin.h"

typedef jeton_status jd_admin_operation(jd_accounts *accounts, const jt_val *arguments,
                                        jt_tree *tree, jt_node *result, jeton_err *err);

/* admin_sessions.c */
jd_admin_operation jd_admin_session_list;
jd_admin_operation jd_admin_session_end;

/* A text argument that has to be there. JETON_E_REQUEST. */
JETON_MUST jeton_status jd_admin_text(const jt_val *arguments, const char *name, jeton_span *text,
                                      jeton_err *err);

void jd_admin_put_id(jt_tree *tree, jt_node *object, const char *name, const jd_id *id);

#endif
