/* SPDX-License-Identifier: Apache-2.0 */
/* token/verdict.h - what a verdict is inside: the answer, and the scratch memory it was found in.
 */
#ifndef JT_TOKEN_VERDICT_H
#define JT_TOKEN_VERDICT_H

#include "token/hazard.h"
#include "token/jws.h"
#include "json/json.h"

#include <jeton/verdict.h>

/* What a verdict borrows from something that may be replaced at any time (segment/): while it is
 * pinned it stays. */
typedef struct jt_pin {
    void *what; /* NULL: nothing */
    void (*let_go)(void *what);
} jt_pin;

struct jeton_verdict {
    const jeton_ctx *ctx;
    bool accepted;   /* set to true in one place: jeton_verify() */
    jeton_err err;   /* the first reason, when refused */
    bool remembered; /* found in a cache, whatever the hooks said then */
    uint32_t failed;
    char claim[128];
    const jeton_key *key;
    const jt_val *claims; /* NULL unless accepted, or while the revocation hook looks */
    jeton_span payload;
    jeton_span token; /* what was verified: borrowed from the caller; empty when refused */
    /* scratch, reused by the next verification */
    jt_jws jws;
    jt_buf claims_pool;
    jt_reader *reader; /* its part in the cache it was last used with; NULL: none. What was found
                          there is held until the next verification */
    jt_pin keys;       /* where the key of the last verification came from, if not from one set */
    jt_pin state;      /* the state of revocations that was asked last, if it was another one */
};

/* Back to refused, with nothing of the last token left within reach. */
void jt_verdict_reset(jeton_verdict *verdict);

/* Lets go of what is pinned, and pins `what`, whose one reference the pin takes over. */
void jt_pin_set(jt_pin *pin, void *what, void (*let_go)(void *what));

/* Notes that `check` failed on the claim `name`. The first one is kept as the reason. Returns
 * `status`. */
jeton_status jt_verdict_failure(jeton_verdict *verdict, jeton_check check, const char *name,
                                jeton_status status, const char *why);

#endif
