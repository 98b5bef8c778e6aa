/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/names.h - what a token is asked about: the names in its claims, as the log calls them.
 *
 * The server and everybody who reads its segment come to the same ids, without a secret.
 */
#ifndef JT_REVOKE_NAMES_H
#define JT_REVOKE_NAMES_H

#include "revoke/revocations.h"

#include <jeton/verdict.h>

/* A user or a session: its id as 22 characters of base64url. Of a token of ours the jti has
 * JT_REVOKED_ID characters, which are its id. False for anything else. */
JETON_MUST bool jt_revoked_id(jeton_span text, uint8_t id[JT_REVOKED_ID]);
JETON_MUST bool jt_revoked_token(jeton_span jti, uint8_t id[JT_REVOKED_ID]);

/* A client or a key, whose names have any length: the first bytes of a SHA-256. */
void jt_revoked_name(jeton_span name, uint8_t id[JT_REVOKED_ID]);

/* What a token of jeton serve says. */
typedef struct jt_names_of_token {
    uint64_t rev;
    bool of_user; /* false: it is a client's own, and has neither user nor session */
    bool has_index;
    uint64_t index; /* revoke/bits.h */
    uint8_t token[JT_REVOKED_ID], user[JT_REVOKED_ID], session[JT_REVOKED_ID];
    jeton_span client, kid;
} jt_names_of_token;

/* Reads it out of a verdict that shows its claims. False for a token that does not say what is
 * needed to ask: those of jeton serve do. One without a session says by its subject that it is its
 * client's own. One without an index has none; one that is no index of a list is not of ours. */
JETON_MUST bool jt_revoked_names(const jeton_verdict *verdict, jt_names_of_token *of);

/* Asks about everything a token names. JETON_OK or JETON_E_REVOKED. */
JETON_MUST jeton_status jt_revoked_ask(const jt_revoked_state *state, const jt_names_of_token *of);

/* Whether it has an index that nobody has announced here. */
JETON_MUST bool jt_revoked_is_unheard(const jt_revoked_state *state, const jt_names_of_token *of);

/* What to call it when that refused. A node that is not fresh refuses, like everything that nobody
 * has announced, an index that it has just not heard of. But nobody has revoked the token: to say
 * so would have clients throw good tokens away. JETON_E_REVOKED or JETON_E_STALE.
 *
 * fresh  as known before it was asked */
JETON_MUST jeton_status jt_revoked_why(const jt_revoked_state *state, const jt_names_of_token *of,
                                       bool fresh);

#endif
