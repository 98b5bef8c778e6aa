/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/login.h - a login by user name and password, in three steps for three lanes: find the
 * user, check the password, begin the session. /login and the password grant of /token are the same
 * login.
 *
 * Every reason to fail has one outcome, one text and one amount of work: a name that nobody has is
 * hashed against a decoy, and a disabled user's password is checked like any other.
 */
#ifndef JD_ACCOUNTS_LOGIN_H
#define JD_ACCOUNTS_LOGIN_H

#include "accounts/session.h"
#include "store/clients.h"
#include "store/users.h"

typedef struct jd_login {
    jeton_span username, password;
    const jd_client *client; /* in whose name */
    jeton_span scope;        /* what the tokens may be good for; see jd_beginning */
    jeton_span device;       /* the User-Agent */
    const char *address;
    const jd_address *client_address; /* the same, for the limits */
    int64_t *wait;                    /* gets the seconds of JETON_E_RATE */
    const char *request;              /* its id, for the log */
    bool cookies;                     /* see jd_beginning */

    /* Filled on the way. */
    jd_user user;                  /* no password and a zero id: there is none of that name */
    jeton_span said;               /* what logs call it by: the name, or an alias (alias.h) */
    char upgraded[JT_PWHASH_TEXT]; /* a better hash of the same password, or "" */
} jd_login;

/* Reads the user; one who is not there is no failure yet. The user's texts live in the arena. */
JETON_MUST jeton_status jd_login_find(jd_accounts *accounts, jd_login *login, jt_arena *arena,
                                      jeton_err *err);

/* Takes as long as a hash takes: for the hash lane only. JETON_E_CREDENTIALS, also for an address
 * that is locked out of the account; JETON_E_RATE, without hashing (limits.h); JETON_E_MUST_CHANGE,
 * which is told to those only who know the password. */
JETON_MUST jeton_status jd_login_check(jd_accounts *accounts, jd_login *login, jeton_err *err);

/* For the commit lane. JETON_E_CREDENTIALS: the user is disabled or gone by now. */
JETON_MUST jeton_status jd_login_begin(jd_accounts *accounts, jd_login *login, jd_tokens *tokens,
                                       jeton_err *err);

#endif
