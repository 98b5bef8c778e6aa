/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pure.c - one message, one context, one answer.
 *
 * The contexts are not kept as those of the other schemes are: OpenSSL 3.0 prepares them for one
 * message only. That costs one or two microseconds where the signature takes a hundred.
 */
#include "crypto/pure.h"

#include "core/auto.h"
#include "core/err.h"
#include "crypto/pkey_kind.h"

static bool sign(const jt_pkey *key, jeton_span input, uint8_t *sig, size_t *len)
{
    JT_AUTO(jt_ossl_free_md_ctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    return ctx != NULL && EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, NULL, key->evp, NULL) == 1 &&
           EVP_DigestSign(ctx, sig, len, input.ptr, input.len) == 1;
}

jeton_status jt_pure_sign(const jt_pkey *key, jeton_span input, uint8_t *sig, size_t *len,
                          jeton_err *err)
{
    if (*len < (size_t)EVP_PKEY_get_size(key->evp))
        return jt_fail(err, JETON_E_ARGUMENT, "no room for a signature");
    if (!key->is_private) /* OpenSSL 3.0 reads the private part without asking */
        return jt_fail(err, JETON_E_CRYPTO, "a public key cannot sign");
    jt_ossl_begin();
    const bool done = sign(key, input, sig, len);
    jt_ossl_end();
    return done ? JETON_OK : jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not sign");
}

/* Any answer but 1 refuses, as in scheme.c. */
static jeton_status verify(const jt_pkey *key, jeton_span input, jeton_span sig)
{
    JT_AUTO(jt_ossl_free_md_ctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL || EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, key->evp, NULL) != 1)
        return JETON_E_CRYPTO;
    const int answer = EVP_DigestVerify(ctx, sig.ptr, sig.len, input.ptr, input.len);
    return answer == 1 ? JETON_OK : JETON_E_SIGNATURE;
}

jeton_status jt_pure_verify(const jt_pkey *key, jeton_span input, jeton_span sig, jeton_err *err)
{
    if (sig.len != (size_t)EVP_PKEY_get_size(key->evp))
        return jt_fail(err, JETON_E_SIGNATURE, "signature of the wrong length");
    jt_ossl_begin();
    const jeton_status status = verify(key, input, sig);
    jt_ossl_end();
    if (status == JETON_OK)
        return JETON_OK;
    return jt_fail(err, status, "%s", jeton_status_text(status));
}
