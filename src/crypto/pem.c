/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pem.c - PEM blocks through OpenSSL's decoders; the numbers then go the way of every other
 * key, so that what is refused in a JWK is refused here. */
#include "crypto/pem.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "crypto/pkey_kind.h"

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

/* What may stand behind "-----BEGIN ". */
static const struct label {
    const char *text;
    const char *structure; /* the decoder's name of it; NULL: we do not read it */
    const char *type;      /* NULL: the structure says */
    bool is_private;
} labels[] = {
    {"PUBLIC KEY", "SubjectPublicKeyInfo", NULL, false},
    {"PRIVATE KEY", "PrivateKeyInfo", NULL, true},
    {"ENCRYPTED PRIVATE KEY", NULL, NULL, true},
    {"RSA PUBLIC KEY", "type-specific", "RSA", false},
    {"RSA PRIVATE KEY", "type-specific", "RSA", true},
    {"EC PRIVATE KEY", "type-specific", "EC", true},
};

/* A block taken apart. All three are OpenSSL's memory. */
typedef struct block {
    char *label, *header;
    uint8_t *bytes;
    long len;
} block;

static void free_block(block *read)
{
    OPENSSL_free(read->label);
    OPENSSL_free(read->header);
    OPENSSL_clear_free(read->bytes, (size_t)read->len);
}

