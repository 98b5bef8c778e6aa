/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pbes2.c - PBES2 through OpenSSL, which would derive keys for as long and with as much
 * memory as a file says: so that is read first. */
#include "crypto/pbes2.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/limits.h"
#include "crypto/ossl.h"

#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#define SALT_LEN 16U
#define IV_LEN   16U

static void free_sealed(X509_SIG **sealed)
{
    X509_SIG_free(*sealed);
}

static void free_info(PKCS8_PRIV_KEY_INFO **info)
{
    PKCS8_PRIV_KEY_INFO_free(*info);
}

static void free_pbe2(PBE2PARAM **params)
{
    PBE2PARAM_free(*params);
}

static void free_pbkdf2(PBKDF2PARAM **params)
{
    PBKDF2PARAM_free(*params);
}

static void free_scrypt(SCRYPT_PARAMS **params)
{
    SCRYPT_PARAMS_free(*params);
}

static jeton_status check_passphrase(jeton_span passphrase, jeton_err *err)
{
    if (passphrase.len > JT_LIMIT_PASSPHRASE)
        return jt_fail(err, JETON_E_LIMIT, "passphrase longer than %zu bytes", JT_LIMIT_PASSPHRASE);
    return JETON_OK;
}

/* ---- what it costs to open ------------------------------------------------------------------ */

/* Whether an algorithm is one of a list that 0 ends. */
static bool is_one_of(const X509_ALGOR *alg, const int *nids)
{
    const int nid = OBJ_obj2nid(alg->algorithm);
    while (*nids != 0 && *nids != nid)
        nids++;
    return *nids != 0;
}

static jeton_status check_pbkdf2(const jeton_ctx *ctx, const ASN1_TYPE *params, jeton_err *err)
{
    static const int prfs[] = {NID_hmacWithSHA1, NID_hmacWithSHA256, NID_hmacWithSHA384,
                               NID_hmacWithSHA512, 0};
    JT_AUTO(free_pbkdf2)
    PBKDF2PARAM *read = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), params);
    uint64_t rounds;
    if (read == NULL || ASN1_INTEGER_get_uint64(&rounds, read->iter) != 1)
        return jt_fail(err, JETON_E_KEY, "PBKDF2 parameters cannot be read");
    if (read->prf != NULL && !is_one_of(read->prf, prfs))
        return jt_fail(err, JETON_E_UNSUPPORTED, "PBKDF2 with another hash than SHA-1 or SHA-2");
    const unsigned most = jt_limits(ctx)->rounds;
    if (rounds > most)
        return jt_fail(err, JETON_E_LIMIT, "more than %u rounds of PBKDF2", most);
    return JETON_OK;
}

/* RFC 7914 §2: as OpenSSL counts the memory, which it refuses to take more than 32 MiB of. */
static jeton_status check_scrypt(const jeton_ctx *ctx, const ASN1_TYPE *params, jeton_err *err)
{
    JT_AUTO(free_scrypt)
    SCRYPT_PARAMS *read = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), params);
    uint64_t n;
    uint64_t r;
    uint64_t p;
    if (read == NULL || ASN1_INTEGER_get_uint64(&n, read->costParameter) != 1 ||
        ASN1_INTEGER_get_uint64(&r, read->blockSize) != 1 ||
        ASN1_INTEGER_get_uint64(&p, read->parallelizationParameter) != 1)
        return jt_fail(err, JETON_E_KEY, "scrypt parameters cannot be read");
    if (n > jt_limits(ctx)->rounds || p > JT_LIMIT_PEM_SCRYPT_LANES ||
        r > JT_LIMIT_PEM_SCRYPT_MEMORY / 128 || 128 * r * (n + 2 + p) > JT_LIMIT_PEM_SCRYPT_MEMORY)
        return jt_fail(err, JETON_E_LIMIT, "scrypt that takes more time or memory than is allowed");
    return JETON_OK;
}

/* The ways of deriving a key. */
static const struct derivation {
    int nid;
    jeton_status (*check)(const jeton_ctx *ctx, const ASN1_TYPE *params, jeton_err *err);
} derivations[] = {
    {NID_id_pbkdf2, check_pbkdf2},
    {NID_id_scrypt, check_scrypt},
};

static jeton_status check_cost(const jeton_ctx *ctx, const X509_ALGOR *alg, jeton_err *err)
{
    static const int ciphers[] = {NID_aes_128_cbc, NID_aes_192_cbc, NID_aes_256_cbc, 0};
    if (OBJ_obj2nid(alg->algorithm) != NID_pbes2)
        return jt_fail(err, JETON_E_UNSUPPORTED,
                       "encrypted otherwise than by PBES2: "
                       "openssl pkcs8 -topk8 rewrites it");
    JT_AUTO(free_pbe2)
    PBE2PARAM *read = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), alg->parameter);
    if (read == NULL)
        return jt_fail(err, JETON_E_KEY, "PBES2 parameters cannot be read");
    if (!is_one_of(read->encryption, ciphers))
        return jt_fail(err, JETON_E_UNSUPPORTED,
                       "encrypted otherwise than by AES-CBC: "
                       "openssl pkcs8 -topk8 rewrites it");
    const int nid = OBJ_obj2nid(read->keyfunc->algorithm);
    for (size_t i = 0; i < JT_COUNT(derivations); i++)
        if (derivations[i].nid == nid)
            return derivations[i].check(ctx, read->keyfunc->parameter, err);
    return jt_fail(err, JETON_E_UNSUPPORTED, "a key derivation other than PBKDF2 and scrypt");
}

