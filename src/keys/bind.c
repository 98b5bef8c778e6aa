/* SPDX-License-Identifier: Apache-2.0 */
/* keys/bind.c - a key once more, under a name and for an algorithm. */
#include "core/auto.h"
#include "core/err.h"
#include "keys/inside.h"
#include "keys/x5c.h"

static jeton_status copy_material(const jeton_key *key, jeton_key *to, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(key->ctx);
    jt_numbers numbers;
    JT_TRY(key->kty->export(key, &bytes, &numbers, err));
    return to->kty->import(to, &numbers, err);
}

static jeton_status copy_rest(const jeton_key *key, jeton_key *to, jeton_span kid, jeton_err *err)
{
    to->alg = key->alg;
    to->has_key_ops = key->has_key_ops;
    to->key_ops = key->key_ops;
    JT_TRY(jt_key_set_kid(to, kid.len > 0 ? kid : jeton_key_id(key), err));
    JT_TRY(jt_key_set_use(to, jeton_text_span(key->use), err));
    return jt_x5c_copy(key, to, err);
}

jeton_status jeton_key_bind(const jeton_key *key, jeton_alg alg, jeton_span kid, jeton_key **bound,
                            jeton_err *err)
{
    *bound = NULL;
    const bool both = key->alg != JETON_ALG_UNSET && alg != JETON_ALG_UNSET;
    if (both && !jt_alg_same(key->alg, alg, key->kty->crv)) /* RFC 8725 §3.1: one, not two */
        return jt_fail(err, JETON_E_ALG, "the key is bound to %s", jeton_alg_name(key->alg));
    JT_AUTO(jeton_key_free) jeton_key *made = NULL;
    JT_TRY(jt_key_new(key->ctx, key->kty, &made, err));
    JT_TRY(copy_material(key, made, err));
    JT_TRY(copy_rest(key, made, kid, err));
    JT_TRY(jt_key_bind(made, alg, err));
    *bound = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}
