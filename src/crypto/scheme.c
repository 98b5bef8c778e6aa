/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/scheme.c - one digest, one prepared context, one answer. */
#include "crypto/scheme.h"

#include "core/err.h"
#include "crypto/pkey_kind.h"

typedef enum operation {
    VERIFY,
    SIGN,
} operation;

static jt_pool *pool_of(const jt_pkey *key, const jt_scheme *scheme, jt_hash hash, operation op)
{
    return &key->pools[(scheme->index * JT_HASH_COUNT + (size_t)hash) * 2 + (size_t)op];
}

static const EVP_MD *md_of(jt_hash hash)
{
    switch (hash) {
    case JT_SHA256: return EVP_sha256();
    case JT_SHA384: return EVP_sha384();
    case JT_SHA512: return EVP_sha512();
    }
    return NULL;
}

static EVP_PKEY_CTX *prepare(const jt_pkey *key, const jt_scheme *scheme, jt_hash hash,
                             operation op)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->evp, NULL);
    if (ctx == NULL)
        return NULL;
    const int begun = op == SIGN ? EVP_PKEY_sign_init(ctx) : EVP_PKEY_verify_init(ctx);
    if (begun == 1 && scheme->prepare(ctx, md_of(hash)))
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

static EVP_PKEY_CTX *take(const jt_pkey *key, const jt_scheme *scheme, jt_hash hash, operation op)
{
    EVP_PKEY_CTX *ctx = jt_pool_take(pool_of(key, scheme, hash, op));
    return ctx != NULL ? ctx : prepare(key, scheme, hash, op);
}

/* Any answer but 1 refuses. Negative ones are not set apart as failures of ours: a stranger brings
 * them about too, as with an r and s whose sum is the curve's zero (Wycheproof has them). */
static jeton_status verify_digest(const jt_scheme *scheme, const jt_pkey *key, jt_hash hash,
                                  const uint8_t *digest, jeton_span sig)
{
    EVP_PKEY_CTX *ctx = take(key, scheme, hash, VERIFY);
    if (ctx == NULL)
        return JETON_E_CRYPTO;
    const int answer = EVP_PKEY_verify(ctx, sig.ptr, sig.len, digest, jt_hash_len(hash));
    jt_pool_give(pool_of(key, scheme, hash, VERIFY), ctx);
    return answer == 1 ? JETON_OK : JETON_E_SIGNATURE;
}

jeton_status jt_scheme_verify(const jt_scheme *scheme, const jt_pkey *key, jt_hash hash,
                              const uint8_t *digest, jeton_span sig, jeton_err *err)
{
    jt_ossl_begin();
    const jeton_status status = verify_digest(scheme, key, hash, digest, sig);
    jt_ossl_end();
    if (status == JETON_OK)
        return JETON_OK;
    return jt_fail(err, status, "%s", jeton_status_text(status));
}

static int sign_digest(const jt_scheme *scheme, const jt_pkey *key, jt_hash hash,
                       const uint8_t *digest, uint8_t *sig, size_t *len)
{
    EVP_PKEY_CTX *ctx = take(key, scheme, hash, SIGN);
    if (ctx == NULL)
        return -1;
    const int answer = EVP_PKEY_sign(ctx, sig, len, digest, jt_hash_len(hash));
    jt_pool_give(pool_of(key, scheme, hash, SIGN), ctx);
    return answer;
}

jeton_status jt_scheme_sign(const jt_scheme *scheme, const jt_pkey *key, jt_hash hash,
                            const uint8_t *digest, uint8_t *sig, size_t *len, jeton_err *err)
{
    jt_ossl_begin();
    const int answer = sign_digest(scheme, key, hash, digest, sig, len);
    jt_ossl_end();
    if (answer != 1)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not sign");
    return JETON_OK;
}
