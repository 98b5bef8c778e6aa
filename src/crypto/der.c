/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/der.c - DER through OpenSSL's decoders; the numbers then go the way of every other key, so
 * that what is refused in a JWK is refused here. */
#include "crypto/der.h"

#include "core/auto.h"
#include "core/err.h"
#include "crypto/pkey_kind.h"

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/x509.h>

/* How OpenSSL's decoder reads each form. */
static const struct reading {
    const char *structure; /* the decoder's name of it; NULL: it does not read it */
    const char *type;      /* NULL: the structure says */
    bool is_private;
} readings[] = {
    [JT_DER_PUBLIC] = {"SubjectPublicKeyInfo", NULL, false},
    [JT_DER_PRIVATE] = {"PrivateKeyInfo", NULL, true},
    [JT_DER_RSA_PUBLIC] = {"type-specific", "RSA", false},
    [JT_DER_RSA_PRIVATE] = {"type-specific", "RSA", true},
    [JT_DER_EC_PRIVATE] = {"type-specific", "EC", true},
    [JT_DER_CERTIFICATE] = {NULL, NULL, false},
};

/* ---- reading -------------------------------------------------------------------------------- */

static void free_decoder(OSSL_DECODER_CTX **decoder)
{
    OSSL_DECODER_CTX_free(*decoder);
}

static void free_x509(X509 **cert)
{
    X509_free(*cert);
}

/* The number OpenSSL has for the key's algorithm; NID_undef when it has none, and -1 when the key
 * is broken. */
static int nid_of_private(jeton_span der)
{
    const uint8_t *at = der.ptr;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)der.len);
    const ASN1_OBJECT *name = NULL;
    const bool is_read = info != NULL && PKCS8_pkey_get0(&name, NULL, NULL, NULL, info) == 1;
    const int nid = is_read ? OBJ_obj2nid(name) : -1;
    PKCS8_PRIV_KEY_INFO_free(info);
    return nid;
}

static int nid_of_public(jeton_span der)
{
    const uint8_t *at = der.ptr;
    X509_PUBKEY *info = d2i_X509_PUBKEY(NULL, &at, (long)der.len);
    ASN1_OBJECT *name = NULL;
    const bool is_read = info != NULL && X509_PUBKEY_get0_param(&name, NULL, NULL, NULL, info) == 1;
    const int nid = is_read ? OBJ_obj2nid(name) : -1;
    X509_PUBKEY_free(info);
    return nid;
}

/* Whether a key that cannot be decoded is sound, but of an algorithm that this OpenSSL has never
 * heard of, as 3.0 has not of ML-DSA. */
static bool is_foreign(const struct reading *reading, jeton_span der)
{
    if (reading->type != NULL)
        return false;
    return (reading->is_private ? nid_of_private(der) : nid_of_public(der)) == NID_undef;
}

static jeton_status decode(const struct reading *reading, jeton_span der, EVP_PKEY **evp,
                           jeton_err *err)
{
    const int selection = reading->is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    JT_AUTO(free_decoder)
    OSSL_DECODER_CTX *decoder = OSSL_DECODER_CTX_new_for_pkey(evp, "DER", reading->structure,
                                                              reading->type, selection, NULL, NULL);
    if (decoder == NULL)
        return jt_fail(err, JETON_E_NOMEM, "key decoder");
    const uint8_t *at = der.ptr;
    size_t left = der.len;
    const bool is_read =
        OSSL_DECODER_from_data(decoder, &at, &left) == 1 && *evp != NULL && left == 0;
    if (!is_read && is_foreign(reading, der))
        return jt_fail(err, JETON_E_UNSUPPORTED, "key of an unknown type");
    if (!is_read)
        return jt_fail(err, JETON_E_KEY, "the key cannot be read");
    return JETON_OK;
}

/* RFC 5480 §2.1.1: a curve is named. Parameters written out may be those of a curve that only
 * looks like the named one. */
static bool is_named(const EVP_PKEY *evp)
{
    int is_explicit = 0;
    return EVP_PKEY_get_int_param(evp, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS,
                                  &is_explicit) != 1 ||
           is_explicit == 0;
}