/* ---- the text ------------------------------------------------------------------------------- */

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static jeton_span trim(jeton_span text)
{
    while (text.len > 0 && is_space(text.ptr[0]))
        text = jeton_bytes(text.ptr + 1, text.len - 1);
    while (text.len > 0 && is_space(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

static size_t count_text(jeton_span in, const char *text)
{
    size_t count = 0;
    const size_t len = strlen(text);
    for (size_t i = 0; i + len <= in.len; i++)
        count += memcmp(in.ptr + i, text, len) == 0;
    return count;
}

/* OpenSSL skips what stands before a block and ignores what follows; a file that holds more than
 * the one key would then be read by halves. */
static bool is_one_block(jeton_span pem)
{
    static const char begin[] = "-----BEGIN ";
    static const char end[] = "-----";
    return pem.len > sizeof begin && memcmp(pem.ptr, begin, strlen(begin)) == 0 &&
           memcmp(pem.ptr + pem.len - strlen(end), end, strlen(end)) == 0 &&
           count_text(pem, begin) == 1 && count_text(pem, end) == 4;
}

static jeton_status read_block(jeton_span pem, block *read, jeton_err *err)
{
    if (pem.len > JT_LIMIT_PEM)
        return jt_fail(err, JETON_E_LIMIT, "PEM text longer than %zu bytes", JT_LIMIT_PEM);
    pem = trim(pem);
    if (!is_one_block(pem))
        return jt_fail(err, JETON_E_SYNTAX, "not one PEM block");
    JT_AUTO(jt_ossl_free_bio) BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
    if (bio == NULL)
        return jt_fail(err, JETON_E_NOMEM, "PEM text");
    if (PEM_read_bio(bio, &read->label, &read->header, &read->bytes, &read->len) != 1)
        return jt_fail(err, JETON_E_SYNTAX, "not a PEM block");
    if (read->header[0] != '\0') /* RFC 7468 §2 has none; old ones say how it was encrypted */
        return jt_fail(err, JETON_E_UNSUPPORTED, "PEM block with a header, or encrypted");
    return JETON_OK;
}

/* ---- its content ---------------------------------------------------------------------------- */

static const struct label *find_label(const char *text)
{
    for (size_t i = 0; text != NULL && i < JT_COUNT(labels); i++)
        if (strcmp(labels[i].text, text) == 0)
            return &labels[i];
    return NULL;
}

static void free_decoder(OSSL_DECODER_CTX **decoder)
{
    OSSL_DECODER_CTX_free(*decoder);
}

/* The number OpenSSL has for the block's algorithm; NID_undef when it has none, and -1 when the
 * block is broken. */
static int nid_of_private(const block *read)
{
    const uint8_t *at = read->bytes;
    PKCS8_PRIV_KEY_INFO *info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, read->len);
    const ASN1_OBJECT *name = NULL;
    const bool is_read = info != NULL && PKCS8_pkey_get0(&name, NULL, NULL, NULL, info) == 1;
    const int nid = is_read ? OBJ_obj2nid(name) : -1;
    PKCS8_PRIV_KEY_INFO_free(info);
    return nid;
}

static int nid_of_public(const block *read)
{
    const uint8_t *at = read->bytes;
    X509_PUBKEY *info = d2i_X509_PUBKEY(NULL, &at, read->len);
    ASN1_OBJECT *name = NULL;
    const bool is_read = info != NULL && X509_PUBKEY_get0_param(&name, NULL, NULL, NULL, info) == 1;
    const int nid = is_read ? OBJ_obj2nid(name) : -1;
    X509_PUBKEY_free(info);
    return nid;
}

/* Whether a block that cannot be decoded is sound, but of an algorithm that this OpenSSL has never
 * heard of, as 3.0 has not of ML-DSA. */
static bool is_foreign(const block *read, const struct label *label)
{
    if (label->type != NULL)
        return false;
    return (label->is_private ? nid_of_private(read) : nid_of_public(read)) == NID_undef;
}

static jeton_status decode(const block *read, const struct label *label, EVP_PKEY **evp,
                           jeton_err *err)
{
    const int selection = label->is_private ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
    JT_AUTO(free_decoder)
    OSSL_DECODER_CTX *decoder = OSSL_DECODER_CTX_new_for_pkey(evp, "DER", label->structure,
                                                              label->type, selection, NULL, NULL);
    if (decoder == NULL)
        return jt_fail(err, JETON_E_NOMEM, "PEM decoder");
    const uint8_t *at = read->bytes;
    size_t left = (size_t)read->len;
    const bool is_read =
        OSSL_DECODER_from_data(decoder, &at, &left) == 1 && *evp != NULL && left == 0;
    if (!is_read && is_foreign(read, label))
        return jt_fail(err, JETON_E_UNSUPPORTED, "PEM key of an unknown type");
    if (!is_read)
        return jt_fail(err, JETON_E_KEY, "%s block cannot be read", label->text);
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

static jeton_status parse(const jeton_ctx *ctx, jeton_span pem, jt_pkey **key, jeton_err *err)
{
    JT_AUTO(free_block) block read = {0};
    JT_TRY(read_block(pem, &read, err));
    const struct label *label = find_label(read.label);
    if (label == NULL)
        return jt_fail(err, JETON_E_SYNTAX, "a PEM block, but not of a key");
    if (label->structure == NULL)
        return jt_fail(err, JETON_E_UNSUPPORTED, "an encrypted PEM block");

    JT_AUTO(jt_ossl_free_pkey) EVP_PKEY *evp = NULL;
    JT_TRY(decode(&read, label, &evp, err));
    const jt_pkey_kind *kind = jt_pkey_kind_of(evp);
    if (kind == NULL || !is_named(evp))
        return jt_fail(err, JETON_E_UNSUPPORTED, "PEM key of an unknown type or curve");

    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(ctx);
    jt_numbers numbers;
    JT_TRY(jt_pkey_read_numbers(kind, evp, label->is_private, &bytes, &numbers, err));
    return jt_pkey_import(ctx, kind->type, &numbers, key, err);
}

jeton_status jt_pem_parse(const jeton_ctx *ctx, jeton_span pem, jt_pkey **key, jeton_err *err)
{
    *key = NULL;
    jt_ossl_begin();
    const jeton_status status = parse(ctx, pem, key, err);
    jt_ossl_end();
    return status;
}

/* ---- writing -------------------------------------------------------------------------------- */

static bool write_block(const jt_pkey *key, bool with_private, BIO *bio)
{
    if (bio == NULL)
        return false;
    return with_private
               ? PEM_write_bio_PKCS8PrivateKey(bio, key->evp, NULL, NULL, 0, NULL, NULL) == 1
               : PEM_write_bio_PUBKEY(bio, key->evp) == 1;
}

jeton_status jt_pem_print(const jt_pkey *key, bool with_private, jt_buf *out, jeton_err *err)
{
    if (with_private && !key->is_private)
        return jt_fail(err, JETON_E_KEY_USE, "no private part to print");
    JT_AUTO(jt_ossl_free_bio) BIO *bio = BIO_new(BIO_s_secmem()); /* wiped when freed */
    jt_ossl_begin();
    const bool written = write_block(key, with_private, bio);
    jt_ossl_end();
    char *text = NULL;
    const long len = written ? BIO_get_mem_data(bio, &text) : 0;
    if (len <= 0)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not print a key");
    return jt_buf_add(out, jeton_bytes(text, (size_t)len), err);
}
