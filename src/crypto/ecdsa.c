/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/ecdsa.c - keys on P-256 and ECDSA signatures, on OpenSSL. */
#include "crypto/ecdsa.h"

#include "core/auto.h"
#include "core/err.h"
#include "crypto/ecdsa_der.h"
#include "crypto/pkey_kind.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>

enum { X, Y, D, COUNT };

/* ---- reading -------------------------------------------------------------------------------- */

static bool push_point(OSSL_PARAM_BLD *params, const jt_numbers *numbers, uint8_t *point)
{
    const jeton_span x = numbers->at[X];
    const jeton_span y = numbers->at[Y];
    point[0] = POINT_CONVERSION_UNCOMPRESSED;
    memcpy(point + 1, x.ptr, x.len);
    memcpy(point + 1 + x.len, y.ptr, y.len);
    return OSSL_PARAM_BLD_push_octet_string(params, OSSL_PKEY_PARAM_PUB_KEY, point,
                                            1 + x.len + y.len) == 1;
}

static jeton_status build(jt_pkey *key, const jt_numbers *numbers, jeton_err *err)
{
    uint8_t point[1 + 2 * JT_ECDSA_WIDTH_MAX];
    JT_AUTO(jt_ossl_free_bn) BIGNUM *d = BN_secure_new(); /* so that copies of it are wiped */
    JT_AUTO(jt_ossl_free_build) OSSL_PARAM_BLD *params = OSSL_PARAM_BLD_new();
    const jeton_span secret = numbers->at[D];
    if (d == NULL || params == NULL ||
        OSSL_PARAM_BLD_push_utf8_string(params, OSSL_PKEY_PARAM_GROUP_NAME, key->kind->group, 0) !=
            1 ||
        !push_point(params, numbers, point) || BN_bin2bn(secret.ptr, (int)secret.len, d) == NULL ||
        (key->is_private && OSSL_PARAM_BLD_push_BN(params, OSSL_PKEY_PARAM_PRIV_KEY, d) != 1))
        return jt_fail(err, JETON_E_NOMEM, "EC key");

    key->evp = jt_pkey_from_build(key->kind->name, key->is_private, params);
    if (key->evp == NULL)
        return jt_fail(err, JETON_E_KEY, "EC point is not on the curve");
    return JETON_OK;
}

/* The point is on the curve and not its zero; d is between 1 and the order, and d · G is the point
 * (else what we sign would not verify with what we publish). */
static jeton_status check(const jt_pkey *key, jeton_err *err)
{
    JT_AUTO(jt_ossl_free_pkey_ctx)
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key->evp, NULL);
    if (ctx == NULL)
        return jt_fail(err, JETON_E_NOMEM, "EC key");
    if (EVP_PKEY_public_check(ctx) != 1)
        return jt_fail(err, JETON_E_KEY, "EC point is not on the curve");
    if (key->is_private && EVP_PKEY_pairwise_check(ctx) != 1)
        return jt_fail(err, JETON_E_KEY, "EC private number does not fit the point");
    return JETON_OK;
}

static jeton_status import_ec(jt_pkey *key, const jt_numbers *numbers, jeton_err *err)
{
    JT_TRY(build(key, numbers, err));
    return check(key, err);
}

static jeton_status generate_ec(jt_pkey *key, jeton_err *err)
{
    key->evp = EVP_PKEY_Q_keygen(NULL, NULL, "EC", key->kind->group);
    if (key->evp == NULL)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not make an EC key");
    return JETON_OK;
}

/* FIPS 186-5 by way of SP 800-186 §3.2.1.3 */
static const uint8_t p256_order[32] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

const jt_pkey_kind jt_pkey_p256 = {
    .type = JT_PKEY_P256,
    .name = "EC",
    .group = "prime256v1",
    .count = COUNT,
    .public_count = 2,
    .width = sizeof p256_order,
    .order = p256_order,
    .params = {OSSL_PKEY_PARAM_EC_PUB_X, OSSL_PKEY_PARAM_EC_PUB_Y, OSSL_PKEY_PARAM_PRIV_KEY},
    .import = import_ec,
    .generate = generate_ec,
};

/* ---- signatures ----------------------------------------------------------------------------- */

static bool prepare(EVP_PKEY_CTX *ctx, const EVP_MD *md)
{
    return EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;
}

static const jt_scheme ecdsa = {.index = 0, .prepare = prepare};

jeton_status jt_ecdsa_sign(const jt_pkey *key, jt_hash hash, jeton_span input, uint8_t *sig,
                           size_t *len, jeton_err *err)
{
    const size_t width = key->kind->width;
    if (*len < 2 * width)
        return jt_fail(err, JETON_E_ARGUMENT, "no room for an ECDSA signature");
    uint8_t der[JT_ECDSA_DER_MAX];
    size_t der_len = sizeof der;
    JT_TRY(jt_scheme_sign(&ecdsa, key, hash, input, der, &der_len, err));
    if (!jt_ecdsa_der_parse(jeton_bytes(der, der_len), width, sig))
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL gave an odd ECDSA signature");
    *len = 2 * width;
    return JETON_OK;
}

/* From 1 to order - 1. FIPS 186-5 §6.4.2 step 1; without it (0, 0) verifies anything in careless
 * implementations (CVE-2022-21449). */
static bool is_in_range(const uint8_t *number, const jt_pkey_kind *kind)
{
    uint8_t any = 0;
    for (size_t i = 0; i < kind->width; i++)
        any |= number[i];
    return any != 0 && memcmp(number, kind->order, kind->width) < 0;
}

jeton_status jt_ecdsa_verify(const jt_pkey *key, jt_hash hash, jeton_span input, jeton_span sig,
                             jeton_err *err)
{
    const size_t width = key->kind->width;
    if (sig.len != 2 * width)
        return jt_fail(err, JETON_E_SIGNATURE, "ECDSA signature of the wrong length");
    if (!is_in_range(sig.ptr, key->kind) || !is_in_range(sig.ptr + width, key->kind))
        return jt_fail(err, JETON_E_SIGNATURE, "ECDSA signature out of range");
    uint8_t der[JT_ECDSA_DER_MAX];
    const size_t der_len = jt_ecdsa_der_print(sig, der);
    return jt_scheme_verify(&ecdsa, key, hash, input, jeton_bytes(der, der_len), err);
}
