/* SPDX-License-Identifier: Apache-2.0 */
/* bench/bare_pkey.c - RSA and ECDSA by OpenSSL on one prepared context, Ed25519 by libsodium. */
#include "bare.h"
#include "crypto/ecdsa_der.h"

#include <openssl/rsa.h>
#include <sodium.h>

/* ---- RSA and ECDSA -------------------------------------------------------------------------- */

static const EVP_MD *md_of(jt_hash hash)
{
    static const char *const names[JT_HASH_COUNT] = {
        [JT_SHA256] = "SHA256", [JT_SHA384] = "SHA384", [JT_SHA512] = "SHA512"};
    return EVP_get_digestbyname(names[hash]);
}

static bool verify_evp(void *self)
{
    bench_bare *bare = self;
    uint8_t digest[JT_HASH_MAX];
    jt_sha2_once(bare->hash, bare->input, digest);
    return EVP_PKEY_verify(bare->verify_ctx, bare->sig, bare->sig_len, digest,
                           jt_hash_len(bare->hash)) == 1;
}

static bool sign_evp(void *self)
{
    bench_bare *bare = self;
    uint8_t digest[JT_HASH_MAX];
    uint8_t sig[sizeof bare->sig];
    size_t len = sizeof sig;
    jt_sha2_once(bare->hash, bare->input, digest);
    return EVP_PKEY_sign(bare->sign_ctx, sig, &len, digest, jt_hash_len(bare->hash)) == 1;
}

static bool pad(EVP_PKEY_CTX *ctx, int padding)
{
    if (padding != 0 && EVP_PKEY_CTX_set_rsa_padding(ctx, padding) != 1)
        return false;
    return padding != RSA_PKCS1_PSS_PADDING ||
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/* padding: 0 where there is none */
static bool prepare(bench_bare *bare, int padding)
{
    const EVP_MD *md = md_of(bare->hash);
    bare->verify = verify_evp;
    bare->sign = sign_evp;
    bare->verify_ctx = EVP_PKEY_CTX_new(bare->pkey, NULL);
    bare->sign_ctx = EVP_PKEY_CTX_new(bare->pkey, NULL);
    return EVP_PKEY_verify_init(bare->verify_ctx) == 1 && EVP_PKEY_sign_init(bare->sign_ctx) == 1 &&
           pad(bare->verify_ctx, padding) && pad(bare->sign_ctx, padding) &&
           EVP_PKEY_CTX_set_signature_md(bare->verify_ctx, md) == 1 &&
           EVP_PKEY_CTX_set_signature_md(bare->sign_ctx, md) == 1;
}

bool bench_bare_rsa(bench_bare *bare)
{
    return prepare(bare, RSA_PKCS1_PADDING);
}

bool bench_bare_pss(bench_bare *bare)
{
    return prepare(bare, RSA_PKCS1_PSS_PADDING);
}

bool bench_bare_ecdsa(bench_bare *bare)
{
    uint8_t der[JT_ECDSA_DER_MAX];
    bare->sig_len = jt_ecdsa_der_print(jeton_bytes(bare->sig, bare->sig_len), der);
    memcpy(bare->sig, der, bare->sig_len);
    return prepare(bare, 0);
}

/* ---- Ed25519 -------------------------------------------------------------------------------- */

static bool verify_ed25519(void *self)
{
    bench_bare *bare = self;
    return crypto_sign_verify_detached(bare->sig, bare->input.ptr, bare->input.len,
                                       bare->ed25519_public) == 0;
}

static bool sign_ed25519(void *self)
{
    bench_bare *bare = self;
    uint8_t sig[crypto_sign_BYTES];
    return crypto_sign_detached(sig, NULL, bare->input.ptr, bare->input.len,
                                bare->ed25519_secret) == 0;
}

bool bench_bare_ed25519(bench_bare *bare)
{
    uint8_t seed[crypto_sign_SEEDBYTES];
    size_t len = sizeof seed;
    bare->verify = verify_ed25519;
    bare->sign = sign_ed25519;
    return EVP_PKEY_get_raw_private_key(bare->pkey, seed, &len) == 1 &&
           crypto_sign_seed_keypair(bare->ed25519_public, bare->ed25519_secret, seed) == 0;
}