/* ---- opening -------------------------------------------------------------------------------- */

static jeton_status decrypt(const jeton_ctx *ctx, const X509_SIG *sealed, jeton_span passphrase,
                            jt_secret *plain, jeton_err *err)
{
    const X509_ALGOR *alg = NULL;
    const ASN1_OCTET_STRING *bytes = NULL;
    X509_SIG_get0(sealed, &alg, &bytes);
    JT_TRY(check_cost(ctx, alg, err));
    uint8_t *made = NULL;
    int len = 0;
    if (PKCS12_pbe_crypt(alg, (const char *)passphrase.ptr, (int)passphrase.len,
                         ASN1_STRING_get0_data(bytes), ASN1_STRING_length(bytes), &made, &len,
                         0) == NULL)
        return jt_fail(err, JETON_E_PASSPHRASE, "the passphrase does not open the key");
    const jeton_status status = jt_secret_copy(ctx, jeton_bytes(made, (size_t)len), plain, err);
    OPENSSL_clear_free(made, (size_t)len);
    return status;
}

static jeton_status open_sealed(const jeton_ctx *ctx, jeton_span der, jeton_span passphrase,
                                jt_secret *plain, jeton_err *err)
{
    const uint8_t *at = der.ptr;
    JT_AUTO(free_sealed) X509_SIG *sealed = d2i_X509_SIG(NULL, &at, (long)der.len);
    if (sealed == NULL || at != der.ptr + der.len)
        return jt_fail(err, JETON_E_KEY, "the encrypted key cannot be read");
    return decrypt(ctx, sealed, passphrase, plain, err);
}

jeton_status jt_pbes2_open(const jeton_ctx *ctx, jeton_span der, jeton_span passphrase,
                           jt_secret *plain, jeton_err *err)
{
    *plain = (jt_secret){0};
    JT_TRY(check_passphrase(passphrase, err));
    jt_ossl_begin();
    const jeton_status status = open_sealed(ctx, der, passphrase, plain, err);
    jt_ossl_end();
    return status;
}

/* ---- sealing -------------------------------------------------------------------------------- */

static X509_SIG *encrypt(jeton_span plain, jeton_span passphrase, uint8_t *salt, uint8_t *iv)
{
    const uint8_t *at = plain.ptr;
    JT_AUTO(free_info)
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)plain.len);
    X509_ALGOR *alg = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), JT_PBES2_ROUNDS, salt, SALT_LEN, iv,
                                        NID_hmacWithSHA256);
    X509_SIG *sealed = info == NULL || alg == NULL ? NULL
                                                   : PKCS8_set0_pbe((const char *)passphrase.ptr,
                                                                    (int)passphrase.len, info, alg);
    if (sealed == NULL)
        X509_ALGOR_free(alg);
    return sealed;
}

static jeton_status seal(jeton_span plain, jeton_span passphrase, uint8_t *salt, uint8_t *iv,
                         jt_buf *der, jeton_err *err)
{
    JT_AUTO(free_sealed) X509_SIG *sealed = encrypt(plain, passphrase, salt, iv);
    const int len = sealed != NULL ? i2d_X509_SIG(sealed, NULL) : 0;
    if (len <= 0)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not encrypt a key");
    JT_TRY(jt_buf_reserve(der, (size_t)len, err));
    uint8_t *to = der->ptr + der->len;
    if (i2d_X509_SIG(sealed, &to) != len)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not encrypt a key");
    der->len += (size_t)len;
    return JETON_OK;
}

jeton_status jt_pbes2_seal(const jeton_ctx *ctx, jeton_span plain, jeton_span passphrase,
                           jt_buf *der, jeton_err *err)
{
    uint8_t salt[SALT_LEN];
    uint8_t iv[IV_LEN];
    if (passphrase.len == 0)
        return jt_fail(err, JETON_E_ARGUMENT, "an empty passphrase protects nothing");
    JT_TRY(check_passphrase(passphrase, err));
    JT_TRY(jt_random(ctx, salt, sizeof salt, err));
    JT_TRY(jt_random(ctx, iv, sizeof iv, err));
    jt_ossl_begin();
    const jeton_status status = seal(plain, passphrase, salt, iv, der, err);
    jt_ossl_end();
    return status;
}
