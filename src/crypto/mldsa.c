/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/mldsa.c - keys for ML-DSA (FIPS 204), on OpenSSL; crypto/pure.h signs with them.
 *
 * The private number is the seed that the key is made from, nothing else (RFC 9964 §4). OpenSSL has
 * ML-DSA since 3.5: built against an older one, such keys are unsupported.
 */
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/secret.h"
#include "crypto/pkey_kind.h"

#include <openssl/core_names.h>

#define SEED_LEN   32U
#define PUB_MAX    2592U  /* of ML-DSA-87 */
#define SEED_PARAM "seed" /* OSSL_PKEY_PARAM_ML_DSA_SEED, where there is one */

enum { PUB, SEED, COUNT };

#if OPENSSL_VERSION_NUMBER >= 0x30500000L

static EVP_PKEY *make(const jt_pkey_kind *kind, size_t index, jeton_span number)
{
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(kind->params[index], (void *)number.ptr, number.len),
        OSSL_PARAM_construct_end(),
    };
    return jt_pkey_from_params(kind->name, index == SEED, params);
}

/* RFC 9964 §7.4: "pub" is what the seed expands to. */
static jeton_status check_pair(const jt_pkey *key, jeton_span pub, jeton_err *err)
{
    uint8_t made[PUB_MAX];
    size_t len = 0;
    if (EVP_PKEY_get_octet_string_param(key->evp, OSSL_PKEY_PARAM_PUB_KEY, made, sizeof made,
                                        &len) != 1)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL refused an ML-DSA key");
    if (!jeton_span_equal(jeton_bytes(made, len), pub))
        return jt_fail(err, JETON_E_KEY, "ML-DSA public key is not derived from the seed");
    return JETON_OK;
}

static jeton_status import_ml_dsa(jt_pkey *key, const jt_numbers *numbers, jeton_err *err)
{
    const size_t index = key->is_private ? SEED : PUB;
    key->evp = make(key->kind, index, numbers->at[index]);
    if (key->evp == NULL)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL refused an ML-DSA key");
    return key->is_private ? check_pair(key, numbers->at[PUB], err) : JETON_OK;
}

static jeton_status generate_ml_dsa(jt_pkey *key, jeton_err *err)
{
    uint8_t seed[SEED_LEN];
    jeton_status status = jt_random(key->ctx, seed, sizeof seed, err);
    if (status == JETON_OK) {
        key->evp = make(key->kind, SEED, jeton_bytes(seed, sizeof seed));
        if (key->evp == NULL)
            status = jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not make an ML-DSA key");
    }
    jt_wipe(seed, sizeof seed);
    return status;
}

#else

static jeton_status import_ml_dsa(jt_pkey *key, const jt_numbers *numbers, jeton_err *err)
{
    (void)key;
    (void)numbers;
    return jt_fail(err, JETON_E_UNSUPPORTED, "ML-DSA needs OpenSSL 3.5");
}

static jeton_status generate_ml_dsa(jt_pkey *key, jeton_err *err)
{
    return import_ml_dsa(key, NULL, err);
}

#endif

const jt_pkey_kind jt_pkey_ml_dsa_44 = {
    .type = JT_PKEY_ML_DSA_44,
    .name = "ML-DSA-44",
    .count = COUNT,
    .public_count = 1,
    .width = 1312,
    .private_width = SEED_LEN,
    .is_octets = true,
    .params = {OSSL_PKEY_PARAM_PUB_KEY, SEED_PARAM},
    .import = import_ml_dsa,
    .generate = generate_ml_dsa,
};

const jt_pkey_kind jt_pkey_ml_dsa_65 = {
    .type = JT_PKEY_ML_DSA_65,
    .name = "ML-DSA-65",
    .count = COUNT,
    .public_count = 1,
    .width = 1952,
    .private_width = SEED_LEN,
    .is_octets = true,
    .params = {OSSL_PKEY_PARAM_PUB_KEY, SEED_PARAM},
    .import = import_ml_dsa,
    .generate = generate_ml_dsa,
};

const jt_pkey_kind jt_pkey_ml_dsa_87 = {
    .type = JT_PKEY_ML_DSA_87,
    .name = "ML-DSA-87",
    .count = COUNT,
    .public_count = 1,
    .width = PUB_MAX,
    .private_width = SEED_LEN,
    .is_octets = true,
    .params = {OSSL_PKEY_PARAM_PUB_KEY, SEED_PARAM},
    .import = import_ml_dsa,
    .generate = generate_ml_dsa,
};
