/* SPDX-License-Identifier: Apache-2.0 */
/* keys/alg.h - the table of algorithms: what each one needs of a key, and its functions. */
#ifndef JT_KEYS_ALG_H
#define JT_KEYS_ALG_H

#include "crypto/sha2.h"

#include <jeton/alg.h>
#include <jeton/key.h>

typedef struct jt_alg {
    jeton_alg id;
    const char *name;
    const char *kty; /* the key type it works with … */
    const char *crv; /* … and its curve, or NULL */
    jt_hash hash;
    /* Signature over `input`; *len is what `sig` has room for, then what was written. */
    jeton_status (*sign)(const struct jt_alg *alg, const jeton_key *key, jeton_span input,
                         uint8_t *sig, size_t *len, jeton_err *err);
    /* JETON_OK or JETON_E_SIGNATURE; JETON_E_CRYPTO and JETON_E_NOMEM refuse as well. */
    jeton_status (*verify)(const struct jt_alg *alg, const jeton_key *key, jeton_span input,
                           jeton_span sig, jeton_err *err);
    /* The same of an input that comes in parts: begin, jt_sha2_update(), end. NULL where the
     * algorithm goes over the input twice, and so needs all of it at once. */
    void (*begin)(const struct jt_alg *alg, const jeton_key *key, jt_sha2 *running);
    jeton_status (*sign_end)(const struct jt_alg *alg, const jeton_key *key, jt_sha2 *running,
                             uint8_t *sig, size_t *len, jeton_err *err);
    jeton_status (*verify_end)(const struct jt_alg *alg, const jeton_key *key, jt_sha2 *running,
                               jeton_span sig, jeton_err *err);
    bool keyed; /* begin() depends on the key, not on the hash alone */
} jt_alg;

/* The row of an algorithm; NULL for JETON_ALG_UNSET and numbers that are not in the list. */
const jt_alg *jt_alg_row(jeton_alg id);

/* Whether two names mean one algorithm for a key on `crv`: equal, or one of them is the old
 * "EdDSA" (RFC 9864 §2.2) and the other the algorithm of that curve. */
bool jt_alg_same(jeton_alg a, jeton_alg b, const char *crv);

/* Whether each bit of a set of algorithms stands for one: JETON_E_ARGUMENT otherwise. */
JETON_MUST jeton_status jt_algs_are_known(uint32_t algs, jeton_err *err);

#endif
