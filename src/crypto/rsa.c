/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/rsa.c - RSA keys, PKCS #1 v1.5 and PSS signatures, on OpenSSL. */
#include "crypto/rsa.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "crypto/pkey_kind.h"
#include "crypto/roca.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>

#define BITS_MIN      2048 /* RFC 7518 §3.3 */
#define BITS_NEW      2048
#define EXPONENT_BITS 64 /* larger ones, which nobody uses, only keep a verifier busy */

enum { N, E, D, P, Q, DP, DQ, QI, COUNT };

/* ---- reading -------------------------------------------------------------------------------- */

/* A key's numbers as integers, and room to calculate in. */
typedef struct integers {
    BIGNUM *at[COUNT];
    BN_CTX *ctx;
} integers;

static void free_integers(integers *key)
{
    for (size_t i = 0; i < COUNT; i++)
        BN_clear_free(key->at[i]);
    BN_CTX_free(key->ctx);
}

/* BN_FLG_SECURE (BN_secure_new): copies that OpenSSL makes of them on the way are wiped too. */
static jeton_status read_integers(const jt_numbers *numbers, integers *key, jeton_err *err)
{
    key->ctx = BN_CTX_secure_new();
    bool done = key->ctx != NULL;
    for (size_t i = 0; i < COUNT && numbers->at[i].len > 0; i++) {
        const jeton_span number = numbers->at[i];
        if (number.len > JT_LIMIT_RSA_BITS / 8)
            return jt_fail(err, JETON_E_KEY, "RSA number longer than %d bits", JT_LIMIT_RSA_BITS);
        if (i <= E && number.ptr[0] == 0) /* RFC 7518 §6.3.1: a second text for one key */
            return jt_fail(err, JETON_E_KEY, "RSA number with a leading zero");
        key->at[i] = BN_secure_new();
        done = done && key->at[i] != NULL &&
               BN_bin2bn(number.ptr, (int)number.len, key->at[i]) != NULL;
    }
    return done ? JETON_OK : jt_fail(err, JETON_E_NOMEM, "RSA numbers");
}

static jeton_status check_public(const integers *key, jeton_err *err)
{
    const int bits = BN_num_bits(key->at[N]);
    if (bits < BITS_MIN)
        return jt_fail(err, JETON_E_KEY, "RSA modulus of %d bits, below %d", bits, BITS_MIN);
    if (!BN_is_odd(key->at[N]))
        return jt_fail(err, JETON_E_KEY, "RSA modulus is even");
    if (!BN_is_odd(key->at[E]) || BN_is_one(key->at[E]))
        return jt_fail(err, JETON_E_KEY, "RSA exponent is even or below 3");
    if (BN_num_bits(key->at[E]) > EXPONENT_BITS)
        return jt_fail(err, JETON_E_KEY, "RSA exponent longer than %d bits", EXPONENT_BITS);
    if (jt_roca_has_fingerprint(key->at[N]))
        return jt_fail(err, JETON_E_KEY, "RSA modulus that can be factored (ROCA)");
    return JETON_OK;
}

/* a · b ≡ 1 (mod m) */
static bool are_inverse(const BIGNUM *a, const BIGNUM *b, const BIGNUM *m, BN_CTX *ctx)
{
    BN_CTX_start(ctx);
    BIGNUM *product = BN_CTX_get(ctx);
    const bool yes =
        product != NULL && BN_mod_mul(product, a, b, m, ctx) == 1 && BN_is_one(product);
    BN_CTX_end(ctx);
    return yes;
}

/* part = whole mod m */
static bool is_rest(const BIGNUM *part, const BIGNUM *whole, const BIGNUM *m, BN_CTX *ctx)
{
    BN_CTX_start(ctx);
    BIGNUM *rest = BN_CTX_get(ctx);
    const bool yes = rest != NULL && BN_mod(rest, whole, m, ctx) == 1 && BN_cmp(rest, part) == 0;
    BN_CTX_end(ctx);
    return yes;
}

static bool is_product(const BIGNUM *n, const BIGNUM *p, const BIGNUM *q, BN_CTX *ctx)
{
    BN_CTX_start(ctx);
    BIGNUM *product = BN_CTX_get(ctx);
    const bool yes = product != NULL && BN_mul(product, p, q, ctx) == 1 && BN_cmp(product, n) == 0;
    BN_CTX_end(ctx);
    return yes;
}

/* The equations of RFC 8017 §3.2 for one prime r: its exponent is d mod r - 1, and undoes e. */
static bool fits_prime(const integers *key, int prime, int exponent)
{
    BN_CTX_start(key->ctx);
    BIGNUM *less = BN_CTX_get(key->ctx);
    const bool yes = less != NULL && BN_sub(less, key->at[prime], BN_value_one()) == 1 &&
                     is_rest(key->at[exponent], key->at[D], less, key->ctx) &&
                     are_inverse(key->at[E], key->at[exponent], less, key->ctx);
    BN_CTX_end(key->ctx);
    return yes;
}

/* Signing uses p, q, dp, dq and qi only, so a private half of another key would go unnoticed
 * without this. Keys of more than two primes ("oth") fail at n = p · q. */
