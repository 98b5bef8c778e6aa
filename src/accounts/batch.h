/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/batch.h - a batch of the store (store/store.h), and the marks that are made in it.
 *
 * A mark counts in memory from the commit on and not before: one whose commit failed would stand
 * for a number of the log that is given out once more, and refuse tokens that were issued after it.
 *
 * Revocations of tokens need no outcome before the end, so they are put off until then, and go to
 * the store all at once: that is what lets one server revoke tens of thousands in a second.
 */
#ifndef JD_ACCOUNTS_BATCH_H
#define JD_ACCOUNTS_BATCH_H

#include "accounts/accounts.h"
#include "store/revoke.h"

/* jd_store_batch_begin() and jd_store_batch_end() for the calling thread. What was put off is done
 * at the end; when that fails, nothing of the batch has happened. The marks made in between are
 * taken when the end returns JETON_OK, and forgotten otherwise. */
JETON_MUST jeton_status jd_batch_begin(jd_accounts *accounts, jeton_err *err);
JETON_MUST jeton_status jd_batch_end(jd_accounts *accounts, jeton_err *err);

/* Keeps an entry until the end of the calling thread's batch. False: there is none, or no memory,
 * and the entry is to be taken at once, which only refuses too much. For jd_accounts_revoke(). */
bool jd_batch_hold(const jd_accounts *accounts, const jt_revocation *entry);

/* Puts a revocation off until the end of the calling thread's batch. Whoever the thread works for
 * now (jd_audit_within()) must be there until then. False: there is no batch, it is of another kind
 * than a token's, or no memory; then it is to be done at once. For accounts/revoke.c.
 *
 * entry  filled in when the end returns JETON_OK: must be there until then. NULL: nobody wants it,
 *        and the log of the program is told */
bool jd_batch_put_off(const jd_accounts *accounts, const jd_revoking *revoking,
                      jt_revocation *entry);

/* Has a work done within a batch, together with those of others, and waits for its end; without a
 * queue (accounts->commits) at once, and each of its operations commits by itself. Not for threads
 * that have a batch.
 *
 * work  on another thread: who it is done for (jd_audit_within()), and whether somebody waits
 *       (jd_accounts_hurry()), it has to say there. Its outcome concerns nobody else in the batch
 *
 * what the work returned; else why the batch has failed, or was never begun */
JETON_MUST jeton_status jd_batch_run(jd_accounts *accounts, jd_joint_work *work, void *args,
                                     jeton_err *err);

#endif
