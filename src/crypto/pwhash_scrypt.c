/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pwhash_scrypt.c - scrypt (RFC 7914) as Werkzeug writes it. */
#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/secret.h"
#include "crypto/ossl.h"
#include "crypto/pwhash_format.h"

#include <openssl/kdf.h>

#define HASH_LEN 64U

typedef struct scrypt {
    uint64_t n, r, p;
    jeton_span salt; /* the text as it stands there */
    uint8_t hash[HASH_LEN];
} scrypt;

/* ":32768:8:1", or nothing: then it is this. */
static jeton_status read_cost(jeton_span method, scrypt *of, jeton_err *err)
{
    jeton_span field;
    *of = (scrypt){.n = 32768, .r = 8, .p = 1};
    if (!jt_field_cut(&method, ':', &field))
        return JETON_OK;
    (void)jt_field_cut(&method, ':', &field);
    JT_TRY(jt_field_number(field, 2, JT_LIMIT_PWHASH_MEMORY / 128, &of->n, err));
    (void)jt_field_cut(&method, ':', &field);
    JT_TRY(jt_field_number(field, 1, JT_LIMIT_PWHASH_MEMORY / 128, &of->r, err));
    JT_TRY(jt_field_number(method, 1, JT_LIMIT_PWHASH_LANES, &of->p, err));
    if (of->n * of->r > JT_LIMIT_PWHASH_MEMORY / 128)
        return jt_fail(err, JETON_E_LIMIT, "the password hash costs too little or too much");
    if ((of->n & (of->n - 1)) != 0) /* RFC 7914 §6: a power of two */
        return jt_pwhash_incomplete(err);
    return JETON_OK;
}

/* "scrypt:32768:8:1$salt$hex" */
static jeton_status read_text(const char *text, scrypt *of, jeton_err *err)
{
    jeton_span rest = jeton_str(text);
    jeton_span method;
    const bool more = jt_field_cut(&rest, '$', &method);
    const char after = text[strlen("scrypt")];
    if (!more || (after != ':' && after != '$'))
        return jt_pwhash_incomplete(err);
    JT_TRY(read_cost(method, of, err));
    if (!jt_field_cut(&rest, '$', &of->salt) || of->salt.len == 0 ||
        !jt_field_hex(rest, of->hash, HASH_LEN))
        return jt_pwhash_incomplete(err);
    return JETON_OK;
}

jeton_status jt_scrypt_check(const char *text, jeton_err *err)
{
    scrypt of = {0};
    return read_text(text, &of, err);
}

jeton_status jt_scrypt_verify(const char *text, jeton_span password, jeton_err *err)
{
    scrypt of = {0};
    uint8_t made[HASH_LEN];
    JT_TRY(read_text(text, &of, err));
    jt_ossl_begin();
    const int good = EVP_PBE_scrypt(password.len > 0 ? (const char *)password.ptr : "",
                                    password.len, of.salt.ptr, of.salt.len, of.n, of.r, of.p,
                                    2 * JT_LIMIT_PWHASH_MEMORY, made, sizeof made);
    jt_ossl_end();
    if (good != 1)
        return jt_fail(err, JETON_E_NOMEM, "memory for checking a password");
    const jeton_status status =
        jt_pwhash_compare(jeton_bytes(made, HASH_LEN), jeton_bytes(of.hash, HASH_LEN), err);
    jt_wipe(made, sizeof made);
    return status;
}
