/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/meta_key.h - keys that the program makes for itself at its first start and keeps in the
 * store's meta, sealed under the master key. */
#ifndef JD_ACCOUNTS_META_KEY_H
#define JD_ACCOUNTS_META_KEY_H

#include "core/arena.h"
#include "signer/seal.h"
#include "store/store.h"

#define JD_META_KEY_BYTES 32U

/* A key that was just made: how it is put into the store. *winner is what is there afterwards. */
typedef jeton_status jd_meta_keep(jd_store *store, const char *name, jeton_span sealed,
                                  jeton_span key, jt_arena *arena, jeton_span *winner,
                                  jeton_err *err);

typedef struct jd_meta_key {
    const char *name; /* in meta */
    jd_meta_keep *keep;
} jd_meta_key;

/* Reads the key, making it when there is none: of several who do so at once, one wins.
 *
 * key  emptied first; on JETON_OK the caller's: jt_secret_done()
 *
 * JETON_E_CRYPTO  it does not open
 * JETON_E_STORE   it is damaged
 */
JETON_MUST jeton_status jd_meta_key_open(const jd_meta_key *which, jd_store *store,
                                         const jd_sealer *sealer, jt_secret *key, jeton_err *err);

#endif
