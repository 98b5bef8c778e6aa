/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/password.h - which passwords may be set, and whether one is right. */
#ifndef JD_ACCOUNTS_PASSWORD_H
#define JD_ACCOUNTS_PASSWORD_H

#include "accounts/accounts.h"

#define JD_PASSWORD_MIN 8U /* bytes */
#define JD_PASSWORD_MAX 256U

/* Whether a password may be set. JETON_E_REQUEST with a sentence for its owner. */
JETON_MUST jeton_status jd_password_may_be(jeton_span password, jeton_err *err);

/* Whether `password` is the one behind `hash`. An empty hash (no such user) takes as long and is
 * always wrong. Takes as long as a hash takes: for the hash lane only.
 * JETON_E_CREDENTIALS; JETON_E_NOMEM. */
JETON_MUST jeton_status jd_password_check(const jd_accounts *accounts, jeton_span hash,
                                          jeton_span password, jeton_err *err);

#endif
