/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/key_schedule.h - a thread that looks after the signing keys: makes the next ones, lets
 * them take over, withdraws those that are used up. */
#ifndef JD_DAEMON_KEY_SCHEDULE_H
#define JD_DAEMON_KEY_SCHEDULE_H

#include "accounts/accounts.h"

typedef struct jd_key_schedule jd_key_schedule;

/* Does what is due, and goes on doing so. The accounts are borrowed.
 * *schedule is the caller's: jd_key_schedule_close(). */
JETON_MUST jeton_status jd_key_schedule_open(jd_accounts *accounts, jd_key_schedule **schedule,
                                             jeton_err *err);

/* Waits for what is being done, frees *schedule and sets it to NULL. NULL is fine. */
void jd_key_schedule_close(jd_key_schedule **schedule);

#endif
