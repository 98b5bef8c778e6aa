/* SPDX-License-Identifier: Apache-2.0 */
/* admin/operations.h - the parts of the table: one array for each noun, ended by a row without a
 * name. */
#ifndef JD_ADMIN_OPERATIONS_H
#define JD_ADMIN_OPERATIONS_H

#include "admin/operation.h"

extern const jd_operation jd_audit_operations[];
extern const jd_operation jd_backup_operations[];
extern const jd_operation jd_ban_operations[];
extern const jd_operation jd_client_operations[];
extern const jd_operation jd_import_operations[];
extern const jd_operation jd_key_operations[];
extern const jd_operation jd_node_operations[];
extern const jd_operation jd_revocation_operations[];
extern const jd_operation jd_role_operations[];
extern const jd_operation jd_session_operations[];
extern const jd_operation jd_user_operations[];

#endif
