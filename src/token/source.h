/* SPDX-License-Identifier: Apache-2.0 */
/* token/source.h - a verifier whose keys may change from one verification to the next: for
 * segment/. */
#ifndef JT_TOKEN_SOURCE_H
#define JT_TOKEN_SOURCE_H

#include <jeton/verifier.h>

typedef struct jt_key_source {
    void *user;

    /* The keys of this moment, pinned in verdict->keys until its next verification, and a number
     * (from 1, below 2^24) that is another one when they are. NULL: there are none yet. Any thread.
     */
    const jeton_keyset *(*take)(void *user, jeton_verdict *verdict, uint64_t *number);

    void (*done)(void *user); /* with the verifier */
} jt_key_source;

/* jeton_verifier_new() with a source, which is copied. On failure source->done is not called. */
JETON_MUST jeton_status jt_verifier_new_from(const jeton_ctx *ctx, const jeton_policy *policy,
                                             const jt_key_source *source, jeton_verifier **verifier,
                                             jeton_err *err);

#endif