static jeton_status parse_key(const jeton_ctx *ctx, const struct reading *reading, jeton_span der,
                              jt_pkey **key, jeton_err *err)
{
    JT_AUTO(jt_ossl_free_pkey) EVP_PKEY *evp = NULL;
    JT_TRY(decode(reading, der, &evp, err));
    const jt_pkey_kind *kind = jt_pkey_kind_of(evp);
    if (kind == NULL || !is_named(evp))
        return jt_fail(err, JETON_E_UNSUPPORTED, "key of an unknown type or curve");

    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(ctx);
    jt_numbers numbers;
    JT_TRY(jt_pkey_read_numbers(kind, evp, reading->is_private, &bytes, &numbers, err));
    return jt_pkey_import(ctx, kind->type, &numbers, key, err);
}

/* The certificate's SubjectPublicKeyInfo goes the way of one that stands alone. */
static jeton_status parse_certificate(const jeton_ctx *ctx, jeton_span der, jt_pkey **key,
                                      jeton_err *err)
{
    const uint8_t *at = der.ptr;
    JT_AUTO(free_x509) X509 *cert = d2i_X509(NULL, &at, (long)der.len);
    if (cert == NULL || at != der.ptr + der.len)
        return jt_fail(err, JETON_E_KEY, "the certificate cannot be read");
    const X509_PUBKEY *info = X509_get_X509_PUBKEY(cert);
    JT_AUTO(jt_buf_done) jt_buf public = jt_buf_init(ctx);
    const int len = i2d_X509_PUBKEY(info, NULL);
    if (len <= 0)
        return jt_fail(err, JETON_E_CRYPTO, "the certificate's key cannot be taken out");
    JT_TRY(jt_buf_reserve(&public, (size_t)len, err));
    uint8_t *to = public.ptr;
    if (i2d_X509_PUBKEY(info, &to) != len)
        return jt_fail(err, JETON_E_CRYPTO, "the certificate's key cannot be taken out");
    public.len = (size_t)len;
    return parse_key(ctx, &readings[JT_DER_PUBLIC], jt_buf_span(&public), key, err);
}

jeton_status jt_der_parse(const jeton_ctx *ctx, jt_der_form form, jeton_span der, jt_pkey **key,
                          jeton_err *err)
{
    *key = NULL;
    if (form == JT_DER_UNKNOWN || jt_der_form_of(der) != form)
        return jt_fail(err, JETON_E_KEY, "not a key, or not the kind of key it is said to be");
    if (form == JT_DER_ENCRYPTED)
        return jt_fail(err, JETON_E_UNSUPPORTED, "the key is encrypted: it takes its passphrase");
    jt_ossl_begin();
    const jeton_status status = form == JT_DER_CERTIFICATE
                                    ? parse_certificate(ctx, der, key, err)
                                    : parse_key(ctx, &readings[form], der, key, err);
    jt_ossl_end();
    return status;
}

/* ---- writing -------------------------------------------------------------------------------- */

/* What i2d functions have in common: the length for NULL, else the bytes. */
static int write_der(const jt_pkey *key, const PKCS8_PRIV_KEY_INFO *info, uint8_t **to)
{
    return info != NULL ? i2d_PKCS8_PRIV_KEY_INFO(info, to) : i2d_PUBKEY(key->evp, to);
}

static jeton_status print(const jt_pkey *key, const PKCS8_PRIV_KEY_INFO *info, jt_buf *out,
                          jeton_err *err)
{
    const int len = write_der(key, info, NULL);
    if (len <= 0)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not print a key");
    JT_TRY(jt_buf_reserve(out, (size_t)len, err));
    uint8_t *to = out->ptr + out->len;
    if (write_der(key, info, &to) != len) /* the second time takes memory too */
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not print a key");
    out->len += (size_t)len;
    return JETON_OK;
}

jeton_status jt_der_print(const jt_pkey *key, bool with_private, jt_buf *out, jeton_err *err)
{
    if (with_private && !key->is_private)
        return jt_fail(err, JETON_E_KEY_USE, "no private part to print");
    jt_ossl_begin();
    PKCS8_PRIV_KEY_INFO *info = with_private ? EVP_PKEY2PKCS8(key->evp) : NULL;
    const jeton_status status = with_private && info == NULL
                                    ? jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not print a key")
                                    : print(key, info, out, err);
    PKCS8_PRIV_KEY_INFO_free(info); /* which wipes it */
    jt_ossl_end();
    return status;
}
