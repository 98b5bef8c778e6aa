/* SPDX-License-Identifier: Apache-2.0 */
/* signer/keyring.c - keys out of the rows of the store. */
#include "signer/keyring.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "core/mem.h"
#include "crypto/sha2.h"

static const jeton_token_defaults access_token = {.typ = "at+jwt"};
static const jeton_token_defaults status_list = {.typ = "statuslist+jwt"};

jd_place jd_key_place(jeton_span kid)
{
    return (jd_place){"keys.sealed", kid};
}

bool jd_ring_key_is(const jd_ring_key *key, const char *state)
{
    return jeton_span_equal(key->row.state, jeton_str(state));
}

/* --- one key -------------------------------------------------------------------------------- */

static jeton_status open_private(const jd_keyring *ring, const jd_sealer *sealer,
                                 const jd_stored_key *row, jeton_key **key, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret private = {0};
    if (jd_sealer_open(sealer, jd_key_place(row->kid), row->sealed, &private, NULL) != JETON_OK)
        return jt_fail(err, JETON_E_KEY, "a key in the store does not open with this master key");
    return jeton_key_parse(ring->ctx, jt_secret_span(&private), key, err);
}

/* What tokens are verified with. What is published is printed from what was read: a broken row
 * cannot leak into it. */
static jeton_status load_verifying(const jd_keyring *ring, const jd_sealer *sealer,
                                   const jd_stored_key *row, jd_ring_key *to, jeton_err *err)
{
    if (row->public.len == 0)
        return open_private(ring, sealer, row, &to->key, err);
    JT_AUTO(jeton_keyset_free) jeton_keyset *one = NULL;
    JT_TRY(jeton_keyset_parse_public(ring->ctx, row->public, &one, err));
    const jeton_key *key = jeton_keyset_get(one, 0);
    if (key == NULL || !jeton_span_equal(jeton_key_id(key), row->kid))
        return jt_fail(err, JETON_E_KEY, "a public key in the store is broken");
    to->key = jeton_key_ref(key);
    return JETON_OK;
}

static jeton_status load_signing(const jd_keyring *ring, const jd_sealer *sealer,
                                 const jd_stored_key *row, jd_ring_key *to, jeton_err *err)
{
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_TRY(open_private(ring, sealer, row, &key, err));
    const jeton_alg alg = jeton_alg_find(row->alg);
    JT_TRY(jeton_signer_new(ring->ctx, key, alg, &access_token, &to->signer, err));
    return jeton_signer_new(ring->ctx, key, alg, &status_list, &to->of_lists, err);
}

static jeton_status load_key(const jd_keyring *ring, const jd_sealer *sealer,
                             const jd_stored_key *row, jd_ring_key *to, jeton_err *err)
{
    to->row = *row;
    to->row.sealed = jeton_str(NULL);
    if (!ring->shared) /* it was moved here from a store that was */
        to->row.announced = 0;
    if (jd_ring_key_is(to, "withdrawn"))
        return JETON_OK;
    if (!jd_ring_key_is(to, "retiring"))
        JT_TRY(load_signing(ring, sealer, row, to, err));
    jeton_err why = {0};
    const jeton_status status = load_verifying(ring, sealer, row, to, &why);
    if (status == JETON_OK || status == JETON_E_NOMEM)
        return status == JETON_OK ? JETON_OK : jt_fail(err, status, "keys");
    return jt_fail(err, JETON_E_KEY, "a public key in the store is broken");
}

/* --- the sets ------------------------------------------------------------------------------- */

/* Who takes the first key of a set should get the one that signs. */
static const char *const order[] = {"active", "next", "retiring"};

static jeton_status make_set(const jd_keyring *ring, bool secrets, jeton_keyset **set,
                             jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(ring->ctx);
    const jeton_key **keys = jt_arena_alloc(&arena, (ring->count + 1) * sizeof(jeton_key *));
    size_t count = 0;
    if (keys == NULL)
        return jt_fail(err, JETON_E_NOMEM, "keys");
    for (size_t state = 0; state < JT_COUNT(order); state++)
        for (size_t i = 0; i < ring->count; i++)
            if (jd_ring_key_is(&ring->at[i], order[state]) &&
                (secrets || ring->at[i].row.client.len == 0))
                keys[count++] = ring->at[i].key;
    return jeton_keyset_new(ring->ctx, keys, count, set, err);
}

