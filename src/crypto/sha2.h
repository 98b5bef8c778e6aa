/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/sha2.h - SHA-256, SHA-384 and SHA-512 (FIPS 180-4).
 *
 * A state is a plain value: copying one forks the computation, which is what makes a prepared HMAC
 * key cheap. Nothing here can fail. A state that has seen a secret is the caller's to wipe.
 */
#ifndef JT_CRYPTO_SHA2_H
#define JT_CRYPTO_SHA2_H

#include <jeton/span.h>

typedef enum jt_hash {
    JT_SHA256,
    JT_SHA384,
    JT_SHA512,
} jt_hash;

#define JT_HASH_COUNT     3U
#define JT_HASH_MAX       64U  /* bytes of the longest digest */
#define JT_HASH_BLOCK_MAX 128U /* bytes of the longest block */

/* Bytes of the digest; bytes of the block the hash works on. */
size_t jt_hash_len(jt_hash hash);
size_t jt_hash_block(jt_hash hash);

typedef struct jt_sha2 {
    jt_hash hash;
    uint64_t state[27]; /* OpenSSL's SHA256_CTX or SHA512_CTX; its header stays in sha2.c */
} jt_sha2;

void jt_sha2_init(jt_sha2 *sha2, jt_hash hash);
void jt_sha2_update(jt_sha2 *sha2, jeton_span bytes);

/* Writes jt_hash_len() bytes. The state is used up: init it again or throw it away. */
void jt_sha2_final(jt_sha2 *sha2, uint8_t *digest);

/* The three in one. */
void jt_sha2_once(jt_hash hash, jeton_span bytes, uint8_t *digest);

#endif
