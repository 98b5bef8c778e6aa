/* SPDX-License-Identifier: Apache-2.0 */
/* keys/alg.c - the algorithms, in one table. */
#include "keys/alg.h"

#include "core/auto.h"
#include "core/err.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/pure.h"
#include "crypto/rsa.h"
#include "keys/inside.h"

static jeton_status sign_hmac(const jt_alg *alg, const jeton_key *key, jeton_span input,
                              uint8_t *sig, size_t *len, jeton_err *err)
{
    if (*len < jt_hash_len(alg->hash))
        return jt_fail(err, JETON_E_ARGUMENT, "no room for an HMAC");
    jt_hmac_sign(&key->oct->macs[alg->hash], input, sig);
    *len = jt_hash_len(alg->hash);
    return JETON_OK;
}

static jeton_status verify_hmac(const jt_alg *alg, const jeton_key *key, jeton_span input,
                                jeton_span sig, jeton_err *err)
{
    if (!jt_hmac_verify(&key->oct->macs[alg->hash], input, sig))
        return jt_fail(err, JETON_E_SIGNATURE, "signature does not match");
    return JETON_OK;
}

static void begin_hmac(const jt_alg *alg, const jeton_key *key, jt_sha2 *running)
{
    jt_hmac_begin(&key->oct->macs[alg->hash], running);
}

static jeton_status sign_end_hmac(const jt_alg *alg, const jeton_key *key, jt_sha2 *running,
                                  uint8_t *sig, size_t *len, jeton_err *err)
{
    if (*len < jt_hash_len(alg->hash))
        return jt_fail(err, JETON_E_ARGUMENT, "no room for an HMAC");
    jt_hmac_sign_end(&key->oct->macs[alg->hash], running, sig);
    *len = jt_hash_len(alg->hash);
    return JETON_OK;
}

static jeton_status verify_end_hmac(const jt_alg *alg, const jeton_key *key, jt_sha2 *running,
                                    jeton_span sig, jeton_err *err)
{
    if (!jt_hmac_verify_end(&key->oct->macs[alg->hash], running, sig))
        return jt_fail(err, JETON_E_SIGNATURE, "signature does not match");
    return JETON_OK;
}

/* ---- what is signed as a digest ------------------------------------------------------------- */

static void begin_hash(const jt_alg *alg, const jeton_key *key, jt_sha2 *running)
{
    (void)key;
    jt_sha2_init(running, alg->hash);
}

static jeton_status sign_hashed(const jt_alg *alg, const jeton_key *key, jeton_span input,
                                uint8_t *sig, size_t *len, jeton_err *err)
{
    jt_sha2 running;
    jt_sha2_init(&running, alg->hash);
    jt_sha2_update(&running, input);
    return alg->sign_end(alg, key, &running, sig, len, err);
}

static jeton_status verify_hashed(const jt_alg *alg, const jeton_key *key, jeton_span input,
                                  jeton_span sig, jeton_err *err)
{
    jt_sha2 running;
    jt_sha2_init(&running, alg->hash);
    jt_sha2_update(&running, input);
    return alg->verify_end(alg, key, &running, sig, err);
}

static jeton_status sign_end_rsa(const jt_alg *alg, const jeton_key *key, jt_sha2 *running,
                                 uint8_t *sig, size_t *len, jeton_err *err)
{
    uint8_t digest[JT_HASH_MAX];
    jt_sha2_final(running, digest);
    return jt_rsa_sign(key->pkey, alg->hash, digest, sig, len, err);
}

static jeton_status verify_end_rsa(const jt_alg *alg, const jeton_key *key, jt_sha2 *running,
                                   jeton_span sig, jeton_err *err)
{
    uint8_t digest[JT_HASH_MAX];
    jt_sha2_final(running, digest);
    return jt_rsa_verify(key->pkey, alg->hash, digest, sig, err);
}

static jeton_status sign_end_rsa_pss(const jt_alg *alg, const jeton_key *key, jt_sha2 *running,
                                     uint8_t *sig, size_t *len, jeton_err *err)
{
    uint8_t digest[JT_HASH_MAX];
    jt_sha2_final(running, digest);
    return jt_rsa_pss_sign(key->pkey, alg->hash, digest, sig, len, err);
}

static jeton_status verify_end_rsa_pss(const jt_alg *alg, const jeton_key *key, jt_sha2 *running,
                                       jeton_span sig, jeton_err *err)
{
    uint8_t digest[JT_HASH_MAX];
    jt_sha2_final(running, digest);
    return jt_rsa_pss_verify(key->pkey, alg->hash, digest, sig, err);
}

static jeton_status sign_end_ecdsa(const jt_alg *alg, const jeton_key *key, jt_sha2 *running,
                                   uint8_t *sig, size_t *len, jeton_err *err)
{
    uint8_t digest[JT_HASH_MAX];
    jt_sha2_final(running, digest);
    return jt_ecdsa_sign(key->pkey, alg->hash, digest, sig, len, err);
}

