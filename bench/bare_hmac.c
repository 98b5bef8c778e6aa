/* SPDX-License-Identifier: Apache-2.0 */
/* bench/bare_hmac.c - HMAC: two prepared states of OpenSSL, copied. Nothing is wiped. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "bare.h"

#include <openssl/crypto.h>

/* What differs between SHA-256 and the larger ones. The functions take the state untyped. */
static void start(bench_sha2 *state, jt_hash hash)
{
    switch (hash) {
    case JT_SHA256: (void)SHA256_Init(&state->sha256); break;
    case JT_SHA384: (void)SHA384_Init(&state->sha512); break;
    case JT_SHA512: (void)SHA512_Init(&state->sha512); break;
    }
}

static void absorb_key(bench_sha2 *state, jt_hash hash, uint8_t pad)
{
    uint8_t block[JT_HASH_BLOCK_MAX];
    const size_t len = jt_hash_block(hash);
    for (size_t i = 0; i < len; i++)
        block[i] = (i < strlen(bench_secret) ? (uint8_t)bench_secret[i] : 0) ^ pad;
    start(state, hash);
    if (hash == JT_SHA256)
        (void)SHA256_Update(&state->sha256, block, len);
    else
        (void)SHA512_Update(&state->sha512, block, len);
}

static bool sign_256(void *self)
{
    bench_bare *bare = self;
    uint8_t mac[SHA256_DIGEST_LENGTH];
    SHA256_CTX state = bare->inner.sha256;
    (void)SHA256_Update(&state, bare->input.ptr, bare->input.len);
    (void)SHA256_Final(mac, &state);
    state = bare->outer.sha256;
    (void)SHA256_Update(&state, mac, sizeof mac);
    (void)SHA256_Final(mac, &state);
    return CRYPTO_memcmp(mac, bare->sig, bare->sig_len) == 0;
}

static bool sign_512(void *self)
{
    bench_bare *bare = self;
    uint8_t mac[SHA512_DIGEST_LENGTH];
    SHA512_CTX state = bare->inner.sha512;
    (void)SHA512_Update(&state, bare->input.ptr, bare->input.len);
    (void)SHA512_Final(mac, &state);
    state = bare->outer.sha512;
    (void)SHA512_Update(&state, mac, bare->sig_len);
    (void)SHA512_Final(mac, &state);
    return CRYPTO_memcmp(mac, bare->sig, bare->sig_len) == 0;
}

/* Signing is verifying: both make the MAC, and the comparison is next to nothing. */
bool bench_bare_hmac(bench_bare *bare)
{
    absorb_key(&bare->inner, bare->hash, 0x36);
    absorb_key(&bare->outer, bare->hash, 0x5c);
    bare->verify = bare->hash == JT_SHA256 ? sign_256 : sign_512;
    bare->sign = bare->verify;
    return true;
}
