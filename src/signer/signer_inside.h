/* SPDX-License-Identifier: Apache-2.0 */
/* signer/signer_inside.h - what the files of the signer share. */
#ifndef JD_SIGNER_SIGNER_INSIDE_H
#define JD_SIGNER_SIGNER_INSIDE_H

#include "signer/keyring.h"
#include "signer/signer.h"
#include "store/store.h"

#include <pthread.h>

struct jd_signer {
    const jeton_ctx *ctx;
    jd_signer_options options;
    char alg[16];
    jd_store *store;
    const jd_sealer *sealer;
    jeton_time opened;
    jeton_time promised; /* until when somebody may keep a set of keys under an earlier max_age */

    pthread_mutex_t change; /* held by whoever changes keys, from reading the ring to swapping it */
    pthread_cond_t news;    /* with `change`: something else is due */
    uint64_t generation;    /* of what is due */
    uint64_t tended;        /* the one that jd_signer_tend() has seen last */
    pthread_rwlock_t lock;  /* of the pointer `ring`; never held while the store is asked */
    jd_keyring *ring;
    bool stale; /* under `change`: the store knows more than `ring` does */

    jd_signer_watcher *watcher; /* under `change` */
    void *watching;
};

/* For those who hold `change`. */

/* Takes `change`, and makes up for a reload that failed. To be let go whatever comes back. */
JETON_MUST jeton_status jd_signer_begin(jd_signer *signer, jeton_err *err);

/* Takes up what is in the store now. */
JETON_MUST jeton_status jd_signer_reload(jd_signer *signer, jeton_err *err);

/* Adds a new key pair, unless there is one of that algorithm and state already: other nodes may be
 * at it, too. The caller reloads. */
JETON_MUST jeton_status jd_signer_make(jd_signer *signer, jeton_span alg, const char *state,
                                       jeton_time ready, jeton_err *err);

#define JD_HS256 "HS256"

#endif
