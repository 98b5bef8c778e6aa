/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pkey.c - what all asymmetric keys have in common: making, taking apart, the pools. */
#include "crypto/pkey.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "core/secret.h"
#include "crypto/pkey_kind.h"

#include <openssl/core_names.h>

static const jt_pkey_kind *const kinds[JT_PKEY_TYPES] = {
    [JT_PKEY_RSA] = &jt_pkey_rsa,
    [JT_PKEY_P256] = &jt_pkey_p256,
    [JT_PKEY_P384] = &jt_pkey_p384,
    [JT_PKEY_P521] = &jt_pkey_p521,
    [JT_PKEY_K256] = &jt_pkey_k256,
    [JT_PKEY_ED25519] = &jt_pkey_ed25519,
    [JT_PKEY_ED448] = &jt_pkey_ed448,
    [JT_PKEY_ML_DSA_44] = &jt_pkey_ml_dsa_44,
    [JT_PKEY_ML_DSA_65] = &jt_pkey_ml_dsa_65,
    [JT_PKEY_ML_DSA_87] = &jt_pkey_ml_dsa_87,
};

jt_pkey_type jt_pkey_type_of(const jt_pkey *key)
{
    return key->kind->type;
}

bool jt_pkey_is_private(const jt_pkey *key)
{
    return key->is_private;
}

bool jt_pkey_is_same(const jt_pkey *a, const jt_pkey *b)
{
    jt_ossl_begin();
    const bool yes = a->kind == b->kind && EVP_PKEY_eq(a->evp, b->evp) == 1;
    jt_ossl_end();
    return yes;
}

/* ---- making and freeing --------------------------------------------------------------------- */

static jeton_status new_key(const jeton_ctx *ctx, const jt_pkey_kind *kind, jt_pkey **key,
                            jeton_err *err)
{
    *key = jt_zalloc(ctx, sizeof **key);
    if (*key == NULL)
        return jt_fail(err, JETON_E_NOMEM, "key");
    (*key)->ctx = ctx;
    (*key)->kind = kind;
    (*key)->pools = jt_zalloc(ctx, JT_POOLS * sizeof(jt_pool));
    if ((*key)->pools == NULL)
        return jt_fail(err, JETON_E_NOMEM, "key");
    return JETON_OK;
}

void jt_pkey_free(jt_pkey **key)
{
    if (key == NULL || *key == NULL)
        return;
    jt_pkey *old = *key;
    for (size_t i = 0; old->pools != NULL && i < JT_POOLS; i++)
        jt_pool_done(&old->pools[i]);
    jt_release(old->ctx, old->pools);
    EVP_PKEY_free(old->evp); /* OpenSSL wipes what is private in it */
    jt_wipe(old->ed25519_secret, sizeof old->ed25519_secret);
    jt_release(old->ctx, old);
    *key = NULL;
}

/* Bytes of a number; 0: as many as it takes. */
static size_t width_of(const jt_pkey_kind *kind, size_t index)
{
    const bool differs = index >= kind->public_count && kind->private_width > 0;
    return differs ? kind->private_width : kind->width;
}

/* Public numbers must be there; private ones are all there or not at all (a half of them may be
 * the rest of a key that lost its protection, or a mistake: neither is a public key). */
static jeton_status check_shape(const jt_pkey_kind *kind, const jt_numbers *numbers,
                                bool *is_private, jeton_err *err)
{
    size_t privates = 0;
    for (size_t i = 0; i < kind->count; i++) {
        const jeton_span number = numbers->at[i];
        const size_t width = width_of(kind, i);
        if (number.len == 0 && i < kind->public_count)
            return jt_fail(err, JETON_E_KEY, "%s key lacks a public number", kind->name);
        if (number.len > 0 && width > 0 && number.len != width)
            return jt_fail(err, JETON_E_KEY, "%s key has a number that is not %zu bytes long",
                           kind->name, width);
        privates += number.len > 0 && i >= kind->public_count;
    }
    if (privates != 0 && privates != kind->count - kind->public_count)
        return jt_fail(err, JETON_E_KEY, "%s key lacks a private number", kind->name);
    *is_private = privates > 0;
    return JETON_OK;
}

jeton_status jt_pkey_import(const jeton_ctx *ctx, jt_pkey_type type, const jt_numbers *numbers,
                            jt_pkey **key, jeton_err *err)
{
    *key = NULL;
    JT_AUTO(jt_pkey_free) jt_pkey *made = NULL;
    JT_TRY(new_key(ctx, kinds[type], &made, err));
    JT_TRY(check_shape(made->kind, numbers, &made->is_private, err));
    jt_ossl_begin();
    const jeton_status status = made->kind->import(made, numbers, err);
    jt_ossl_end();
    if (status == JETON_OK) {
        *key = made;
        made = NULL; /* ownership has moved to the caller */
    }
    return status;
}

