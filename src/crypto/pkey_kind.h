/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pkey_kind.h - what a key is inside, and what each algorithm's file adds: for crypto/ only.
 */
#ifndef JT_CRYPTO_PKEY_KIND_H
#define JT_CRYPTO_PKEY_KIND_H

#include "crypto/ossl.h"
#include "crypto/pkey.h"
#include "crypto/scheme.h"

/* One row per type of key. */
typedef struct jt_pkey_kind {
    jt_pkey_type type;
    const char *name;  /* OpenSSL's name of the type … */
    const char *group; /* … and of its curve, or NULL */
    size_t count, public_count;
    size_t width;         /* bytes of each number; 0: as many as it takes */
    size_t private_width; /* of the private ones, where they differ; 0: they do not */
    bool is_octets;       /* OpenSSL keeps them as byte strings, not as integers */
    const uint8_t *order; /* of an ECDSA curve, `width` bytes */
    const char *params[JT_PKEY_NUMBERS]; /* OpenSSL's name of each number */
    /* Checks the numbers, whose count and width are right, and fills key->evp and the rest. */
    jeton_status (*import)(jt_pkey *key, const jt_numbers *numbers, jeton_err *err);
    jeton_status (*generate)(jt_pkey *key, jeton_err *err);
} jt_pkey_kind;

extern const jt_pkey_kind jt_pkey_rsa;
extern const jt_pkey_kind jt_pkey_p256;
extern const jt_pkey_kind jt_pkey_p384;
extern const jt_pkey_kind jt_pkey_p521;
extern const jt_pkey_kind jt_pkey_k256;
extern const jt_pkey_kind jt_pkey_ed25519;
extern const jt_pkey_kind jt_pkey_ed448;
extern const jt_pkey_kind jt_pkey_ml_dsa_44;
extern const jt_pkey_kind jt_pkey_ml_dsa_65;
extern const jt_pkey_kind jt_pkey_ml_dsa_87;

struct jt_pkey {
    const jeton_ctx *ctx;
    const jt_pkey_kind *kind;
    bool is_private;
    EVP_PKEY *evp;
    jt_pool *pools;             /* JT_POOLS of them: one per scheme, hash and operation */
    uint8_t ed25519_public[32]; /* as libsodium takes it; unused by other kinds */
    uint8_t ed25519_secret[64];
};

/* An EVP_PKEY from parameters; NULL when OpenSSL refuses them. */
EVP_PKEY *jt_pkey_from_params(const char *name, bool is_private, OSSL_PARAM *params);
EVP_PKEY *jt_pkey_from_build(const char *name, bool is_private, OSSL_PARAM_BLD *build);

/* The row for what OpenSSL has read; NULL when we have none. */
const jt_pkey_kind *jt_pkey_kind_of(const EVP_PKEY *evp);

/* The numbers of an EVP_PKEY, as jt_pkey_export() gives them. */
JETON_MUST jeton_status jt_pkey_read_numbers(const jt_pkey_kind *kind, const EVP_PKEY *evp,
                                             bool with_private, jt_buf *bytes, jt_numbers *numbers,
                                             jeton_err *err);

#endif
