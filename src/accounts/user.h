/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/user.h - users: added, changed, barred, removed. */
#ifndef JD_ACCOUNTS_USER_H
#define JD_ACCOUNTS_USER_H

#include "accounts/accounts.h"
#include "store/roles.h"
#include "store/users.h"

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
    bool disabled;
    bool without_password; /* a one-time code sets it */
} jd_new_user;

/* Checks all of it and hashes the password, to "" without one: for the hash lane.
 * JETON_E_REQUEST: a name, the e-mail or the password may not be. */
JETON_MUST jeton_status jd_user_hash(const jd_accounts *accounts, const jd_new_user *asked,
                                     char hash[JT_PWHASH_TEXT], jeton_err *err);

/* Adds a user with the hash of jd_user_hash(). *user is filled, its texts borrowed from the
 * arguments.
 *
 * JETON_E_REQUEST  a name or the e-mail may not be
 * JETON_E_EXISTS   the name or the e-mail is taken
 */
JETON_MUST jeton_status jd_user_add(jd_accounts *accounts, const jd_new_user *asked,
                                    const char *hash, jd_user *user, jeton_err *err);

/* All but the password: what an import checks as well. JETON_E_REQUEST. */
JETON_MUST jeton_status jd_user_may_be(const jd_new_user *asked, jeton_err *err);

/* The functions below concern a user as he was read; his id counts, his name is for the log. */

/* Disables a user: no login any more, the sessions ended, the access tokens refused at once.
 * JETON_E_NOT_FOUND, JETON_E_LAST_ADMIN. */
JETON_MUST jeton_status jd_user_disable(jd_accounts *accounts, const jd_user *user, jeton_err *err);

/* Lets a user log in again; what was revoked stays so. JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_user_enable(jd_accounts *accounts, const jd_user *user, jeton_err *err);

/* Removes a user; his access tokens are refused at once. JETON_E_NOT_FOUND, JETON_E_LAST_ADMIN. */
JETON_MUST jeton_status jd_user_remove(jd_accounts *accounts, const jd_user *user, jeton_err *err);

/* Changes the name, the e-mail, whether he is disabled and whether he must change the password,
 * all of it or nothing. With the last two the sessions end, and access tokens are refused at once.
 * JETON_E_NOT_FOUND, JETON_E_REQUEST, JETON_E_EXISTS, JETON_E_LAST_ADMIN. */
JETON_MUST jeton_status jd_user_change(jd_accounts *accounts, const jd_user *user,
                                       const jd_user_changes *change, jeton_err *err);

/* Gives and takes roles, with effect on every token issued from now on.
 * JETON_E_NOT_FOUND, JETON_E_REQUEST, JETON_E_LIMIT, JETON_E_LAST_ADMIN. */
JETON_MUST jeton_status jd_user_change_roles(jd_accounts *accounts, const jd_user *user,
                                             const jd_role_change *change, jeton_err *err);

#endif
