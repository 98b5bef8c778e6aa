/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/slot.h - how long a failed login takes, whatever the reason: a whole number of slots.
 *
 * A wrong password costs what its stored format costs, a name that nobody has costs a decoy. The
 * answer to either comes at the end of the slot, so that nobody can tell them apart. One slot
 * covers twice the costliest check: twice, because a password that is not in NFC is tried in two
 * forms.
 *
 * --login-slot sets it. Otherwise it is measured at the first start, from Argon2id as it is set
 * here and from what other packages make by default today, and kept in the store; when a stored
 * format turns out to cost more (at its first check), the slot grows, for good.
 */
#ifndef JD_ACCOUNTS_SLOT_H
#define JD_ACCOUNTS_SLOT_H

#include "accounts/accounts.h"

/* Settles it. The decoy must be there. JETON_E_STORE, JETON_E_NOMEM. */
JETON_MUST jeton_status jd_slot_open(jd_accounts *accounts, jeton_err *err);
void jd_slot_close(jd_slot **slot);

/* When a failure is to be answered that began at that moment; both of jd_monotonic(). NULL: now. */
int64_t jd_slot_end(const jd_slot *slot, int64_t begun, int64_t now);

/* A check of a password took that much processor time. Any thread. */
void jd_slot_learn(jd_slot *slot, int64_t milliseconds);

/* Keeps what was learned. For a thread that may wait for the store. */
void jd_slot_keep(jd_accounts *accounts);

/* The processor time of this thread in milliseconds. */
int64_t jd_slot_clock(void);

#endif
