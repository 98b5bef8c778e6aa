/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/ed25519.c - Ed25519 by libsodium, which is twice as fast as OpenSSL; OpenSSL keeps a copy
 * of the key for PEM. */
#include "crypto/ed25519.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/secret.h"
#include "crypto/pkey_kind.h"
#include "crypto/sodium.h"

#include <openssl/core_names.h>
#include <sodium.h>

enum { X, D, COUNT };

/* RFC 8037 §2: "x" is derived from "d". Signing with one half and the other of another key would
 * give the private one away. */
static jeton_status import_private(jt_pkey *key, const jt_numbers *numbers, jeton_err *err)
{
    const jeton_span d = numbers->at[D];
    if (crypto_sign_seed_keypair(key->ed25519_public, key->ed25519_secret, d.ptr) != 0)
        return jt_fail(err, JETON_E_CRYPTO, "libsodium refused an Ed25519 key");
    if (memcmp(key->ed25519_public, numbers->at[X].ptr, numbers->at[X].len) != 0)
        return jt_fail(err, JETON_E_KEY, "Ed25519 public key is not derived from the private one");
    key->evp = EVP_PKEY_new_raw_private_key_ex(NULL, key->kind->name, NULL, d.ptr, d.len);
    return JETON_OK;
}

/* A point of small order would match many messages at once. */
static jeton_status import_public(jt_pkey *key, const jt_numbers *numbers, jeton_err *err)
{
    const jeton_span x = numbers->at[X];
    if (crypto_core_ed25519_is_valid_point(x.ptr) != 1)
        return jt_fail(err, JETON_E_KEY, "Ed25519 point is not on the curve or of small order");
    memcpy(key->ed25519_public, x.ptr, x.len);
    key->evp = EVP_PKEY_new_raw_public_key_ex(NULL, key->kind->name, NULL, x.ptr, x.len);
    return JETON_OK;
}

static jeton_status import_ed25519(jt_pkey *key, const jt_numbers *numbers, jeton_err *err)
{
    JT_TRY(jt_sodium_start(err));
    JT_TRY(key->is_private ? import_private(key, numbers, err) : import_public(key, numbers, err));
    if (key->evp == NULL)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL refused an Ed25519 key");
    return JETON_OK;
}

static jeton_status generate_ed25519(jt_pkey *key, jeton_err *err)
{
    uint8_t d[crypto_sign_SEEDBYTES];
    uint8_t x[crypto_sign_PUBLICKEYBYTES];
    uint8_t both[crypto_sign_SECRETKEYBYTES];
    jeton_status status = jt_sodium_start(err);
    if (status == JETON_OK)
        status = jt_random(key->ctx, d, sizeof d, err);
    if (status == JETON_OK) {
        (void)crypto_sign_seed_keypair(x, both, d);
        const jt_numbers numbers = {{jeton_bytes(x, sizeof x), jeton_bytes(d, sizeof d)}};
        status = import_ed25519(key, &numbers, err);
    }
    jt_wipe(d, sizeof d);
    jt_wipe(both, sizeof both);
    return status;
}

const jt_pkey_kind jt_pkey_ed25519 = {
    .type = JT_PKEY_ED25519,
    .name = "ED25519",
    .count = COUNT,
    .public_count = 1,
    .width = crypto_sign_PUBLICKEYBYTES,
    .is_octets = true,
    .params = {OSSL_PKEY_PARAM_PUB_KEY, OSSL_PKEY_PARAM_PRIV_KEY},
    .import = import_ed25519,
    .generate = generate_ed25519,
};

jeton_status jt_ed25519_sign(const jt_pkey *key, jeton_span input, uint8_t *sig, size_t *len,
                             jeton_err *err)
{
    if (*len < crypto_sign_BYTES)
        return jt_fail(err, JETON_E_ARGUMENT, "no room for an Ed25519 signature");
    if (!key->is_private) /* libsodium would sign with the zeros that are there */
        return jt_fail(err, JETON_E_CRYPTO, "a public key cannot sign");
    if (crypto_sign_detached(sig, NULL, input.ptr, input.len, key->ed25519_secret) != 0)
        return jt_fail(err, JETON_E_CRYPTO, "libsodium could not sign");
    *len = crypto_sign_BYTES;
    return JETON_OK;
}

jeton_status jt_ed25519_verify(const jt_pkey *key, jeton_span input, jeton_span sig, jeton_err *err)
{
    if (sig.len != crypto_sign_BYTES)
        return jt_fail(err, JETON_E_SIGNATURE, "Ed25519 signature of the wrong length");
    if (crypto_sign_verify_detached(sig.ptr, input.ptr, input.len, key->ed25519_public) != 0)
        return jt_fail(err, JETON_E_SIGNATURE, "signature does not match");
    return JETON_OK;
}
