/* SPDX-License-Identifier: Apache-2.0 */
/* store/clients.h - clients: added, listed, changed, disabled, removed. The rules of store/store.h
 * hold. */
#ifndef JD_STORE_CLIENTS_H
#define JD_STORE_CLIENTS_H

#include "core/arena.h"
#include "revoke/revocations.h"
#include "store/revoke.h"
#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* An application that gets tokens. What the texts may be is accounts/client.h's business. */
typedef struct jd_client {
    jeton_span id;
    jeton_span name;                              /* for people */
    jeton_span secret;                            /* a keyed hash; empty: a public client */
    jeton_span audience;                          /* the aud of its tokens; empty: the server's */
    jeton_span scopes;                            /* words: what its tokens may be good for */
    jeton_span grants;                            /* words: the grant types it may use */
    int64_t access_ttl, refresh_ttl, session_ttl; /* seconds; 0: as the settings say */
    jeton_span alg;                               /* of its tokens; empty: the server's */
    bool disabled;
    jeton_time created;
} jd_client;

/* JETON_E_EXISTS */
JETON_MUST jeton_status jd_store_client_add(jd_store *store, const jd_client *client,
                                            jeton_err *err);

typedef struct jd_client_list {
    const jd_client *at;
    size_t count;
} jd_client_list;

/* At most `most` clients in the order of their ids, those after the id `after` (empty: from the
 * first). Fewer than `most` means that there are no more. */
JETON_MUST jeton_status jd_store_client_list(jd_store *store, jeton_span after, size_t most,
                                             jt_arena *arena, jd_client_list *clients,
                                             jeton_err *err);

/* Replaces all of a client but its id, its secret, `disabled` and `created`, if it still is what it
 * was when it was read.
 * JETON_E_NOT_FOUND: it is not there, or somebody has changed it meanwhile. */
JETON_MUST jeton_status jd_store_client_change(jd_store *store, const jd_client *was,
                                               const jd_client *becomes, jeton_err *err);

/* Replaces the hash of its secret. JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_store_client_set_secret(jd_store *store, jeton_span id, jeton_span hash,
                                                   jeton_err *err);

/* Disables or removes the client revoking->client, and does what jd_store_revoke() does.
 * JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_store_client_disable(jd_store *store, const jd_revoking *revoking,
                                                jt_revocation *entry, jeton_err *err);
JETON_MUST jeton_status jd_store_client_remove(jd_store *store, const jd_revoking *revoking,
                                               jt_revocation *entry, jeton_err *err);

/* JETON_E_NOT_FOUND. A client that is enabled already stays so. */
JETON_MUST jeton_status jd_store_client_enable(jd_store *store, jeton_span id, jeton_err *err);

#endif
