/* SPDX-License-Identifier: Apache-2.0 */
/* signer/published.c - public halves of key pairs that are not withdrawn. */
#include "signer/published.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/keys.h"

/* Who takes the first key of a set should get the one that signs. */
static const char *const order[] = {"active", "next", "retiring"};

typedef struct gathering {
    const jeton_key **keys;
    size_t count;
} gathering;

static void let_go(gathering *of)
{
    for (size_t i = 0; i < of->count; i++) {
        jeton_key *key = (jeton_key *)(uintptr_t)of->keys[i]; /* our reference */
        jeton_key_free(&key);
    }
}

static jeton_status add(gathering *to, const jd_stored_key *row, jeton_err *err)
{
    JT_AUTO(jeton_keyset_free) jeton_keyset *one = NULL;
    JT_TRY(jeton_keyset_parse_public(NULL, row->public, &one, err));
    const jeton_key *key = jeton_keyset_get(one, 0);
    if (key == NULL || !jeton_span_equal(jeton_key_id(key), row->kid))
        return jt_fail(err, JETON_E_KEY, "a public key in the store is broken");
    to->keys[to->count++] = jeton_key_ref(key);
    return JETON_OK;
}

jeton_status jd_published_load(jd_store *store, jeton_keyset **keys, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    JT_AUTO(let_go) gathering of = {0};
    jd_stored_keys rows;
    *keys = NULL;
    JT_TRY(jd_store_key_list(store, &arena, &rows, err));
    of.keys = jt_arena_alloc(&arena, (rows.count + 1) * sizeof(jeton_key *));
    if (of.keys == NULL)
        return jt_fail(err, JETON_E_NOMEM, "keys");
    for (size_t state = 0; state < JT_COUNT(order); state++)
        for (size_t i = 0; i < rows.count; i++)
            if (rows.at[i].public.len > 0 && rows.at[i].client.len == 0 &&
                jeton_span_equal(rows.at[i].state, jeton_str(order[state])))
                JT_TRY(add(&of, &rows.at[i], err));
    return jeton_keyset_new(NULL, of.keys, of.count, keys, err);
}
