/* SPDX-License-Identifier: Apache-2.0 */
/* signer/signer.c - keys out of the store, tokens out of keys. */
#include "signer/signer.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/log.h"

#include <jeton/signer.h>

#define FIRST_ALG JETON_ES256

static const jeton_token_defaults access_token = {.typ = "at+jwt"};

struct jd_signer {
    const jeton_ctx *ctx;
    jeton_signer *active;
    jeton_keyset *keyset;
    jeton_text *jwks;
};

static jd_place place_of(jeton_span kid)
{
    return (jd_place){"keys.sealed", kid};
}

/* --- the first key -------------------------------------------------------------------------- */

static jeton_status save(const jeton_ctx *ctx, jd_store *store, const jd_sealer *sealer,
                         const jeton_key *key, jeton_err *err)
{
    JT_AUTO(jeton_text_free) jeton_text *public = NULL;
    JT_AUTO(jeton_text_free) jeton_text *private = NULL;
    JT_AUTO(jt_buf_done) jt_buf sealed = jt_buf_init(ctx);
    JT_TRY(jeton_key_print(key, JETON_KEY_PUBLIC, &public, err));
    JT_TRY(jeton_key_print(key, JETON_KEY_PRIVATE, &private, err));
    JT_TRY(jd_sealer_seal(sealer, place_of(jeton_key_id(key)), jeton_text_span(private), &sealed,
                          err));
    const jd_stored_key row = {
        .kid = jeton_key_id(key),
        .alg = jeton_str(jeton_alg_name(jeton_key_alg(key))),
        .state = jeton_str("active"),
        .public = jeton_text_span(public),
        .sealed = jt_buf_span(&sealed),
        .created = jt_now(ctx),
    };
    return jd_store_key_add(store, &row, err);
}

static jeton_status make_first(const jeton_ctx *ctx, jd_store *store, const jd_sealer *sealer,
                               jeton_err *err)
{
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_TRY(jeton_key_generate(ctx, FIRST_ALG, (jeton_span){0}, &key, err));
    JT_TRY(save(ctx, store, sealer, key, err));
    jd_log(JD_INFO, EV_KEY_MADE, JD_SPAN("kid", jeton_key_id(key)),
           JD_TEXT("alg", jeton_alg_name(FIRST_ALG)));
    return JETON_OK;
}

/* All keys of the store; there is at least one afterwards. */
static jeton_status list_keys(const jeton_ctx *ctx, jd_store *store, const jd_sealer *sealer,
                              jt_arena *arena, jd_stored_keys *rows, jeton_err *err)
{
    JT_TRY(jd_store_key_list(store, arena, rows, err));
    if (rows->count > 0)
        return JETON_OK;
    JT_TRY(make_first(ctx, store, sealer, err));
    return jd_store_key_list(store, arena, rows, err);
}

/* --- public keys ---------------------------------------------------------------------------- */

/* The public JWKs as one JWKS text: they are ours, so they need not be read to be put together. */
static jeton_status join(const jd_stored_keys *rows, jt_buf *json, jeton_err *err)
{
    JT_TRY(jt_buf_add(json, jeton_str("{\"keys\":["), err));
    const char *comma = "";
    for (size_t i = 0; i < rows->count; i++) {
        const jd_stored_key *row = &rows->at[i];
        if (row->public.len == 0 || jeton_span_equal(row->state, jeton_str("withdrawn")))
            continue;
        JT_TRY(jt_buf_add(json, jeton_str(comma), err));
        JT_TRY(jt_buf_add(json, row->public, err));
        comma = ",";
    }
    return jt_buf_add(json, jeton_str("]}"), err);
}

/* What is published is printed from what was read: a broken row cannot leak into it. */
static jeton_status load_public(jd_signer *signer, const jd_stored_keys *rows, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf json = jt_buf_init(signer->ctx);
    JT_TRY(join(rows, &json, err));
    JT_TRY(jeton_keyset_parse(signer->ctx, jt_buf_span(&json), &signer->keyset, err));
    if (jeton_keyset_skipped(signer->keyset) > 0)
        return jt_fail(err, JETON_E_KEY, "a public key in the store is broken");
    return jeton_keyset_print(signer->keyset, JETON_KEY_PUBLIC, &signer->jwks, err);
}

/* --- the active key ------------------------------------------------------------------------- */

static const jd_stored_key *find_active(const jd_stored_keys *rows)
{
    const jd_stored_key *active = NULL;
    for (size_t i = 0; i < rows->count; i++) /* oldest first: the youngest active one signs */
        if (jeton_span_equal(rows->at[i].state, jeton_str("active")))
            active = &rows->at[i];
    return active;
}

static jeton_status load_active(jd_signer *signer, const jd_sealer *sealer,
                                const jd_stored_keys *rows, jeton_err *err)
{
    const jd_stored_key *row = find_active(rows);
    if (row == NULL)
        return jt_fail(err, JETON_E_KEY, "no key in the store is active");

    JT_AUTO(jt_secret_done) jt_secret private = {0};
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    if (jd_sealer_open(sealer, place_of(row->kid), row->sealed, &private, NULL) != JETON_OK)
        return jt_fail(err, JETON_E_KEY, "the active key does not open with this master key");
    JT_TRY(jeton_key_parse(signer->ctx, jt_secret_span(&private), &key, err));
    return jeton_signer_new(signer->ctx, key, jeton_alg_find(row->alg), &access_token,
                            &signer->active, err);
}

/* --- the signer ----------------------------------------------------------------------------- */

jeton_status jd_signer_open(const jeton_ctx *ctx, jd_store *store, const jd_sealer *sealer,
                            jd_signer **signer, jeton_err *err)
{
    *signer = NULL;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(ctx);
    JT_AUTO(jd_signer_free) jd_signer *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "signer");
    made->ctx = ctx;
    jd_stored_keys rows;
    JT_TRY(list_keys(ctx, store, sealer, &arena, &rows, err));
    JT_TRY(load_active(made, sealer, &rows, err));
    JT_TRY(load_public(made, &rows, err));

    *signer = made;
    made = NULL; /* the caller's from now on */
    return JETON_OK;
}

void jd_signer_free(jd_signer **signer)
{
    if (signer == NULL || *signer == NULL)
        return;
    jeton_signer_free(&(*signer)->active);
    jeton_keyset_free(&(*signer)->keyset);
    jeton_text_free(&(*signer)->jwks);
    jt_release((*signer)->ctx, *signer);
    *signer = NULL;
}

jeton_status jd_signer_sign(const jd_signer *signer, const jeton_claims *claims, jeton_text **token,
                            jeton_err *err)
{
    return jeton_sign(signer->active, claims, token, err);
}

jeton_span jd_signer_jwks(const jd_signer *signer)
{
    return jeton_text_span(signer->jwks);
}

const jeton_keyset *jd_signer_keyset(const jd_signer *signer)
{
    return signer->keyset;
}
