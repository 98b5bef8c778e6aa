/* SPDX-License-Identifier: Apache-2.0 */
/* signer/keyring.h - the signing keys of one moment, out of the store: which of them sign, which
 * only verify, and what is published of them.
 *
 * A ring is the keys of one algorithm, or the secrets of one client: it has one key that signs. A
 * keyring never changes once made but for what its keys remember of their use; a change of keys
 * makes a new one. Private keys do not leave this folder.
 */
#ifndef JD_SIGNER_KEYRING_H
#define JD_SIGNER_KEYRING_H

#include "signer/seal.h"
#include "store/keys.h"

#include <jeton/keyset.h>
#include <jeton/signer.h>
#include <jeton/text.h>
#include <stdatomic.h>

#define JD_ETAG_CHARS 16U

typedef struct jd_ring_key {
    jd_stored_key row;       /* its texts are the keyring's; sealed is empty */
    jeton_key *key;          /* the public half, or the secret; NULL: withdrawn */
    jeton_signer *signer;    /* of keys that are active or next */
    jeton_signer *of_lists;  /* likewise, for what is no access token: by its typ */
    _Atomic jeton_time last; /* when the last token signed with it expires, as far as is known */
} jd_ring_key;

typedef struct jd_keyring {
    const jeton_ctx *ctx;
    jt_arena arena;
    jd_ring_key *at; /* oldest first */
    size_t count;
    bool shared;             /* other nodes have the keys, too */
    uint64_t changed;        /* the number of the last notice about keys when they were read */
    jeton_keyset *published; /* the key pairs: those that sign, will sign, have signed */
    jeton_keyset *all;       /* the secrets as well: for ourselves */
    jeton_text *jwks;        /* `published`, printed */
    char etag[JD_ETAG_CHARS + 1];
} jd_keyring;

/* Loads all keys of the store.
 *
 * ring  set to NULL first; on JETON_OK the caller owns it: jd_keyring_free()
 *
 * JETON_E_KEY  a key does not open or is broken
 */
JETON_MUST jeton_status jd_keyring_load(const jeton_ctx *ctx, jd_store *store,
                                        const jd_sealer *sealer, jd_keyring **ring, jeton_err *err);

/* Wipes the keys, frees *ring and sets it to NULL. */
void jd_keyring_free(jd_keyring **ring);

/* Whether the key is in that state: "next", … */
bool jd_ring_key_is(const jd_ring_key *key, const char *state);

/* The key of a ring that signs: the youngest that is active and that every node has. NULL: there is
 * none. The client is empty but for the ring of its secrets. */
jd_ring_key *jd_keyring_active(const jd_keyring *ring, jeton_span alg, jeton_span client);

/* The youngest that is active but not known to every node yet, or NULL. It signs as soon as it is.
 */
jd_ring_key *jd_keyring_awaited(const jd_keyring *ring, jeton_span alg, jeton_span client);

/* Whether every node has the key. */
bool jd_ring_key_is_known(const jd_ring_key *key);

/* The youngest that will sign, or NULL. */
jd_ring_key *jd_keyring_next(const jd_keyring *ring, jeton_span alg, jeton_span client);

/* By its kid, whatever its state; NULL. */
jd_ring_key *jd_keyring_find(const jd_keyring *ring, jeton_span kid);

/* Where a private key is sealed. */
jd_place jd_key_place(jeton_span kid);

#endif
