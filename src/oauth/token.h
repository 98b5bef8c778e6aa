/* SPDX-License-Identifier: Apache-2.0 */
/* oauth/token.h - the grants of the token endpoint (RFC 6749 §4.3, §4.4, §6), one file for each and
 * one table. To add one: token_<grant>.c and a row in token.c. */
#ifndef JD_OAUTH_TOKEN_H
#define JD_OAUTH_TOKEN_H

#include "accounts/login.h"
#include "store/clients.h"

/* A request to the token endpoint on its way through its grant. */
typedef struct jd_token_request {
    jd_accounts *accounts;
    jt_arena *arena;
    jd_client client; /* authenticated */
    jeton_span grant_type, scope, username, password, refresh_token;
    jeton_span device;   /* the User-Agent */
    const char *address; /* of the client */
    const jd_address *client_address;
    int64_t *wait;  /* gets the seconds of JETON_E_RATE */
    const char *id; /* of the request, for the log */
    jd_login login;
} jd_token_request;

typedef struct jd_grant {
    const char *name;
    bool proven; /* for clients with a secret only */
    bool writes; /* issue waits for the disk */
    /* Checks the fields; must not block. */
    jeton_status (*prepare)(jd_token_request *request, jeton_err *err);
    /* NULL, or what takes as long as a password hash. */
    jeton_status (*check)(jd_token_request *request, jeton_err *err);
    jeton_status (*issue)(jd_token_request *request, jd_tokens *tokens, jeton_err *err);
} jd_grant;

extern const jd_grant jd_grant_client_credentials;
extern const jd_grant jd_grant_password;
extern const jd_grant jd_grant_refresh_token;

/* The grant of a request; an absent grant_type with a user name is "password", as the forms of some
 * frameworks have it.
 *
 * JETON_E_REQUEST       grant_type is missing
 * JETON_E_GRANT         there is no such grant
 * JETON_E_UNAUTHORIZED  the client may not use it
 * JETON_E_WIDER         the scope is not words parted by single spaces
 */
JETON_MUST jeton_status jd_grant_of(const jd_token_request *request, const jd_grant **grant,
                                    jeton_err *err);

/* The names of all grants, NULL at the end: for discovery. */
const char *const *jd_grant_names(void);

#endif
