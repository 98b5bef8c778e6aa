/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/ed448.c - keys for Ed448 (RFC 8032 §5.2), on OpenSSL; crypto/pure.h signs with them. */
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/secret.h"
#include "crypto/pkey_kind.h"

#include <openssl/core_names.h>

#define LEN 57U /* of either half */

enum { X, D, COUNT };

/* The field's prime, 2^448 - 2^224 - 1. */
static const char prime[] = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
                            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

/* Whether y is in the field and not 0, 1 or -1: those are the points of small order, each of which
 * would match many messages at once. */
static bool is_in_range(const BIGNUM *y, const BIGNUM *p)
{
    BIGNUM *next = BN_dup(y);
    const bool yes = next != NULL && BN_add_word(next, 1) == 1 && BN_cmp(next, p) < 0 &&
                     !BN_is_zero(y) && !BN_is_one(y);
    BN_free(next);
    return yes;
}

/* x² · (1 + 39081 · y²) = 1 - y², so there is an x where the product of the right side and the
 * factor is a square. OpenSSL looks only when it verifies. */
static bool has_x(const BIGNUM *y, const BIGNUM *p)
{
    JT_AUTO(jt_ossl_free_bn_ctx) BN_CTX *ctx = BN_CTX_new();
    JT_AUTO(jt_ossl_free_bn) BIGNUM *factor = BN_new();
    JT_AUTO(jt_ossl_free_bn) BIGNUM *product = BN_new();
    return ctx != NULL && factor != NULL && product != NULL && BN_mod_sqr(factor, y, p, ctx) == 1 &&
           BN_mod_sub(product, BN_value_one(), factor, p, ctx) == 1 &&
           BN_mul_word(factor, 39081) == 1 && BN_add_word(factor, 1) == 1 &&
           BN_mod_mul(product, product, factor, p, ctx) == 1 && BN_kronecker(product, p, ctx) == 1;
}

/* RFC 8032 §5.2.3: y, little-endian, and in the last byte nothing but the sign of x. */
static bool is_point(const uint8_t *bytes)
{
    JT_AUTO(jt_ossl_free_bn) BIGNUM *p = NULL;
    JT_AUTO(jt_ossl_free_bn) BIGNUM *y = BN_lebin2bn(bytes, (int)LEN - 1, NULL);
    return (bytes[LEN - 1] & 0x7fU) == 0 && y != NULL && BN_hex2bn(&p, prime) != 0 &&
           is_in_range(y, p) && has_x(y, p);
}

/* RFC 8037 §2: "x" is derived from "d". */
static jeton_status import_private(jt_pkey *key, const jt_numbers *numbers, jeton_err *err)
{
    const jeton_span d = numbers->at[D];
    uint8_t x[LEN];
    size_t len = sizeof x;
    key->evp = EVP_PKEY_new_raw_private_key_ex(NULL, key->kind->name, NULL, d.ptr, d.len);
    if (key->evp == NULL || EVP_PKEY_get_raw_public_key(key->evp, x, &len) != 1)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL refused an Ed448 key");
    if (memcmp(x, numbers->at[X].ptr, sizeof x) != 0)
        return jt_fail(err, JETON_E_KEY, "Ed448 public key is not derived from the private one");
    return JETON_OK;
}

static jeton_status import_public(jt_pkey *key, const jt_numbers *numbers, jeton_err *err)
{
    const jeton_span x = numbers->at[X];
    if (!is_point(x.ptr))
        return jt_fail(err, JETON_E_KEY, "Ed448 point is not on the curve or of small order");
    key->evp = EVP_PKEY_new_raw_public_key_ex(NULL, key->kind->name, NULL, x.ptr, x.len);
    if (key->evp == NULL)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL refused an Ed448 key");
    return JETON_OK;
}

static jeton_status import_ed448(jt_pkey *key, const jt_numbers *numbers, jeton_err *err)
{
    return key->is_private ? import_private(key, numbers, err) : import_public(key, numbers, err);
}

static jeton_status generate_ed448(jt_pkey *key, jeton_err *err)
{
    uint8_t d[LEN];
    jeton_status status = jt_random(key->ctx, d, sizeof d, err);
    if (status == JETON_OK) {
        key->evp = EVP_PKEY_new_raw_private_key_ex(NULL, key->kind->name, NULL, d, sizeof d);
        if (key->evp == NULL)
            status = jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not make an Ed448 key");
    }
    jt_wipe(d, sizeof d);
    return status;
}

const jt_pkey_kind jt_pkey_ed448 = {
    .type = JT_PKEY_ED448,
    .name = "ED448",
    .count = COUNT,
    .public_count = 1,
    .width = LEN,
    .is_octets = true,
    .params = {OSSL_PKEY_PARAM_PUB_KEY, OSSL_PKEY_PARAM_PRIV_KEY},
    .import = import_ed448,
    .generate = generate_ed448,
};
