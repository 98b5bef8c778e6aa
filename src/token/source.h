/* SPDX-License-Identifier: Apache-2.0 */
/* token/source.h - a verifier whose keys may change from one verification to the next: for
 * segment/. */
#ifndef JT_TOKEN_SOURCE_H
#define JT_TOKEN_SOURCE_H

#include <jeton/verifier.h>

/* Whether a token whose key is not among the keys of now has a key that there is not. */
typedef enum jt_doubt {
    JT_KEYS_SURE,  /* yes: they were all there are a moment ago */
    JT_KEYS_OTHER, /* there are others by now: they are to be looked at */
    JT_KEYS_OLD,   /* that is not known: others may have come meanwhile */
} jt_doubt;

/* Asked with the verdict of a verification that has found no key. */
typedef jt_doubt jt_doubt_fn(void *user, jeton_verdict *verdict);

typedef struct jt_key_source {
    void *user;

    /* The keys of this moment, pinned in verdict->keys until its next verification, and a number
     * (from 1, below 2^24) that is another one when they are. NULL: there are none yet. Any thread.
     */
    const jeton_keyset *(*take)(void *user, jeton_verdict *verdict, uint64_t *number);

    jt_doubt_fn *doubt; /* NULL: the keys are always sure */

    void (*done)(void *user); /* with the verifier */
} jt_key_source;

/* jeton_verifier_new() with a source, which is copied. On failure source->done is not called. */
JETON_MUST jeton_status jt_verifier_new_from(const jeton_ctx *ctx, const jeton_policy *policy,
                                             const jt_key_source *source, jeton_verifier **verifier,
                                             jeton_err *err);

/* For a verifier with keys of its own: who may not know of every key says so, and such a token is
 * refused with JETON_E_STALE in the place of JETON_E_KEY_UNKNOWN: nobody knows anything bad of it.
 * Before the verifier is used. */
void jt_verifier_on_doubt(jeton_verifier *verifier, jt_doubt_fn *doubt, void *user);

#endif
