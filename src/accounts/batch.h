/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/batch.h - a batch of the store (store/store.h), and the marks that are made in it.
 *
 * A mark counts in memory from the commit on and not before: one whose commit failed would stand
 * for a number of the log that is given out once more, and refuse tokens that were issued after it.
 */
#ifndef JD_ACCOUNTS_BATCH_H
#define JD_ACCOUNTS_BATCH_H

#include "accounts/accounts.h"

/* jd_store_batch_begin() and jd_store_batch_end() for the calling thread. The marks made in between
 * are taken when the end returns JETON_OK, and forgotten otherwise. */
JETON_MUST jeton_status jd_batch_begin(jd_accounts *accounts, jeton_err *err);
JETON_MUST jeton_status jd_batch_end(jd_accounts *accounts, jeton_err *err);

/* Keeps an entry until the end of the calling thread's batch. False: there is none, or no memory,
 * and the entry is to be taken at once, which only refuses too much. For jd_accounts_revoke(). */
bool jd_batch_hold(const jd_accounts *accounts, const jt_revocation *entry);

#endif
