/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/user.h - users: added, changed, barred, removed. */
#ifndef JD_ACCOUNTS_USER_H
#define JD_ACCOUNTS_USER_H

#include "accounts/accounts.h"

#define JD_NAME_MAX 128U /* bytes of a user's name */
#define JD_EMAIL_MAX                                                                               \
    254U /* bytes of an e-mail address (RFC 5321 §4.5.3.1.3, without its brackets) */

/* A user to be added. */
typedef struct jd_new_user {
    jeton_span name;     /* 1 to JD_NAME_MAX bytes of UTF-8 without control characters, no space at
                            either end */
    jeton_span email;    /* empty: none */
    jeton_span password; /* see jd_password_may_be() */
    const jeton_span *roles; /* see jd_role_may_be(); at most JD_ROLES_MAX */
    size_t role_count;
    bool must_change; /* the password, at the first login */
} jd_new_user;

/* Adds a user with a password. *user is filled, its texts borrowed from the arguments.
 *
 * JETON_E_REQUEST  a name, the e-mail or the password may not be
 * JETON_E_EXISTS   the name or the e-mail is taken
 */
JETON_MUST jeton_status jd_user_add(jd_accounts *accounts, const jd_new_user *asked, jd_user *user,
                                    jeton_err *err);

/* All but the password: what an import checks as well. JETON_E_REQUEST. */
JETON_MUST jeton_status jd_user_may_be(const jd_new_user *asked, jeton_err *err);

/* Disables a user: no login any more, the sessions ended, the access tokens refused at once.
 * *changed says whether he was not disabled before. JETON_E_NOT_FOUND, JETON_E_LAST_ADMIN. */
JETON_MUST jeton_status jd_user_disable(jd_accounts *accounts, jeton_span name, bool *changed,
                                        jeton_err *err);

/* Lets a user log in again; what was revoked stays so. JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_user_enable(jd_accounts *accounts, jeton_span name, jeton_err *err);

/* Removes a user; his access tokens are refused at once. JETON_E_NOT_FOUND, JETON_E_LAST_ADMIN. */
JETON_MUST jeton_status jd_user_remove(jd_accounts *accounts, jeton_span name, jeton_err *err);

/* Demands another password before the next login: the sessions end, the access tokens are refused
 * at once. JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_user_must_change(jd_accounts *accounts, jeton_span name, jeton_err *err);

/* JETON_E_NOT_FOUND, JETON_E_REQUEST, JETON_E_EXISTS. */
JETON_MUST jeton_status jd_user_set_email(jd_accounts *accounts, jeton_span name, jeton_span email,
                                          jeton_err *err);

/* Gives and takes roles, with effect on every token issued from now on.
 * JETON_E_NOT_FOUND, JETON_E_REQUEST, JETON_E_LIMIT, JETON_E_LAST_ADMIN. */
JETON_MUST jeton_status jd_user_change_roles(jd_accounts *accounts, jeton_span name,
                                             const jd_role_change *change, jeton_err *err);

#endif
