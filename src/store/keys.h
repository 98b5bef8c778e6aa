/* SPDX-License-Identifier: Apache-2.0 */
/* store/keys.h - signing keys, and the states they go through. The rules of store/store.h hold. */
#ifndef JD_STORE_KEYS_H
#define JD_STORE_KEYS_H

#include "core/arena.h"
#include "revoke/revocations.h"
#include "store/revoke.h"
#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

typedef struct jd_stored_key {
    jeton_span kid;
    jeton_span alg;    /* "ES256" */
    jeton_span state;  /* "next", "active", "retiring", "withdrawn" */
    jeton_span public; /* the public JWK; empty for a secret */
    jeton_span sealed; /* the private JWK, sealed; empty once destroyed */
    jeton_time created;
    jeton_span client; /* of a secret: the client it is good for; empty: of a key pair */
    jeton_time since;  /* when it got its state */
    jeton_time ready;  /* of a next one: when it may sign at the earliest */
    jeton_time until;  /* when it is to lose its state; 0: not set */
    /* The notice in the log that told other nodes of it; 0 once each of them has it, and in a store
     * that is not shared. Whoever adds a key does not fill it in. */
    uint64_t announced;
} jd_stored_key;

typedef struct jd_stored_keys {
    const jd_stored_key *at;
    size_t count;
    uint64_t changed; /* the number of the last notice about keys: these are the keys of then */
} jd_stored_keys;

/* Where others follow the log, the key is announced. JETON_E_EXISTS: there is a key of that kid. */
JETON_MUST jeton_status jd_store_key_add(jd_store *store, const jd_stored_key *key, jeton_err *err);

/* The same for what several nodes may find missing at the same time: one of them adds it.
 *
 * JETON_E_EXISTS: there is a key of that state, algorithm and client already */
JETON_MUST jeton_status jd_store_key_add_first(jd_store *store, const jd_stored_key *key,
                                               jeton_err *err);

/* All keys, oldest first. */
JETON_MUST jeton_status jd_store_key_list(jd_store *store, jt_arena *arena, jd_stored_keys *keys,
                                          jeton_err *err);

/* Each node has the keys that were announced up to this number. With a notice, so that they all
 * know that; without effect, and without one, when somebody has said so before. */
JETON_MUST jeton_status jd_store_key_known(jd_store *store, uint64_t n, jeton_err *err);

/* The last change of keys that anything read from this store, by this program, has told of: who
 * signs something in a transaction with a key from before that has to look again.
 * jd_store_keys_told() tells of one that was heard of elsewhere. */
uint64_t jd_store_keys_changed(const jd_store *store);
void jd_store_keys_told(jd_store *store, uint64_t n);

/* A key in the state `from` gets the state `to`, which may be the same. */
typedef struct jd_key_change {
    jeton_span kid;
    jeton_span from, to;
    jeton_time since, until; /* what they become */
    bool destroy;            /* the sealed part becomes empty */
} jd_key_change;

/* Makes all of the changes, or none.
 *
 * mark   NULL, or what is put into the log with them; see jd_store_revoke()
 * entry  the mark, to be applied; number 0: there is none
 *
 * JETON_E_NOT_FOUND  a key is not there, or not in the state it must be in
 * JETON_E_ARGUMENT   not one of the states
 */
JETON_MUST jeton_status jd_store_key_change(jd_store *store, const jd_key_change *changes,
                                            size_t count, const jd_revoking *mark,
                                            jt_revocation *entry, jeton_err *err);

#endif
