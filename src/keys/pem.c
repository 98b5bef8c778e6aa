/* SPDX-License-Identifier: Apache-2.0 */
/* keys/pem.c - keys from PEM text and to it. */
#include "crypto/pem.h"

#include "core/auto.h"
#include "core/err.h"
#include "keys/inside.h"

jeton_status jeton_key_parse_pem(const jeton_ctx *ctx, jeton_span pem, jeton_alg alg,
                                 jeton_span kid, jeton_key **key, jeton_err *err)
{
    *key = NULL;
    JT_AUTO(jt_pkey_free) jt_pkey *pkey = NULL;
    JT_TRY(jt_pem_parse(ctx, pem, &pkey, err));

    JT_AUTO(jeton_key_free) jeton_key *made = NULL;
    JT_TRY(jt_key_new(ctx, jt_kty_of(jt_pkey_type_of(pkey)), &made, err));
    made->pkey = pkey;
    pkey = NULL; /* it is the key's now */
    JT_TRY(jt_key_bind(made, alg, err));
    JT_TRY(jt_key_set_kid(made, kid, err));
    *key = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

jeton_status jeton_key_print_pem(const jeton_key *key, jeton_key_part part, jeton_text **text,
                                 jeton_err *err)
{
    *text = NULL;
    if (key->pkey == NULL)
        return jt_fail(err, JETON_E_KEY_USE, "a secret is not printed as PEM");
    JT_AUTO(jt_buf_done) jt_buf out = jt_buf_init(key->ctx);
    JT_TRY(jt_pem_print(key->pkey, part == JETON_KEY_PRIVATE, &out, err));
    return jt_text_new(key->ctx, jt_buf_span(&out), text, err);
}
