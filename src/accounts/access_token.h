/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/access_token.h - what stands in an access token (DESIGN.md §5), and what is demanded of
 * one that comes back. Writer and reader of the same claims, so they are in one file. */
#ifndef JD_ACCOUNTS_ACCESS_TOKEN_H
#define JD_ACCOUNTS_ACCESS_TOKEN_H

#include "accounts/accounts.h"
#include "accounts/revoke.h"
#include "store/clients.h"
#include "store/sessions.h"
#include "store/users.h"

#include <jeton/verifier.h>

#define JD_INDEX_CLAIM "idx" /* list << 20 | place, see revoke/bits.h */

/* What a token is made of. */
typedef struct jd_access {
    const jd_session *session; /* NULL: the client acts for itself (client_credentials) */
    const jd_user *user;       /* NULL then */
    const jd_client *client;
    jeton_span scope;
    jeton_span csrf; /* for a token that goes into a cookie (csrf.h); empty: none */
    uint64_t rev;    /* the head of the log in the transaction that began or rotated the session */
    jeton_time issued, expires;
} jd_access;

/* Makes a token. *token is the caller's: jeton_text_free(). */
JETON_MUST jeton_status jd_access_token_sign(const jd_accounts *accounts, const jd_access *access,
                                             jeton_text **token, jeton_err *err);

/* The same for a token that no transaction of the store stands behind: nothing has told which keys
 * there are now, so the node has to be fresh. JETON_E_STALE: it is not. */
JETON_MUST jeton_status jd_access_token_sign_fresh(const jd_accounts *accounts,
                                                   const jd_access *access, jeton_text **token,
                                                   jeton_err *err);

/* What tokens are taken for. Of those for any audience, what a client's secret has signed is taken
 * for that client and its audience only. */
typedef enum jd_taking {
    JD_TAKE_OURS,      /* the audience is the server's own */
    JD_TAKE_ANY,       /* whatever audience a client has: which is right is the caller's business */
    JD_TAKE_TO_REVOKE, /* the same, to end it. What is revoked is not asked, and dates are judged as
                          if clocks were JD_REVOKE_LEEWAY wrong: a token that only this node takes
                          for over, or for not yet issued, is not lost */
    JD_TAKINGS,
} jd_taking;

/* Seconds. A token that expired earlier is one that no node accepts: none is fresh whose clock is
 * further from the store's than its leeway. */
#define JD_REVOKE_LEEWAY (JD_DAY + JD_LEEWAY_MAX)

/* A verifier for our own access tokens. It borrows `accounts`. The caller's: jeton_verifier_free().
 *
 * Where nodes share a store, an "iat" in the future is no reason to refuse: we have issued it, so
 * it says nothing but that two clocks differ, and what is revoked is told by "rev".
 *
 * keys  referenced; those with secrets are not for JD_TAKE_OURS */
JETON_MUST jeton_status jd_access_token_verifier(jd_accounts *accounts, jd_taking taking,
                                                 const jeton_keyset *keys,
                                                 jeton_verifier **verifier, jeton_err *err);

/* What an accepted token is called when it alone is revoked: its texts are the verdict's. */
void jd_access_token_name(const jeton_verdict *verdict, jd_token_name *name);

/* Whose an accepted token is. False when it is a client's own, which has no user and no session. */
JETON_MUST bool jd_access_token_owner(const jeton_verdict *verdict, jd_id *user, jd_id *session);

#endif
