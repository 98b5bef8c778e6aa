/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/hash_cost.h - what a password hash costs on this machine: measured once, at the very
 * first start, and kept in the store.
 *
 * --hash-memory is the cap: a machine that needs longer than --hash-time for one pass over it gets
 * less, but never less than OWASP's floor of 19 MiB in two passes. What is left of the time is
 * spent on more passes. With --hash-passes nothing is measured: that many passes over the cap.
 */
#ifndef JD_ACCOUNTS_HASH_COST_H
#define JD_ACCOUNTS_HASH_COST_H

#include "accounts/accounts.h"

/* How long one hash of that cost takes, in nanoseconds of processor time; 0 when it fails. */
typedef uint64_t jd_hash_timer(void *user, const jt_pwhash_cost *cost);

/* The cost that makes the best of `cap` bytes and `nanoseconds`. */
jt_pwhash_cost jd_hash_cost_measure(size_t cap, uint64_t nanoseconds, jd_hash_timer *timer,
                                    void *user);

/* Settles accounts->cost: by the settings, by what the store remembers of the same settings, or by
 * measuring, which is then remembered. JETON_E_STORE. */
JETON_MUST jeton_status jd_hash_cost_settle(jd_accounts *accounts, jeton_err *err);

#endif
