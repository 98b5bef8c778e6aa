/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/key.h - what operators do with signing keys beyond what the signer does by itself. */
#ifndef JD_ACCOUNTS_KEY_H
#define JD_ACCOUNTS_KEY_H

#include "accounts/accounts.h"

/* Withdraws a key: from the return of this on, also after a restart, every token signed with it is
 * refused, and the next one signs.
 *
 * JETON_E_NOT_FOUND, JETON_E_REQUEST  see jd_signer_withdraw() */
JETON_MUST jeton_status jd_key_withdraw(jd_accounts *accounts, jeton_span kid, jeton_err *err);

/* Sees to it that tokens can be signed with an algorithm, or for a client with this secret: when it
 * returns, if nothing is wrong with the store (key_acks.h). What jd_signer_need() and
 * jd_signer_add_secret() give. */
JETON_MUST jeton_status jd_key_need(const jd_accounts *accounts, jeton_span alg, jeton_err *err);
JETON_MUST jeton_status jd_key_add_secret(const jd_accounts *accounts, jeton_span client,
                                          jeton_span secret, jeton_err *err);

/* Gives a client that has HS256 another secret to sign with; the tokens of the last one are good
 * until they expire. JETON_E_NOT_FOUND, JETON_E_REQUEST. */
JETON_MUST jeton_status jd_key_set_secret(jd_accounts *accounts, jeton_span client,
                                          jeton_span secret, jeton_err *err);

#endif