jeton_status jt_pkey_generate(const jeton_ctx *ctx, jt_pkey_type type, jt_pkey **key,
                              jeton_err *err)
{
    *key = NULL;
    JT_AUTO(jt_pkey_free) jt_pkey *made = NULL;
    JT_TRY(new_key(ctx, kinds[type], &made, err));
    made->is_private = true;
    jt_ossl_begin();
    const jeton_status status = made->kind->generate(made, err);
    jt_ossl_end();
    if (status == JETON_OK) {
        *key = made;
        made = NULL; /* ownership has moved to the caller */
    }
    return status;
}

EVP_PKEY *jt_pkey_from_params(const char *name, bool is_private, OSSL_PARAM *params)
{
    JT_AUTO(jt_ossl_free_pkey_ctx)
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, name, NULL);
    EVP_PKEY *evp = NULL;
    const int selection = is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    if (params == NULL || ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &evp, selection, params) != 1)
        return NULL;
    return evp;
}

EVP_PKEY *jt_pkey_from_build(const char *name, bool is_private, OSSL_PARAM_BLD *build)
{
    JT_AUTO(jt_ossl_free_params) OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    return jt_pkey_from_params(name, is_private, params);
}

/* ---- taking apart --------------------------------------------------------------------------- */

static bool is_on_group(const EVP_PKEY *evp, const char *group)
{
    char name[32] = "";
    return EVP_PKEY_get_utf8_string_param(evp, OSSL_PKEY_PARAM_GROUP_NAME, name, sizeof name,
                                          NULL) == 1 &&
           strcmp(name, group) == 0;
}

const jt_pkey_kind *jt_pkey_kind_of(const EVP_PKEY *evp)
{
    for (size_t i = 0; i < JT_PKEY_TYPES; i++)
        if (EVP_PKEY_is_a(evp, kinds[i]->name) &&
            (kinds[i]->group == NULL || is_on_group(evp, kinds[i]->group)))
            return kinds[i];
    return NULL;
}

/* Adds one number to *bytes. */
static jeton_status read_integer(const EVP_PKEY *evp, const char *param, size_t width,
                                 jt_buf *bytes, jeton_err *err)
{
    JT_AUTO(jt_ossl_free_bn) BIGNUM *number = NULL;
    if (EVP_PKEY_get_bn_param(evp, param, &number) != 1)
        return jt_fail(err, JETON_E_KEY, "key lacks its number %s", param);
    const size_t len = width > 0 ? width : (size_t)BN_num_bytes(number);
    JT_TRY(jt_buf_reserve(bytes, len, err));
    if (BN_bn2binpad(number, bytes->ptr + bytes->len, (int)len) < 0)
        return jt_fail(err, JETON_E_KEY, "key has a number %s that is too large", param);
    bytes->len += len;
    return JETON_OK;
}

static jeton_status read_octets(const EVP_PKEY *evp, const char *param, size_t width, jt_buf *bytes,
                                jeton_err *err)
{
    size_t len = 0;
    JT_TRY(jt_buf_reserve(bytes, width, err));
    uint8_t *to = bytes->ptr + bytes->len;
    if (EVP_PKEY_get_octet_string_param(evp, param, to, width, &len) != 1 || len != width)
        return jt_fail(err, JETON_E_KEY, "key lacks its number %s", param);
    bytes->len += len;
    return JETON_OK;
}

jeton_status jt_pkey_read_numbers(const jt_pkey_kind *kind, const EVP_PKEY *evp, bool with_private,
                                  jt_buf *bytes, jt_numbers *numbers, jeton_err *err)
{
    *numbers = (jt_numbers){0};
    bytes->len = 0;
    const size_t count = with_private ? kind->count : kind->public_count;
    size_t ends[JT_PKEY_NUMBERS];
    for (size_t i = 0; i < count; i++) {
        const size_t width = width_of(kind, i);
        JT_TRY(kind->is_octets ? read_octets(evp, kind->params[i], width, bytes, err)
                               : read_integer(evp, kind->params[i], width, bytes, err));
        ends[i] = bytes->len;
    }
    for (size_t i = 0; i < count; i++) { /* only now do the bytes stay where they are */
        const size_t start = i > 0 ? ends[i - 1] : 0;
        numbers->at[i] = jeton_bytes(bytes->ptr + start, ends[i] - start);
    }
    return JETON_OK;
}

jeton_status jt_pkey_export(const jt_pkey *key, jt_buf *bytes, jt_numbers *numbers, jeton_err *err)
{
    jt_ossl_begin();
    const jeton_status status =
        jt_pkey_read_numbers(key->kind, key->evp, key->is_private, bytes, numbers, err);
    jt_ossl_end();
    return status;
}
