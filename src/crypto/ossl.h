/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/ossl.h - OpenSSL's objects as scope variables, for JT_AUTO, and its error queue.
 *
 * The queue belongs to the thread and so to the application: whatever of ours may fail runs
 * between jt_ossl_begin() and jt_ossl_end(), which leave it as it was.
 */
#ifndef JT_CRYPTO_OSSL_H
#define JT_CRYPTO_OSSL_H

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

static inline void jt_ossl_begin(void)
{
    (void)ERR_set_mark();
}

static inline void jt_ossl_end(void)
{
    (void)ERR_pop_to_mark();
}

static inline void jt_ossl_free_bio(BIO **bio)
{
    BIO_free_all(*bio);
}

static inline void jt_ossl_free_bn(BIGNUM **bn)
{
    BN_clear_free(*bn);
}

static inline void jt_ossl_free_bn_ctx(BN_CTX **ctx)
{
    BN_CTX_free(*ctx);
}

static inline void jt_ossl_free_md_ctx(EVP_MD_CTX **ctx)
{
    EVP_MD_CTX_free(*ctx);
}

static inline void jt_ossl_free_params(OSSL_PARAM **params)
{
    OSSL_PARAM_free(*params);
}

static inline void jt_ossl_free_build(OSSL_PARAM_BLD **build)
{
    OSSL_PARAM_BLD_free(*build);
}

static inline void jt_ossl_free_pkey(EVP_PKEY **pkey)
{
    EVP_PKEY_free(*pkey);
}

static inline void jt_ossl_free_pkey_ctx(EVP_PKEY_CTX **ctx)
{
    EVP_PKEY_CTX_free(*ctx);
}

#endif
