/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/key_acks.h - when all nodes have a new signing key, so that it may sign (signer.h,
 * "other nodes"). The same rule and the same watch that strict revocations wait by (waits.h): a
 * notice in the log tells of the key; a node that says it has applied that much has read the keys
 * anew; and a node that says nothing for its lease accepts nothing.
 *
 * A server that has its store to itself has nothing to wait for. For one thread, that of the key
 * schedule, but for jd_key_acks_wait().
 */
#ifndef JD_ACCOUNTS_KEY_ACKS_H
#define JD_ACCOUNTS_KEY_ACKS_H

#include "accounts/accounts.h"

typedef struct jd_key_acks jd_key_acks;

/* Of open accounts, which are borrowed. JETON_E_NOMEM. */
JETON_MUST jeton_status jd_key_acks_open(jd_accounts *accounts, jd_key_acks **acks, jeton_err *err);
void jd_key_acks_close(jd_key_acks **acks);

/* Looks for keys that are new, and has those sign that all nodes have. To be called again when the
 * signer is woken, as it is when a wait is over. JETON_E_STORE, …: to be called again soon. */
JETON_MUST jeton_status jd_key_acks_tend(jd_key_acks *acks, jeton_err *err);

/* Waits until the key of an algorithm, or the secret of a client, that was just made signs: not
 * longer than the longest lease lasts. In a program without a key schedule it returns at once; a
 * server of the same store sees to it then. */
void jd_key_acks_wait(const jd_accounts *accounts, jeton_span alg, jeton_span client);

#endif
