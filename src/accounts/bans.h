/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/bans.h - networks from which no password may be tried: kept in the store, in force when
 * these return. */
#ifndef JD_ACCOUNTS_BANS_H
#define JD_ACCOUNTS_BANS_H

#include "accounts/accounts.h"

/* Brings what the store has into force. JETON_E_STORE. */
JETON_MUST jeton_status jd_bans_load(jd_accounts *accounts, jeton_err *err);

/* Bans a network, or gives a ban another end.
 *
 * network  "192.0.2.7", "2001:db8::/32"
 * why      for people
 * seconds  how long; 0: until it is lifted
 *
 * JETON_E_REQUEST  not a network
 * JETON_E_LIMIT    there are JD_BANS_MAX already */
JETON_MUST jeton_status jd_ban_add(jd_accounts *accounts, jeton_span network, jeton_span why,
                                   int64_t seconds, jeton_err *err);

/* JETON_E_REQUEST, JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_ban_lift(jd_accounts *accounts, jeton_span network, jeton_err *err);

#endif
