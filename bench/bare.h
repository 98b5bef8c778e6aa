/* SPDX-License-Identifier: Apache-2.0 */
/* bench/bare.h - the bare primitive under a token: the same octets, key and signature with nothing
 * around, prepared once as well as it can be. What libjeton is held against.
 */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include "crypto/sha2.h"
#include "fixture.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

/* The hash states behind the padded keys (RFC 2104 §2). */
typedef union bench_sha2 {
    SHA256_CTX sha256;
    SHA512_CTX sha512;
} bench_sha2;

typedef struct bench_bare {
    jt_hash hash;
    jeton_span input;  /* the signed part; borrowed from the fixture's token */
    uint8_t sig[8192]; /* in the primitive's own form: ECDSA's is DER */
    size_t sig_len;
    bench_sha2 inner, outer; /* HMAC */
    EVP_PKEY *pkey;          /* RSA, ECDSA */
    EVP_PKEY_CTX *verify_ctx, *sign_ctx;
    uint8_t ed25519_public[32], ed25519_secret[64];
    bool (*verify)(void *self); /* one operation; `self` is this */
    bool (*sign)(void *self);
} bench_bare;

/* Prepares the primitive of the fixture's algorithm. False when there is none written down here:
 * that row then has no ratio. bench_bare_done() is due in every case. */
bool bench_bare_init(bench_bare *bare, const bench_fixture *fixture);
void bench_bare_done(bench_bare *bare);

/* The families; each sets verify and sign. */
bool bench_bare_hmac(bench_bare *bare);
bool bench_bare_ed25519(bench_bare *bare);
bool bench_bare_rsa(bench_bare *bare);
bool bench_bare_pss(bench_bare *bare);
bool bench_bare_ecdsa(bench_bare *bare);

#endif
