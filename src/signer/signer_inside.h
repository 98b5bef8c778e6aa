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
    jeton_time opened;   /* by the clock that keys live by, as all times here: jd_signer_look() */
    jeton_time now;      /* when it was looked at last, under `change` … */
    int64_t looked;      /* … jd_monotonic() then */
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

/* What time it is by the clock that keys live by: the database's where nodes share one, so that a
 * node whose clock is wrong neither lets a key sign nor destroys one too early. */
JETON_MUST jeton_status jd_signer_look(jd_signer *signer, jeton_err *err);

/* Takes `change`, looks at the clock, and takes up what the store has that the ring has not. To be
 * let go whatever comes back. */
JETON_MUST jeton_status jd_signer_begin(jd_signer *signer, jeton_err *err);

/* Takes up what is in the store now. */
JETON_MUST jeton_status jd_signer_reload(jd_signer *signer, jeton_err *err);

/* Adds a new key pair, unless there is one of that algorithm and state already: other nodes may be
 * at it, too. The caller reloads. */
JETON_MUST jeton_status jd_signer_make(jd_signer *signer, jeton_span alg, const char *state,
                                       jeton_time ready, jeton_err *err);

/* Does what is due, until nothing is. */
JETON_MUST jeton_status jd_signer_tend_all(jd_signer *signer, jeton_time *due, jeton_err *err);

/* There is a key pair of that algorithm that signs afterwards, now or when all nodes have it. */
JETON_MUST jeton_status jd_signer_ensure(jd_signer *signer, jeton_span alg, jeton_err *err);

#define JD_HS256 "HS256"

#endif
