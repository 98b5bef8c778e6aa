/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/hmac.h - HMAC (RFC 2104) with a key that was prepared once.
 *
 * The key holds the two hash states behind its padded forms; a MAC copies them. How long a secret
 * has to be is not decided here: an empty one works.
 */
#ifndef JT_CRYPTO_HMAC_H
#define JT_CRYPTO_HMAC_H

#include "crypto/sha2.h"

#include <jeton/error.h>

/* Never changes after init, so threads may share it. */
typedef struct jt_hmac_key {
    jt_sha2 inner, outer;
} jt_hmac_key;

/* `secret` is borrowed for the call only. */
void jt_hmac_init(jt_hmac_key *key, jt_hash hash, jeton_span secret);

/* Makes an HMAC-SHA-256 key for one purpose out of a secret that serves several: the MAC of the
 * purpose's name under it, so that no two purposes have a key in common and none tells the
 * secret. */
void jt_hmac_derive(jt_hmac_key *key, jeton_span secret, const char *purpose);

/* Wipes. NULL is fine. */
void jt_hmac_done(jt_hmac_key *key);

/* Writes jt_hash_len() bytes. */
void jt_hmac_sign(const jt_hmac_key *key, jeton_span input, uint8_t *mac);

/* Whether `mac` is the whole MAC of `input`; a truncated one is not. In time that depends on the
 * lengths only. */
JETON_MUST bool jt_hmac_verify(const jt_hmac_key *key, jeton_span input, jeton_span mac);

/* The same of an input that comes in parts: begin, jt_sha2_update() for each part, and one of the
 * ends, which wipe the state. */
void jt_hmac_begin(const jt_hmac_key *key, jt_sha2 *running);
void jt_hmac_sign_end(const jt_hmac_key *key, jt_sha2 *running, uint8_t *mac);
JETON_MUST bool jt_hmac_verify_end(const jt_hmac_key *key, jt_sha2 *running, jeton_span mac);

#endif
