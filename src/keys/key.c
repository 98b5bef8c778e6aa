/* SPDX-License-Identifier: Apache-2.0 */
/* keys/key.c - keys as objects: shared, described, and the rule for what each may be used for. */
#include "keys/key.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/mem.h"
#include "keys/inside.h"
#include "keys/x5c.h"

#include <assert.h>

/* ---- making and sharing --------------------------------------------------------------------- */

jeton_status jt_key_new(const jeton_ctx *ctx, const jt_kty *kty, jeton_key **key, jeton_err *err)
{
    *key = jt_zalloc(ctx, sizeof **key);
    if (*key == NULL)
        return jt_fail(err, JETON_E_NOMEM, "key");
    atomic_init(&(*key)->refs, 1);
    (*key)->ctx = ctx;
    (*key)->kty = kty;
    (*key)->alg = kty->alg;
    return JETON_OK;
}

jeton_key *jeton_key_ref(const jeton_key *key)
{
    jeton_key *shared = (jeton_key *)key; /* the count is the one thing that changes in a key */
    if (shared != NULL)
        atomic_fetch_add_explicit(&shared->refs, 1, memory_order_relaxed);
    return shared;
}

void jeton_key_free(jeton_key **key)
{
    if (key == NULL || *key == NULL)
        return;
    jeton_key *old = *key;
    *key = NULL;
    /* acquire and release: what other threads did with the key happened before it goes away */
    if (atomic_fetch_sub_explicit(&old->refs, 1, memory_order_acq_rel) > 1)
        return;
    jt_pkey_free(&old->pkey);
    jt_oct_free(&old->oct);
    jeton_text_free(&old->kid);
    jeton_text_free(&old->use);
    jt_x5c_done(old);
    jt_release(old->ctx, atomic_load_explicit(&old->digest, memory_order_relaxed));
    jt_release(old->ctx, old);
}

static jeton_status set_text(const jeton_key *key, jeton_span value, jeton_text **text,
                             jeton_err *err)
{
    if (value.len == 0)
        return JETON_OK;
    if (value.len > JT_LIMIT_KID)
        return jt_fail(err, JETON_E_LIMIT, "kid or use longer than %zu bytes", JT_LIMIT_KID);
    return jt_text_new(key->ctx, value, text, err);
}

jeton_status jt_key_set_kid(jeton_key *key, jeton_span kid, jeton_err *err)
{
    return set_text(key, kid, &key->kid, err);
}

jeton_status jt_key_set_use(jeton_key *key, jeton_span use, jeton_err *err)
{
    return set_text(key, use, &key->use, err);
}

/* ---- describing ----------------------------------------------------------------------------- */

jeton_span jeton_key_id(const jeton_key *key)
{
    return jeton_text_span(key->kid);
}

jeton_span jeton_key_x5t_s256(const jeton_key *key)
{
    return jeton_text_span(key->x5t);
}

jeton_alg jeton_key_alg(const jeton_key *key)
{
    return key->alg;
}

const char *jeton_key_type(const jeton_key *key)
{
    return key->kty->name;
}

bool jeton_key_is_private(const jeton_key *key)
{
    return key->oct != NULL || jt_pkey_is_private(key->pkey);
}

/* ---- what it may do ------------------------------------------------------------------------- */

/* Type and curve, or the type's own algorithm, are those the algorithm works with. */
static bool is_of_type(const jt_kty *kty, const jt_alg *alg)
{
    return strcmp(alg->kty, kty->name) == 0 &&
           (alg->crv == NULL || strcmp(alg->crv, kty->crv) == 0) &&
           (kty->alg == JETON_ALG_UNSET || kty->alg == alg->id);
}

/* RFC 7518 §3.2: a secret is at least as long as the hash. */
static bool is_long_enough(const jeton_key *key, const jt_alg *alg)
{
    return key->oct == NULL || key->oct->secret.len >= jt_hash_len(alg->hash);
}

jeton_status jt_key_bind(jeton_key *key, jeton_alg alg, jeton_err *err)
{
    if (alg == JETON_ALG_UNSET)
        return JETON_OK;
    const jt_alg *row = jt_alg_row(alg);
    if (row == NULL || !is_of_type(key->kty, row))
        return jt_fail(err, JETON_E_KEY, "not a key for that algorithm");
    if (!is_long_enough(key, row))
        return jt_fail(err, JETON_E_KEY, "secret is too short for %s", row->name);
    key->alg = alg;
    return JETON_OK;
}

static bool is_for(const jeton_key *key, jt_key_op op)
{
    const bool by_use =
        key->use == NULL || jeton_span_equal(jeton_text_span(key->use), jeton_str("sig"));
    const bool by_ops = !key->has_key_ops || (key->key_ops & 1U << op) != 0;
    return by_use && by_ops;
}

jeton_status jt_key_allows(const jeton_key *key, jeton_alg alg, jt_key_op op, jeton_err *err)
{
    const jt_alg *row = jt_alg_row(alg);
    if (row == NULL || !is_of_type(key->kty, row))
        return jt_fail(err, JETON_E_ALG, "the key is not of the algorithm's type");
    if (key->alg != JETON_ALG_UNSET && !jt_alg_same(key->alg, alg, key->kty->crv))
        return jt_fail(err, JETON_E_ALG, "the key is bound to %s", jeton_alg_name(key->alg));
    if (!is_long_enough(key, row))
        return jt_fail(err, JETON_E_KEY, "secret is too short for %s", row->name);
    if (!is_for(key, op))
        return jt_fail(err, JETON_E_KEY_USE, "use or key_ops of the key forbid it");
    if (op == JT_OP_SIGN && !jeton_key_is_private(key))
        return jt_fail(err, JETON_E_KEY_USE, "a public key cannot sign");
    return JETON_OK;
}

/* The row of an algorithm that jt_key_allows() has passed. */
static const jt_alg *row_of(jeton_alg alg)
{
    const jt_alg *row = jt_alg_row(alg);
    assert(row != NULL);
    return row;
}

jeton_status jt_key_sign(const jeton_key *key, jeton_alg alg, jeton_span input, uint8_t *sig,
                         size_t *len, jeton_err *err)
{
    const jt_alg *row = row_of(alg);
    return row->sign(row, key, input, sig, len, err);
}

jeton_status jt_key_verify(const jeton_key *key, jeton_alg alg, jeton_span input, jeton_span sig,
                           jeton_err *err)
{
    const jt_alg *row = row_of(alg);
    return row->verify(row, key, input, sig, err);
}

void jt_key_begin(const jeton_key *key, jeton_alg alg, jt_sha2 *running)
{
    const jt_alg *row = row_of(alg);
    row->begin(row, key, running);
}

jeton_status jt_key_sign_end(const jeton_key *key, jeton_alg alg, jt_sha2 *running, uint8_t *sig,
                             size_t *len, jeton_err *err)
{
    const jt_alg *row = row_of(alg);
    return row->sign_end(row, key, running, sig, len, err);
}

jeton_status jt_key_verify_end(const jeton_key *key, jeton_alg alg, jt_sha2 *running,
                               jeton_span sig, jeton_err *err)
{
    const jt_alg *row = row_of(alg);
    return row->verify_end(row, key, running, sig, err);
}