static jeton_status verify_end_ecdsa(const jt_alg *alg, const jeton_key *key, jt_sha2 *running,
                                     jeton_span sig, jeton_err *err)
{
    uint8_t digest[JT_HASH_MAX];
    jt_sha2_final(running, digest);
    return jt_ecdsa_verify(key->pkey, alg->hash, digest, sig, err);
}

/* ---- what needs the whole message ----------------------------------------------------------- */

static jeton_status sign_ed25519(const jt_alg *alg, const jeton_key *key, jeton_span input,
                                 uint8_t *sig, size_t *len, jeton_err *err)
{
    (void)alg; /* the hash is part of the algorithm */
    return jt_ed25519_sign(key->pkey, input, sig, len, err);
}

static jeton_status verify_ed25519(const jt_alg *alg, const jeton_key *key, jeton_span input,
                                   jeton_span sig, jeton_err *err)
{
    (void)alg;
    return jt_ed25519_verify(key->pkey, input, sig, err);
}

static jeton_status sign_pure(const jt_alg *alg, const jeton_key *key, jeton_span input,
                              uint8_t *sig, size_t *len, jeton_err *err)
{
    (void)alg;
    return jt_pure_sign(key->pkey, input, sig, len, err);
}

static jeton_status verify_pure(const jt_alg *alg, const jeton_key *key, jeton_span input,
                                jeton_span sig, jeton_err *err)
{
    (void)alg;
    return jt_pure_verify(key->pkey, input, sig, err);
}

/* The old name leaves the curve to the key (RFC 8037 §3.1), and the key's curve has one algorithm.
 */
static const jt_alg *row_of_curve(const jeton_key *key)
{
    return jt_alg_row(strcmp(key->kty->crv, "Ed448") == 0 ? JETON_ED448 : JETON_ED25519);
}

static jeton_status sign_eddsa(const jt_alg *alg, const jeton_key *key, jeton_span input,
                               uint8_t *sig, size_t *len, jeton_err *err)
{
    alg = row_of_curve(key);
    return alg->sign(alg, key, input, sig, len, err);
}

static jeton_status verify_eddsa(const jt_alg *alg, const jeton_key *key, jeton_span input,
                                 jeton_span sig, jeton_err *err)
{
    alg = row_of_curve(key);
    return alg->verify(alg, key, input, sig, err);
}

