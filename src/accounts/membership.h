/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/membership.h - this server as one of several on one store: what others revoke is refused
 * here, and what they change of keys, clients and bans is in force here, both as soon as the log
 * tells of it (agent/follower.h).
 *
 * A server that is alone on its store, an SQLite file without a bus, needs nothing of this: no
 * thread, no query, no lease.
 */
#ifndef JD_ACCOUNTS_MEMBERSHIP_H
#define JD_ACCOUNTS_MEMBERSHIP_H

#include "accounts/accounts.h"

/* Whether this is one of several nodes, by its store and its settings. */
bool jd_membership_is_due(const jd_accounts *accounts);

/* Compares the clocks, when that is due: before anything is done by the time. What the store gives.
 */
JETON_MUST jeton_status jd_membership_meet(jd_accounts *accounts, jeton_err *err);

/* Begins to follow the log, when that is due; tokens are refused as stale until its head has been
 * reached. To be called when everything that a notice can change is open: keys are watched, the
 * segment is there, logins are expected.
 *
 * What jd_follower_open() gives. */
JETON_MUST jeton_status jd_membership_open(jd_accounts *accounts, jeton_err *err);

/* Ends that: before anything that a notice can change is closed. Fine when it was not opened. */
void jd_membership_stop(jd_accounts *accounts);

/* Forgets it: when nobody revokes anything any more. */
void jd_membership_close(jd_accounts *accounts);

/* Why tokens are not accepted at the moment, as a word; NULL: they are. */
const char *jd_membership_why_stale(jd_accounts *accounts);

#endif
