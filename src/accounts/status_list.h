/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/status_list.h - the lists of token bits for verifiers that are not ours: Status List
 * Tokens (IETF draft-ietf-oauth-status-list), one bit for each place, signed like our other tokens.
 *
 * A list is made when somebody asks for it, and kept for a few seconds at least, so how often it is
 * asked for costs nothing. It always has all of its places: what is leased, issued or used of them
 * does not show. What is revoked otherwise than by a token's index (a session, a user, everything)
 * is not in it: those who read it learn of that when the token expires.
 */
#ifndef JD_ACCOUNTS_STATUS_LIST_H
#define JD_ACCOUNTS_STATUS_LIST_H

#include "accounts/accounts.h"

#include <jeton/claims.h>

#define JD_STATUS_LIST_PATH "/statuslists"

typedef struct jd_status_lists jd_status_lists;

/* Those of open and named accounts, which are borrowed. JETON_E_NOMEM. */
JETON_MUST jeton_status jd_status_lists_open(const jd_accounts *accounts, jd_status_lists **lists,
                                             jeton_err *err);
void jd_status_lists_close(jd_status_lists **lists);

#define JD_STATUS_ETAG 32U

typedef struct jd_status_list {
    jeton_span token; /* in the arena */
    char etag[JD_STATUS_ETAG + 3];
    int64_t max_age; /* seconds */
} jd_status_list;

/* The list as it is kept.
 *
 * JETON_E_NOT_FOUND  there is no such list, or not any more
 * JETON_E_BUSY       it has to be made: jd_status_list_make(), by somebody who may take a while */
JETON_MUST jeton_status jd_status_list_find(jd_status_lists *lists, uint64_t number,
                                            jt_arena *arena, jd_status_list *list, jeton_err *err);
JETON_MUST jeton_status jd_status_list_make(jd_status_lists *lists, uint64_t number,
                                            jt_arena *arena, jd_status_list *list, jeton_err *err);

/* Where a list is to be found: its "sub", and the "uri" of tokens. At most JD_STATUS_URI bytes and
 * a NUL. */
#define JD_STATUS_URI (JD_CONFIG_TEXT + 40U)
void jd_status_uri(const jd_accounts *accounts, uint64_t number, char uri[JD_STATUS_URI]);

/* Puts the claim "status" that refers to an index. */
void jd_status_claim(const jd_accounts *accounts, uint64_t index, jeton_claims *claims);

#endif
