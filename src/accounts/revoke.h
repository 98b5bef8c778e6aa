/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/revoke.h - has tokens refused: one, or all that were issued so far to a user, to a
 * client, with a key, or at all. What each is called in the log says revoke/names.h. */
#ifndef JD_ACCOUNTS_REVOKE_H
#define JD_ACCOUNTS_REVOKE_H

#include "accounts/accounts.h"
#include "store/revoke.h"

/* What jd_store_revoke() takes to refuse a client's tokens. `id` is borrowed. */
jd_revoking jd_revoking_client(jeton_span id, jeton_time now);

/* The same for a key. */
jd_revoking jd_revoking_key(jeton_span kid, jeton_time now);

/* From the return of each of these on, also after a restart, the tokens are refused; with all of a
 * user's or a client's, or all there are, the sessions they belong to are ended. In a batch
 * (accounts/batch.h) all that is so from the batch's end on.
 *
 * JETON_E_REQUEST    not a jti of ours
 * JETON_E_NOT_FOUND  no user of that name, no client of that id, no key of that kid
 */

/* One token by what was read of it: by its index, if it has one. JETON_E_NOT_FOUND: no token that
 * could be good has that index. */
typedef struct jd_token_name {
    jeton_span jti;
    bool has_index;
    uint64_t index;
    jeton_time expires; /* if the caller knows; else 0. Nothing is kept beyond that */
} jd_token_name;

JETON_MUST jeton_status jd_revoke_named(jd_accounts *accounts, const jd_token_name *name,
                                        jeton_err *err);

/* The same by a word, for operators: "user", "client", "key", "token", "index",
 * "all".
 *
 * entry  of the log, for those who wait until other nodes have it; the caller tells the program's
 *        log of it. In a batch it must be there until the batch's end, and is not to be read before
 *
 * JETON_E_REQUEST  among others: another word */
JETON_MUST jeton_status jd_revoke_by_word(jd_accounts *accounts, jeton_span word, jeton_span name,
                                          jt_revocation *entry, jeton_err *err);

#endif
