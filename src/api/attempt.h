/* SPDX-License-Identifier: Apache-2.0 */
/* api/attempt.h - logins that failed, for the audit log. */
#ifndef JD_API_ATTEMPT_H
#define JD_API_ATTEMPT_H

#include "api/call.h"

/* Has a row written that says for whom a login was tried (call->attempt), from where, and why it
 * failed. Written by the commit lane, soon: the client does not wait for it, so that it takes him
 * no time that would tell one failure from another. When that lane is full the row is left out,
 * which the log of the program tells. */
void jd_attempt_failed(const jd_call *call, jeton_status status);

#endif
