/* SPDX-License-Identifier: Apache-2.0 */
/* keys/key.h - what the token layer asks of a key. */
#ifndef JT_KEYS_KEY_H
#define JT_KEYS_KEY_H

#include "keys/alg.h"

#include <jeton/keyset.h>

/* What a key is to be used for; "use" and "key_ops" (RFC 7517 §4.2, §4.3) may forbid it. */
typedef enum jt_key_op {
    JT_OP_SIGN,
    JT_OP_VERIFY,
} jt_key_op;

/* The one rule that binds a key to an algorithm: JETON_OK when `key` may do `op` with `alg`.
 *
 * JETON_E_ALG      the key is of another type or curve, or bound to another algorithm
 * JETON_E_KEY      a secret that is shorter than the hash (RFC 7518 §3.2)
 * JETON_E_KEY_USE  "use" or "key_ops" forbid it, or there is no private part to sign with
 */
JETON_MUST jeton_status jt_key_allows(const jeton_key *key, jeton_alg alg, jt_key_op op,
                                      jeton_err *err);

/* Signs or verifies with an algorithm that jt_key_allows() has passed. *len is what `sig` has
 * room for (JT_LIMIT_SIGNATURE is always enough), then what was written. */
JETON_MUST jeton_status jt_key_sign(const jeton_key *key, jeton_alg alg, jeton_span input,
                                    uint8_t *sig, size_t *len, jeton_err *err);
JETON_MUST jeton_status jt_key_verify(const jeton_key *key, jeton_alg alg, jeton_span input,
                                      jeton_span sig, jeton_err *err);

/* The same of an input that comes in parts, with an algorithm that jt_alg_row(alg)->begin says can
 * do that: begin, jt_sha2_update() for each part, end. Beginning depends on the key only where
 * jt_alg_row(alg)->keyed. */
void jt_key_begin(const jeton_key *key, jeton_alg alg, jt_sha2 *running);
JETON_MUST jeton_status jt_key_sign_end(const jeton_key *key, jeton_alg alg, jt_sha2 *running,
                                        uint8_t *sig, size_t *len, jeton_err *err);
JETON_MUST jeton_status jt_key_verify_end(const jeton_key *key, jeton_alg alg, jt_sha2 *running,
                                          jeton_span sig, jeton_err *err);

/* Which key it is, whatever it is called: SHA-256 of what RFC 7638 has hashed, JT_KEY_DIGEST bytes
 * that live as long as the key. Made at the first call, by any thread. NULL for a secret, and when
 * there is no memory. */
#define JT_KEY_DIGEST 32U
const uint8_t *jt_key_digest(const jeton_key *key);

/* The set once more: adds a reference. */
jeton_keyset *jt_keyset_ref(const jeton_keyset *set);

/* The keys a token may be checked with, best first: those whose kid is `kid`, then those without
 * one; with an empty `kid`, all. Start with *at = 0 and call again until NULL. Keys are borrowed
 * from the set; whether one may be used for the token's algorithm is jt_key_allows()'s answer. */
const jeton_key *jt_keyset_next(const jeton_keyset *set, jeton_span kid, size_t *at);

/* The same for a token that names no kid but the certificate ("x5t#S256"). */
const jeton_key *jt_keyset_next_x5t(const jeton_keyset *set, jeton_span x5t, size_t *at);

#endif
