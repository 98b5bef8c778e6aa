/* SPDX-License-Identifier: Apache-2.0 */
/* admin/signing_secret.h - secrets that tokens are signed with (HS256), as operations take them. */
#ifndef JD_ADMIN_SIGNING_SECRET_H
#define JD_ADMIN_SIGNING_SECRET_H

#include "admin/operation.h"
#include "core/secret.h"

/* The secret that the argument "signing_secret" gives as base64url; without it one is made, told in
 * the result under the same name. The caller's: jt_secret_done(). JETON_E_REQUEST. */
JETON_MUST jeton_status jd_task_signing_secret(const jd_task *task, jt_secret *secret,
                                               jeton_err *err);

#endif