static const jt_alg rows[] = {
    [JETON_HS256] = {.id = JETON_HS256,
                     .name = "HS256",
                     .kty = "oct",
                     .hash = JT_SHA256,
                     .sign = sign_hmac,
                     .begin = begin_hmac,
                     .sign_end = sign_end_hmac,
                     .verify = verify_hmac,
                     .verify_end = verify_end_hmac,
                     .keyed = true},
    [JETON_HS384] = {.id = JETON_HS384,
                     .name = "HS384",
                     .kty = "oct",
                     .hash = JT_SHA384,
                     .sign = sign_hmac,
                     .begin = begin_hmac,
                     .sign_end = sign_end_hmac,
                     .verify = verify_hmac,
                     .verify_end = verify_end_hmac,
                     .keyed = true},
    [JETON_HS512] = {.id = JETON_HS512,
                     .name = "HS512",
                     .kty = "oct",
                     .hash = JT_SHA512,
                     .sign = sign_hmac,
                     .begin = begin_hmac,
                     .sign_end = sign_end_hmac,
                     .verify = verify_hmac,
                     .verify_end = verify_end_hmac,
                     .keyed = true},
    [JETON_RS256] = {.id = JETON_RS256,
                     .name = "RS256",
                     .kty = "RSA",
                     .hash = JT_SHA256,
                     .sign = sign_hashed,
                     .begin = begin_hash,
                     .sign_end = sign_end_rsa,
                     .verify = verify_hashed,
                     .verify_end = verify_end_rsa},
    [JETON_RS384] = {.id = JETON_RS384,
                     .name = "RS384",
                     .kty = "RSA",
                     .hash = JT_SHA384,
                     .sign = sign_hashed,
                     .begin = begin_hash,
                     .sign_end = sign_end_rsa,
                     .verify = verify_hashed,
                     .verify_end = verify_end_rsa},
    [JETON_RS512] = {.id = JETON_RS512,
                     .name = "RS512",
                     .kty = "RSA",
                     .hash = JT_SHA512,
                     .sign = sign_hashed,
                     .begin = begin_hash,
                     .sign_end = sign_end_rsa,
                     .verify = verify_hashed,
                     .verify_end = verify_end_rsa},
    [JETON_PS256] = {.id = JETON_PS256,
                     .name = "PS256",
                     .kty = "RSA",
                     .hash = JT_SHA256,
                     .sign = sign_hashed,
                     .begin = begin_hash,
                     .sign_end = sign_end_rsa_pss,
                     .verify = verify_hashed,
                     .verify_end = verify_end_rsa_pss},
    [JETON_PS384] = {.id = JETON_PS384,
                     .name = "PS384",
                     .kty = "RSA",
                     .hash = JT_SHA384,
                     .sign = sign_hashed,
                     .begin = begin_hash,
                     .sign_end = sign_end_rsa_pss,
                     .verify = verify_hashed,
                     .verify_end = verify_end_rsa_pss},
    [JETON_PS512] = {.id = JETON_PS512,
                     .name = "PS512",
                     .kty = "RSA",
                     .hash = JT_SHA512,
                     .sign = sign_hashed,
                     .begin = begin_hash,
                     .sign_end = sign_end_rsa_pss,
                     .verify = verify_hashed,
                     .verify_end = verify_end_rsa_pss},
    [JETON_ES256] = {.id = JETON_ES256,
                     .name = "ES256",
                     .kty = "EC",
                     .crv = "P-256",
                     .hash = JT_SHA256,
                     .sign = sign_hashed,
                     .begin = begin_hash,
                     .sign_end = sign_end_ecdsa,
                     .verify = verify_hashed,
                     .verify_end = verify_end_ecdsa},
    [JETON_ES384] = {.id = JETON_ES384,
                     .name = "ES384",
                     .kty = "EC",
                     .crv = "P-384",
                     .hash = JT_SHA384,
                     .sign = sign_hashed,
                     .begin = begin_hash,
                     .sign_end = sign_end_ecdsa,
                     .verify = verify_hashed,
                     .verify_end = verify_end_ecdsa},
    [JETON_ES512] = {.id = JETON_ES512,
                     .name = "ES512",
                     .kty = "EC",
                     .crv = "P-521",
                     .hash = JT_SHA512,
                     .sign = sign_hashed,
                     .begin = begin_hash,
                     .sign_end = sign_end_ecdsa,
                     .verify = verify_hashed,
                     .verify_end = verify_end_ecdsa},
    [JETON_ES256K] = {.id = JETON_ES256K,
                      .name = "ES256K",
                      .kty = "EC",
                      .crv = "secp256k1",
                      .hash = JT_SHA256,
                      .sign = sign_hashed,
                      .begin = begin_hash,
                      .sign_end = sign_end_ecdsa,
                      .verify = verify_hashed,
                      .verify_end = verify_end_ecdsa},
    [JETON_ED25519] = {.id = JETON_ED25519,
                       .name = "Ed25519",
                       .kty = "OKP",
                       .crv = "Ed25519",
                       .sign = sign_ed25519,
                       .verify = verify_ed25519},
    [JETON_EDDSA] = {.id = JETON_EDDSA,
                     .name = "EdDSA",
                     .kty = "OKP",
                     .sign = sign_eddsa,
                     .verify = verify_eddsa},
    [JETON_ED448] = {.id = JETON_ED448,
                     .name = "Ed448",
                     .kty = "OKP",
                     .crv = "Ed448",
                     .sign = sign_pure,
                     .verify = verify_pure},
    [JETON_ML_DSA_44] = {.id = JETON_ML_DSA_44,
                         .name = "ML-DSA-44",
                         .kty = "AKP",
                         .sign = sign_pure,
                         .verify = verify_pure},
    [JETON_ML_DSA_65] = {.id = JETON_ML_DSA_65,
                         .name = "ML-DSA-65",
                         .kty = "AKP",
                         .sign = sign_pure,
                         .verify = verify_pure},
    [JETON_ML_DSA_87] = {.id = JETON_ML_DSA_87,
                         .name = "ML-DSA-87",
                         .kty = "AKP",
                         .sign = sign_pure,
                         .verify = verify_pure},
};

const jt_alg *jt_alg_row(jeton_alg id)
{
    if ((size_t)id >= JT_COUNT(rows) || rows[id].name == NULL)
        return NULL;
    return &rows[id];
}

bool jt_alg_same(jeton_alg a, jeton_alg b, const char *crv)
{
    if (a == b)
        return true;
    if (a != JETON_EDDSA && b != JETON_EDDSA)
        return false;
    const jt_alg *row = jt_alg_row(a == JETON_EDDSA ? b : a);
    return row != NULL && crv != NULL && strcmp(row->kty, "OKP") == 0 &&
           strcmp(row->crv, crv) == 0; /* of that type, "EdDSA" alone has no curve in its row */
}

jeton_status jt_algs_are_known(uint32_t algs, jeton_err *err)
{
    for (uint32_t i = 0; i < 32; i++)
        if ((algs >> i & 1) != 0 && jt_alg_row((jeton_alg)i) == NULL)
            return jt_fail(err, JETON_E_ARGUMENT, "algorithm bit %u stands for nothing", i);
    return JETON_OK;
}

const char *jeton_alg_name(jeton_alg alg)
{
    const jt_alg *row = jt_alg_row(alg);
    return row != NULL ? row->name : "";
}

jeton_alg jeton_alg_find(jeton_span name)
{
    for (size_t i = 0; i < JT_COUNT(rows); i++)
        if (rows[i].name != NULL && jeton_span_equal(name, jeton_str(rows[i].name)))
            return rows[i].id;
    return JETON_ALG_UNSET;
}
