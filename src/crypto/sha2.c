/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/sha2.c - SHA-2 on OpenSSL's low-level functions.
 *
 * They are deprecated since OpenSSL 3.0 and used on purpose, in this file only: fetching an EVP
 * digest costs more than a microsecond per call, three times what the HMAC of a token costs, and
 * an EVP_MD_CTX cannot be copied without allocating. They compute the same on every 3.x.
 */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/sha2.h"

#include "core/secret.h"

#include <openssl/sha.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(((jt_sha2 *)0)->state), "room for SHA-256");
_Static_assert(sizeof(SHA512_CTX) <= sizeof(((jt_sha2 *)0)->state), "room for SHA-512");

static const struct {
    size_t len, block;
} sizes[JT_HASH_COUNT] = {
    [JT_SHA256] = {SHA256_DIGEST_LENGTH, SHA256_CBLOCK},
    [JT_SHA384] = {SHA384_DIGEST_LENGTH, SHA512_CBLOCK},
    [JT_SHA512] = {SHA512_DIGEST_LENGTH, SHA512_CBLOCK},
};

size_t jt_hash_len(jt_hash hash)
{
    return sizes[hash].len;
}

size_t jt_hash_block(jt_hash hash)
{
    return sizes[hash].block;
}

void jt_sha2_init(jt_sha2 *sha2, jt_hash hash)
{
    sha2->hash = hash;
    void *state = sha2->state;
    switch (hash) {
    case JT_SHA256: (void)SHA256_Init(state); break;
    case JT_SHA384: (void)SHA384_Init(state); break;
    case JT_SHA512: (void)SHA512_Init(state); break;
    }
}

/* SHA-384 is SHA-512 with another start and a shorter digest; its state knows which. */

void jt_sha2_update(jt_sha2 *sha2, jeton_span bytes)
{
    if (bytes.len == 0)
        return;
    void *state = sha2->state;
    if (sha2->hash == JT_SHA256)
        (void)SHA256_Update(state, bytes.ptr, bytes.len);
    else
        (void)SHA512_Update(state, bytes.ptr, bytes.len);
}

void jt_sha2_final(jt_sha2 *sha2, uint8_t *digest)
{
    void *state = sha2->state;
    if (sha2->hash == JT_SHA256)
        (void)SHA256_Final(digest, state);
    else
        (void)SHA512_Final(digest, state);
}

void jt_sha2_once(jt_hash hash, jeton_span bytes, uint8_t *digest)
{
    jt_sha2 sha2;
    jt_sha2_init(&sha2, hash);
    jt_sha2_update(&sha2, bytes);
    jt_sha2_final(&sha2, digest);
    jt_wipe(&sha2, sizeof sha2);
}
