/* SPDX-License-Identifier: Apache-2.0 */
/* keys/generate.c - new keys, and keys from secrets. */
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "keys/inside.h"

jeton_status jeton_key_from_secret(const jeton_ctx *ctx, jeton_alg alg, jeton_span secret,
                                   jeton_span kid, jeton_key **key, jeton_err *err)
{
    *key = NULL;
    if (alg == JETON_ALG_UNSET)
        return jt_fail(err, JETON_E_KEY, "a secret needs its algorithm");
    JT_AUTO(jeton_key_free) jeton_key *made = NULL;
    JT_TRY(jt_key_new(ctx, jt_kty_find(jeton_str("oct"), jeton_str(NULL), alg), &made, err));
    JT_TRY(jt_oct_new(ctx, secret, &made->oct, err));
    JT_TRY(jt_key_bind(made, alg, err));
    JT_TRY(jt_key_set_kid(made, kid, err));
    *key = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

/* As long as the hash: more would add nothing (RFC 2104 §3). */
static jeton_status generate_oct(jeton_key *key, const jt_alg *alg, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret secret = {0};
    JT_TRY(jt_secret_new(key->ctx, jt_hash_len(alg->hash), &secret, err));
    JT_TRY(jt_random(key->ctx, secret.ptr, secret.len, err));
    return jt_oct_new(key->ctx, jt_secret_span(&secret), &key->oct, err);
}

static jeton_status generate_material(jeton_key *key, const jt_alg *alg, jeton_err *err)
{
    if (key->kty->public_count == 0)
        return generate_oct(key, alg, err);
    return jt_pkey_generate(key->ctx, key->kty->type, &key->pkey, err);
}

/* The kid that was asked for, or the thumbprint. A secret is not named by a hash of itself, which
 * would help to guess a poor one. */
static jeton_status name_key(jeton_key *key, jeton_span kid, jeton_err *err)
{
    if (kid.len > 0 || key->oct != NULL)
        return jt_key_set_kid(key, kid, err);
    JT_AUTO(jeton_text_free) jeton_text *thumbprint = NULL;
    JT_TRY(jeton_key_thumbprint(key, &thumbprint, err));
    return jt_key_set_kid(key, jeton_text_span(thumbprint), err);
}

jeton_status jeton_key_generate(const jeton_ctx *ctx, jeton_alg alg, jeton_span kid,
                                jeton_key **key, jeton_err *err)
{
    *key = NULL;
    const jt_alg *row = jt_alg_row(alg);
    if (row == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "no algorithm to make a key for");
    JT_AUTO(jeton_key_free) jeton_key *made = NULL;
    JT_TRY(jt_key_new(ctx, jt_kty_find(jeton_str(row->kty), jeton_str(row->crv), alg), &made, err));
    JT_TRY(generate_material(made, row, err));
    JT_TRY(jt_key_bind(made, alg, err));
    JT_TRY(jt_key_set_use(made, jeton_str("sig"), err));
    JT_TRY(name_key(made, kid, err));
    *key = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}
