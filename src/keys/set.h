/* SPDX-License-Identifier: Apache-2.0 */
/* keys/set.h - what a key set is inside, and how one is filled: for keys/ only. */
#ifndef JT_KEYS_SET_H
#define JT_KEYS_SET_H

#include "keys/key.h"

#include <stdatomic.h>

struct jeton_keyset {
    atomic_size_t refs;
    const jeton_ctx *ctx;
    size_t skipped;
    jeton_err first_skipped;
    size_t count;
    jeton_key *keys[];
};

/* An empty set with room for that many keys. JETON_E_LIMIT: more than jeton_limits.keys. */
JETON_MUST jeton_status jt_keyset_make(const jeton_ctx *ctx, size_t room, jeton_keyset **set,
                                       jeton_err *err);

/* Whether a key of that type and kid is in the set. Keys without one are never the same. */
bool jt_keyset_has(const jeton_keyset *set, const jeton_key *key);

/* Puts a key in, for which there is room; the set takes over the caller's reference. */
void jt_keyset_put(jeton_keyset *set, jeton_key *key);

#endif
