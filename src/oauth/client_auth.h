/* SPDX-License-Identifier: Apache-2.0 */
/* oauth/client_auth.h - which client sends a request, and can it prove that (RFC 6749 §2.3): by
 * HTTP Basic or by form fields, exactly one of the two. */
#ifndef JD_OAUTH_CLIENT_AUTH_H
#define JD_OAUTH_CLIENT_AUTH_H

#include "accounts/client.h"
#include "store/clients.h"

/* What a request says. */
typedef struct jd_client_claim {
    size_t headers;           /* how many Authorization headers there are */
    jeton_span authorization; /* the first one */
    jeton_span id, secret;    /* the form fields client_id and client_secret */
} jd_client_claim;

/* Reads "Basic BASE64(id:secret)", both form-encoded inside (§2.3.1). The texts live in the arena.
 * False for anything else. */
JETON_MUST bool jd_client_basic(jeton_span authorization, jt_arena *arena, jeton_span *id,
                                jeton_span *secret);

/* Authenticates. No id at all is the client of those who name none; so is a header in which id and
 * secret are empty.
 *
 * proven  only a client with a secret will do
 *
 * JETON_E_REQUEST  both methods, or two ids that differ
 * JETON_E_CLIENT   unknown, disabled, the secret missing or wrong, or there where none is due
 */
JETON_MUST jeton_status jd_client_authenticate(const jd_accounts *accounts,
                                               const jd_client_claim *claim, bool proven,
                                               jt_arena *arena, jd_client *client, jeton_err *err);

#endif
