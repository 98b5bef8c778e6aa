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

/* A verifier for our own access tokens, which also asks the revocation state. It borrows
 * `accounts`. The caller's: jeton_verifier_free().
 *
 * any_audience  false: it demands the server's own; true: it takes tokens for whatever audience a
 *               client has, and what audience is the right one is the caller's business. What a
 *               client's secret has signed is taken for that client and its audience only
 * keys          referenced; those with secrets are for `any_audience` only */
JETON_MUST jeton_status jd_access_token_verifier(jd_accounts *accounts, bool any_audience,
                                                 const jeton_keyset *keys,
                                                 jeton_verifier **verifier, jeton_err *err);

/* What an accepted token is called when it alone is revoked: its texts are the verdict's. */
void jd_access_token_name(const jeton_verdict *verdict, jd_token_name *name);

/* Whose an accepted token is. False when it is a client's own, which has no user and no session. */
JETON_MUST bool jd_access_token_owner(const jeton_verdict *verdict, jd_id *user, jd_id *session);

#endif