static void set_etag(jd_keyring *ring)
{
    uint8_t digest[JT_HASH_MAX];
    jt_sha2_once(JT_SHA256, jeton_text_span(ring->jwks), digest);
    jt_base64url_print(jeton_bytes(digest, (sizeof ring->etag - 1) / 4 * 3), ring->etag);
}

/* --- all of them ---------------------------------------------------------------------------- */

jeton_status jd_keyring_load(const jeton_ctx *ctx, jd_store *store, const jd_sealer *sealer,
                             jd_keyring **ring, jeton_err *err)
{
    *ring = NULL;
    jd_stored_keys rows;
    JT_AUTO(jd_keyring_free) jd_keyring *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "keys");
    made->ctx = ctx;
    made->arena = jt_arena_init(ctx);
    JT_TRY(jd_store_key_list(store, &made->arena, &rows, err));
    made->changed = rows.changed;
    made->shared = jd_store_is_shared(store);
    made->at = jt_arena_alloc(&made->arena, (rows.count + 1) * sizeof *made->at);
    if (made->at == NULL)
        return jt_fail(err, JETON_E_NOMEM, "keys");
    for (; made->count < rows.count; made->count++)
        JT_TRY(load_key(made, sealer, &rows.at[made->count], &made->at[made->count], err));
    JT_TRY(make_set(made, false, &made->published, err));
    JT_TRY(make_set(made, true, &made->all, err));
    JT_TRY(jeton_keyset_print(made->published, JETON_KEY_PUBLIC, &made->jwks, err));
    set_etag(made);

    *ring = made;
    made = NULL; /* the caller's from now on */
    return JETON_OK;
}

void jd_keyring_free(jd_keyring **ring)
{
    if (ring == NULL || *ring == NULL)
        return;
    jd_keyring *of = *ring;
    for (size_t i = 0; of->at != NULL && i <= of->count; i++) { /* one more: it may be half made */
        jeton_signer_free(&of->at[i].signer);
        jeton_signer_free(&of->at[i].of_lists);
        jeton_key_free(&of->at[i].key);
    }
    jeton_keyset_free(&of->published);
    jeton_keyset_free(&of->all);
    jeton_text_free(&of->jwks);
    jt_arena_done(&of->arena);
    jt_release(of->ctx, of);
    *ring = NULL;
}

/* --- finding -------------------------------------------------------------------------------- */

bool jd_ring_key_is_known(const jd_ring_key *key)
{
    return key->row.announced == 0;
}

/* What is looked for among the keys of a ring. */
typedef struct look {
    jeton_span alg, client;
    const char *state;
    bool known, unknown; /* to every node */
} look;

static jd_ring_key *youngest(const jd_keyring *ring, const look *for_what)
{
    jd_ring_key *found = NULL;
    for (size_t i = 0; i < ring->count; i++)
        if (jd_ring_key_is(&ring->at[i], for_what->state) &&
            jeton_span_equal(ring->at[i].row.alg, for_what->alg) &&
            jeton_span_equal(ring->at[i].row.client, for_what->client) &&
            (jd_ring_key_is_known(&ring->at[i]) ? for_what->known : for_what->unknown))
            found = &ring->at[i];
    return found;
}

jd_ring_key *jd_keyring_active(const jd_keyring *ring, jeton_span alg, jeton_span client)
{
    return youngest(ring, &(look){alg, client, "active", .known = true});
}

jd_ring_key *jd_keyring_awaited(const jd_keyring *ring, jeton_span alg, jeton_span client)
{
    return youngest(ring, &(look){alg, client, "active", .unknown = true});
}

jd_ring_key *jd_keyring_next(const jd_keyring *ring, jeton_span alg, jeton_span client)
{
    return youngest(ring, &(look){alg, client, "next", .known = true, .unknown = true});
}

jd_ring_key *jd_keyring_find(const jd_keyring *ring, jeton_span kid)
{
    for (size_t i = 0; i < ring->count; i++)
        if (jeton_span_equal(ring->at[i].row.kid, kid))
            return &ring->at[i];
    return NULL;
}