static jeton_status check_private(const integers *key, jeton_err *err)
{
    BIGNUM *const *at = key->at;
    if (is_product(at[N], at[P], at[Q], key->ctx) && BN_cmp(at[D], at[N]) < 0 &&
        BN_cmp(at[QI], at[P]) < 0 && are_inverse(at[QI], at[Q], at[P], key->ctx) &&
        fits_prime(key, P, DP) && fits_prime(key, Q, DQ))
        return JETON_OK;
    return jt_fail(err, JETON_E_KEY, "RSA private numbers do not fit the public ones");
}

static jeton_status build(jt_pkey *key, const integers *numbers, jeton_err *err)
{
    JT_AUTO(jt_ossl_free_build) OSSL_PARAM_BLD *params = OSSL_PARAM_BLD_new();
    bool done = params != NULL;
    for (size_t i = 0; done && i < COUNT && numbers->at[i] != NULL; i++)
        done = OSSL_PARAM_BLD_push_BN(params, key->kind->params[i], numbers->at[i]) == 1;
    if (done)
        key->evp = jt_pkey_from_build(key->kind->name, key->is_private, params);
    if (key->evp == NULL)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL refused an RSA key");
    return JETON_OK;
}

static jeton_status import_rsa(jt_pkey *key, const jt_numbers *numbers, jeton_err *err)
{
    JT_AUTO(free_integers) integers read = {0};
    JT_TRY(read_integers(numbers, &read, err));
    JT_TRY(check_public(&read, err));
    if (key->is_private)
        JT_TRY(check_private(&read, err));
    return build(key, &read, err);
}

static jeton_status generate_rsa(jt_pkey *key, jeton_err *err)
{
    key->evp = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)BITS_NEW);
    if (key->evp == NULL)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not make an RSA key");
    return JETON_OK;
}

const jt_pkey_kind jt_pkey_rsa = {
    .type = JT_PKEY_RSA,
    .name = "RSA",
    .count = COUNT,
    .public_count = 2,
    .params = {OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D,
               OSSL_PKEY_PARAM_RSA_FACTOR1, OSSL_PKEY_PARAM_RSA_FACTOR2,
               OSSL_PKEY_PARAM_RSA_EXPONENT1, OSSL_PKEY_PARAM_RSA_EXPONENT2,
               OSSL_PKEY_PARAM_RSA_COEFFICIENT1},
    .import = import_rsa,
    .generate = generate_rsa,
};

/* ---- signatures ----------------------------------------------------------------------------- */

static bool prepare_pkcs1(EVP_PKEY_CTX *ctx, const EVP_MD *md)
{
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
}

/* RFC 7518 §3.5. The salt's length is demanded, not found out: a verifier that takes any length
 * takes signatures that no JWS signer makes. */
static bool prepare_pss(EVP_PKEY_CTX *ctx, const EVP_MD *md)
{
    return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static const jt_scheme pkcs1 = {.index = 0, .prepare = prepare_pkcs1};
static const jt_scheme pss = {.index = 1, .prepare = prepare_pss};

static jeton_status sign_with(const jt_scheme *scheme, const jt_pkey *key, jt_hash hash,
                              const uint8_t *digest, uint8_t *sig, size_t *len, jeton_err *err)
{
    if (*len < (size_t)EVP_PKEY_get_size(key->evp))
        return jt_fail(err, JETON_E_ARGUMENT, "no room for an RSA signature");
    return jt_scheme_sign(scheme, key, hash, digest, sig, len, err);
}

static jeton_status verify_with(const jt_scheme *scheme, const jt_pkey *key, jt_hash hash,
                                const uint8_t *digest, jeton_span sig, jeton_err *err)
{
    /* RFC 8017 §8.1.2 and §8.2.2, step 1 */
    if (sig.len != (size_t)EVP_PKEY_get_size(key->evp))
        return jt_fail(err, JETON_E_SIGNATURE, "RSA signature of the wrong length");
    return jt_scheme_verify(scheme, key, hash, digest, sig, err);
}

jeton_status jt_rsa_sign(const jt_pkey *key, jt_hash hash, const uint8_t *digest, uint8_t *sig,
                         size_t *len, jeton_err *err)
{
    return sign_with(&pkcs1, key, hash, digest, sig, len, err);
}

jeton_status jt_rsa_verify(const jt_pkey *key, jt_hash hash, const uint8_t *digest, jeton_span sig,
                           jeton_err *err)
{
    return verify_with(&pkcs1, key, hash, digest, sig, err);
}

jeton_status jt_rsa_pss_sign(const jt_pkey *key, jt_hash hash, const uint8_t *digest, uint8_t *sig,
                             size_t *len, jeton_err *err)
{
    return sign_with(&pss, key, hash, digest, sig, len, err);
}

jeton_status jt_rsa_pss_verify(const jt_pkey *key, jt_hash hash, const uint8_t *digest,
                               jeton_span sig, jeton_err *err)
{
    return verify_with(&pss, key, hash, digest, sig, err);
}
