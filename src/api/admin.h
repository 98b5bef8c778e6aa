/* SPDX-License-Identifier: Apache-2.0 */
/* api/admin.h - the operations of admin/operation.h over HTTP: one front end for all of them. */
#ifndef JD_API_ADMIN_H
#define JD_API_ADMIN_H

#include "admin/operation.h"
#include "api/call.h"

/* Answers the call with what the operation comes to; call->params are those of its path. Only for
 * who has the role admin, in the token and still in the store. */
void jd_admin_begin(jd_call *call, const jd_operation *operation);

#endif
