/* SPDX-License-Identifier: Apache-2.0 */
/* api/knock.h - for endpoints that check a password: who may try now, and how long a failure takes.
 */
#ifndef JD_API_KNOCK_H
#define JD_API_KNOCK_H

#include "api/call.h"

/* Counts the try (accounts/limits.h). From now on JETON_E_CREDENTIALS is told at the end of a slot
 * (accounts/slot.h). JETON_E_RATE: the client has to wait. */
JETON_MUST jeton_status jd_knock(jd_call *call, jeton_err *err);

#endif
