/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pem.c - PEM text through OpenSSL; what a block holds is DER, and der.c's business. */
#include "crypto/pem.h"

#include "core/auto.h"
#include "core/cut.h"
#include "core/err.h"
#include "core/limits.h"
#include "crypto/der.h"
#include "crypto/ossl.h"
#include "crypto/pbes2.h"

#include <openssl/pem.h>

/* What may stand behind "-----BEGIN ". */
static const struct label {
    const char *text;
    jt_der_form form;
} labels[] = {
    {"PUBLIC KEY", JT_DER_PUBLIC},
    {"PRIVATE KEY", JT_DER_PRIVATE},
    {"ENCRYPTED PRIVATE KEY", JT_DER_ENCRYPTED},
    {"RSA PUBLIC KEY", JT_DER_RSA_PUBLIC},
    {"RSA PRIVATE KEY", JT_DER_RSA_PRIVATE},
    {"EC PRIVATE KEY", JT_DER_EC_PRIVATE},
    {"CERTIFICATE", JT_DER_CERTIFICATE},
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
           count_text(pem, end) == 4;
}

static jeton_status read_block(jeton_span pem, block *read, jeton_err *err)
{
    if (pem.len > JT_LIMIT_PEM)
        return jt_fail(err, JETON_E_LIMIT, "PEM text longer than %zu bytes", JT_LIMIT_PEM);
    pem = jt_trim(pem, jt_is_space);
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

static jeton_status read_form(jeton_span pem, block *read, jt_der_form *form, jeton_err *err)
{
    *form = JT_DER_UNKNOWN;
    JT_TRY(read_block(pem, read, err));
    const struct label *label = find_label(read->label);
    if (label == NULL)
        return jt_fail(err, JETON_E_SYNTAX, "a PEM block, but not of a key");
    *form = label->form;
    return JETON_OK;
}

static jeton_span bytes_of(const block *read)
{
    return jeton_bytes(read->bytes, (size_t)read->len);
}

static jeton_status parse(const jeton_ctx *ctx, jeton_span pem, jt_pkey **key, jeton_err *err)
{
    JT_AUTO(free_block) block read = {0};
    jt_der_form form;
    JT_TRY(read_form(pem, &read, &form, err));
    return jt_der_parse(ctx, form, bytes_of(&read), key, err);
}

jeton_status jt_pem_parse(const jeton_ctx *ctx, jeton_span pem, jt_pkey **key, jeton_err *err)
{
    *key = NULL;
    jt_ossl_begin();
    const jeton_status status = parse(ctx, pem, key, err);
    jt_ossl_end();
    return status;
}

/* What opens with another passphrase by chance is no key, so what is no key has most likely been
 * opened with another passphrase. What is one and is refused has its own reason. */
static jeton_status parse_plain(const jeton_ctx *ctx, jeton_span plain, jt_pkey **key,
                                jeton_err *err)
{
    if (jt_der_form_of(plain) != JT_DER_PRIVATE)
        return jt_fail(err, JETON_E_PASSPHRASE, "the passphrase does not open the key");
    return jt_der_parse(ctx, JT_DER_PRIVATE, plain, key, err);
}

static jeton_status parse_encrypted(const jeton_ctx *ctx, jeton_span pem, jeton_span passphrase,
                                    jt_pkey **key, jeton_err *err)
{
    JT_AUTO(free_block) block read = {0};
    JT_AUTO(jt_secret_done) jt_secret plain = {0};
    jt_der_form form;
    JT_TRY(read_form(pem, &read, &form, err));
    if (form != JT_DER_ENCRYPTED)
        return jt_fail(err, JETON_E_SYNTAX, "the PEM block is not encrypted");
    JT_TRY(jt_pbes2_open(ctx, bytes_of(&read), passphrase, &plain, err));
    return parse_plain(ctx, jt_secret_span(&plain), key, err);
}

jeton_status jt_pem_parse_encrypted(const jeton_ctx *ctx, jeton_span pem, jeton_span passphrase,
                                    jt_pkey **key, jeton_err *err)
{
    *key = NULL;
    jt_ossl_begin();
    const jeton_status status = parse_encrypted(ctx, pem, passphrase, key, err);
    jt_ossl_end();
    return status;
}

/* ---- writing -------------------------------------------------------------------------------- */

static jeton_status print_block(const char *label, const jt_buf *der, jt_buf *out, jeton_err *err)
{
    jt_ossl_begin();
    JT_AUTO(jt_ossl_free_bio) BIO *bio = BIO_new(BIO_s_secmem()); /* wiped when freed */
    const bool written = bio != NULL && PEM_write_bio(bio, label, "", der->ptr, (long)der->len) > 0;
    jt_ossl_end();
    char *text = NULL;
    const long len = written ? BIO_get_mem_data(bio, &text) : 0;
    if (len <= 0)
        return jt_fail(err, JETON_E_CRYPTO, "OpenSSL could not print a key");
    return jt_buf_add(out, jeton_bytes(text, (size_t)len), err);
}

jeton_status jt_pem_print(const jt_pkey *key, bool with_private, jt_buf *out, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf der = jt_buf_init(out->ctx);
    JT_TRY(jt_der_print(key, with_private, &der, err));
    return print_block(with_private ? "PRIVATE KEY" : "PUBLIC KEY", &der, out, err);
}

jeton_status jt_pem_print_encrypted(const jt_pkey *key, jeton_span passphrase, jt_buf *out,
                                    jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf plain = jt_buf_init(out->ctx);
    JT_AUTO(jt_buf_done) jt_buf der = jt_buf_init(out->ctx);
    JT_TRY(jt_der_print(key, true, &plain, err));
    JT_TRY(jt_pbes2_seal(out->ctx, jt_buf_span(&plain), passphrase, &der, err));
    return print_block("ENCRYPTED PRIVATE KEY", &der, out, err);
}
