/* SPDX-License-Identifier: Apache-2.0 */
/* keys/pem.c - keys from PEM and DER, and to them. */
#include "crypto/pem.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "crypto/der.h"
#include "keys/inside.h"

/* ---- reading -------------------------------------------------------------------------------- */

/* Makes a key of *pkey, which it takes over. */
static jeton_status from_pkey(const jeton_ctx *ctx, jt_pkey **pkey, jeton_alg alg, jeton_span kid,
                              jeton_key **key, jeton_err *err)
{
    JT_AUTO(jeton_key_free) jeton_key *made = NULL;
    JT_TRY(jt_key_new(ctx, jt_kty_of(jt_pkey_type_of(*pkey)), &made, err));
    made->pkey = *pkey;
    *pkey = NULL; /* it is the key's now */
    JT_TRY(jt_key_bind(made, alg, err));
    JT_TRY(jt_key_set_kid(made, kid, err));
    *key = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

jeton_status jeton_key_parse_pem(const jeton_ctx *ctx, jeton_span pem, jeton_alg alg,
                                 jeton_span kid, jeton_key **key, jeton_err *err)
{
    *key = NULL;
    JT_AUTO(jt_pkey_free) jt_pkey *pkey = NULL;
    JT_TRY(jt_pem_parse(ctx, pem, &pkey, err));
    return from_pkey(ctx, &pkey, alg, kid, key, err);
}

jeton_status jeton_key_parse_pem_encrypted(const jeton_ctx *ctx, jeton_span pem,
                                           jeton_span passphrase, jeton_alg alg, jeton_span kid,
                                           jeton_key **key, jeton_err *err)
{
    *key = NULL;
    JT_AUTO(jt_pkey_free) jt_pkey *pkey = NULL;
    JT_TRY(jt_pem_parse_encrypted(ctx, pem, passphrase, &pkey, err));
    return from_pkey(ctx, &pkey, alg, kid, key, err);
}

jeton_status jeton_key_parse_der(const jeton_ctx *ctx, jeton_span der, jeton_alg alg,
                                 jeton_span kid, jeton_key **key, jeton_err *err)
{
    *key = NULL;
    if (der.len > JT_LIMIT_PEM)
        return jt_fail(err, JETON_E_LIMIT, "DER key longer than %zu bytes", JT_LIMIT_PEM);
    const jt_der_form form = jt_der_form_of(der);
    if (form == JT_DER_UNKNOWN)
        return jt_fail(err, JETON_E_SYNTAX, "not the DER of a key");
    JT_AUTO(jt_pkey_free) jt_pkey *pkey = NULL;
    JT_TRY(jt_der_parse(ctx, form, der, &pkey, err));
    return from_pkey(ctx, &pkey, alg, kid, key, err);
}

/* ---- printing ------------------------------------------------------------------------------- */

static jeton_status must_be_pair(const jeton_key *key, jeton_err *err)
{
    if (key->pkey == NULL)
        return jt_fail(err, JETON_E_KEY_USE, "a secret is not printed as PEM or DER");
    return JETON_OK;
}

jeton_status jeton_key_print_pem(const jeton_key *key, jeton_key_part part, jeton_text **text,
                                 jeton_err *err)
{
    *text = NULL;
    JT_TRY(must_be_pair(key, err));
    JT_AUTO(jt_buf_done) jt_buf out = jt_buf_init(key->ctx);
    JT_TRY(jt_pem_print(key->pkey, part == JETON_KEY_PRIVATE, &out, err));
    return jt_text_new(key->ctx, jt_buf_span(&out), text, err);
}

jeton_status jeton_key_print_pem_encrypted(const jeton_key *key, jeton_span passphrase,
                                           jeton_text **text, jeton_err *err)
{
    *text = NULL;
    JT_TRY(must_be_pair(key, err));
    JT_AUTO(jt_buf_done) jt_buf out = jt_buf_init(key->ctx);
    JT_TRY(jt_pem_print_encrypted(key->pkey, passphrase, &out, err));
    return jt_text_new(key->ctx, jt_buf_span(&out), text, err);
}

jeton_status jeton_key_print_der(const jeton_key *key, jeton_key_part part, jeton_text **bytes,
                                 jeton_err *err)
{
    *bytes = NULL;
    JT_TRY(must_be_pair(key, err));
    JT_AUTO(jt_buf_done) jt_buf out = jt_buf_init(key->ctx);
    JT_TRY(jt_der_print(key->pkey, part == JETON_KEY_PRIVATE, &out, err));
    return jt_text_new(key->ctx, jt_buf_span(&out), bytes, err);
}
