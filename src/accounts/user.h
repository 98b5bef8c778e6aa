/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/user.h - adding and disabling users. */
#ifndef JD_ACCOUNTS_USER_H
#define JD_ACCOUNTS_USER_H

#include "accounts/accounts.h"

#define JD_NAME_MAX 128U /* bytes of a user's name */
#define JD_ROLE_MAX 64U  /* bytes of a role's name */

/* Adds a user with a password. *user is filled, its texts borrowed from the arguments.
 *
 * name   1 to JD_NAME_MAX bytes of UTF-8 without control characters, no space at either end
 * roles  1 to JD_ROLE_MAX letters, digits and . _ : - each
 *
 * JETON_E_REQUEST  a name or the password may not be
 * JETON_E_EXISTS   the name is taken
 */
JETON_MUST jeton_status jd_user_add(jd_accounts *accounts, jeton_span name, jeton_span password,
                                    const jeton_span *roles, size_t role_count, jd_user *user,
                                    jeton_err *err);

/* Disables a user: no login any more, the sessions ended, the access tokens refused at once.
 * *changed says whether he was not disabled before. JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_user_disable(jd_accounts *accounts, jeton_span name, bool *changed,
                                        jeton_err *err);

/* Lets a user log in again; what was revoked stays so. JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_user_enable(jd_accounts *accounts, jeton_span name, jeton_err *err);

#endif
