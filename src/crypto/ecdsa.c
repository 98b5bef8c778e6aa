/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/ecdsa.c - keys on the curves of ECDSA, and its signatures, on OpenSSL. */
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

/* The orders of the groups, for is_in_range(): SP 800-186 §3.2.1, SEC 2 §2.4.1. */
static const uint8_t p256_order[] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

static const uint8_t p384_order[] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
};

static const uint8_t p521_order[] = {
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b,
    0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09, 0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c,
    0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09,
};

static const uint8_t k256_order[] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
};

_Static_assert(sizeof p521_order == JT_ECDSA_WIDTH_MAX, "room for the widest curve");

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

const jt_pkey_kind jt_pkey_p384 = {
    .type = JT_PKEY_P384,
    .name = "EC",
    .group = "secp384r1",
    .count = COUNT,
    .public_count = 2,
    .width = sizeof p384_order,
    .order = p384_order,
    .params = {OSSL_PKEY_PARAM_EC_PUB_X, OSSL_PKEY_PARAM_EC_PUB_Y, OSSL_PKEY_PARAM_PRIV_KEY},
    .import = import_ec,
    .generate = generate_ec,
};

const jt_pkey_kind jt_pkey_p521 = {
    .type = JT_PKEY_P521,
    .name = "EC",
    .group = "secp521r1",
    .count = COUNT,
    .public_count = 2,
    .width = sizeof p521_order,
    .order = p521_order,
    .params = {OSSL_PKEY_PARAM_EC_PUB_X, OSSL_PKEY_PARAM_EC_PUB_Y, OSSL_PKEY_PARAM_PRIV_KEY},
    .import = import_ec,
    .generate = generate_ec,
};

const jt_pkey_kind jt_pkey_k256 = {
    .type = JT_PKEY_K256,
    .name = "EC",
    .group = "secp256k1",
    .count = COUNT,
    .public_count = 2,
    .width = sizeof k256_order,
    .order = k256_order,
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

jeton_status jt_ecdsa_sign(const jt_pkey *key, jt_hash hash, const uint8_t *digest, uint8_t *sig,
                           size_t *len, jeton_err *err)
{
    const size_t width = key->kind->width;
    if (*len < 2 * width)
        return jt_fail(err, JETON_E_ARGUMENT, "no room for an ECDSA signature");
    uint8_t der[JT_ECDSA_DER_MAX];
    size_t der_len = sizeof der;
    JT_TRY(jt_scheme_sign(&ecdsa, key, hash, digest, der, &der_len, err));
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

jeton_status jt_ecdsa_verify(const jt_pkey *key, jt_hash hash, const uint8_t *digest,
                             jeton_span sig, jeton_err *err)
{
    const size_t width = key->kind->width;
    if (sig.len != 2 * width)
        return jt_fail(err, JETON_E_SIGNATURE, "ECDSA signature of the wrong length");
    if (!is_in_range(sig.ptr, key->kind) || !is_in_range(sig.ptr + width, key->kind))
        return jt_fail(err, JETON_E_SIGNATURE, "ECDSA signature out of range");
    uint8_t der[JT_ECDSA_DER_MAX];
    const size_t der_len = jt_ecdsa_der_print(sig, der);
    return jt_scheme_verify(&ecdsa, key, hash, digest, jeton_bytes(der, der_len), err);
}
