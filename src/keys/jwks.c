/* SPDX-License-Identifier: Apache-2.0 */
/* keys/jwks.c - JWK Sets (RFC 7517 §5): text to key set and back. */
#include "core/auto.h"
#include "core/err.h"
#include "keys/inside.h"
#include "keys/jwe.h"
#include "keys/set.h"

/* ---- reading -------------------------------------------------------------------------------- */

/* Whether a key was refused for what it is, not for what befell us. RFC 7517 §5 has such keys
 * ignored: a set may hold types that are newer than its reader. */
static bool is_skippable(jeton_status status)
{
    return status == JETON_E_KEY || status == JETON_E_UNSUPPORTED || status == JETON_E_SYNTAX ||
           status == JETON_E_LIMIT;
}

static void skip(jeton_keyset *set, const jeton_err *why)
{
    if (set->skipped++ == 0)
        set->first_skipped = *why;
}

/* `most`: JETON_KEY_PUBLIC where keys have to be public. */
static jeton_status read_key(const jeton_ctx *ctx, const jt_val *jwk, jeton_key_part most,
                             jeton_key **key, jeton_err *err)
{
    if (most == JETON_KEY_PUBLIC)
        JT_TRY(jt_key_check_public(jwk, err));
    return jt_key_from_val(ctx, jwk, key, err);
}

static jeton_status add_key(jeton_keyset *set, const jt_val *jwk, jeton_key_part most,
                            jeton_err *err)
{
    jeton_err why = {0};
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    jeton_status status = read_key(set->ctx, jwk, most, &key, &why);
    if (status == JETON_OK && jt_keyset_has(set, key))
        status = jt_fail(&why, JETON_E_KEY, "two keys with the same kid");
    if (is_skippable(status)) {
        skip(set, &why);
        return JETON_OK;
    }
    if (status != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    jt_keyset_put(set, key);
    key = NULL; /* it is the set's now */
    return JETON_OK;
}

static jeton_status read_set(const jeton_ctx *ctx, const jt_val *keys, jeton_key_part most,
                             jeton_keyset **set, jeton_err *err)
{
    if (jt_kind_of(keys) != JT_ARRAY)
        return jt_fail(err, JETON_E_SYNTAX, "keys is not an array");
    JT_AUTO(jeton_keyset_free) jeton_keyset *made = NULL;
    JT_TRY(jt_keyset_make(ctx, jt_val_count(keys), &made, err));
    for (jt_iter it = jt_iter_of(keys); jt_iter_next(&it);)
        JT_TRY(add_key(made, it.val, most, err));
    *set = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

/* Nothing is skipped here: a set without its only key would be a riddle to the caller. */
static jeton_status read_single(const jeton_ctx *ctx, const jt_val *jwk, jeton_key_part most,
                                jeton_keyset **set, jeton_err *err)
{
    if (jt_kind_of(jwk) != JT_OBJECT || jt_get(jwk, "kty") == NULL)
        return jt_fail(err, JETON_E_SYNTAX, "neither a JWK Set nor a JWK");
    JT_AUTO(jeton_key_free) jeton_key *key = NULL;
    JT_TRY(read_key(ctx, jwk, most, &key, err));
    const jeton_key *const keys[] = {key};
    return jeton_keyset_new(ctx, keys, JT_COUNT(keys), set, err);
}

static jeton_status parse(const jeton_ctx *ctx, jeton_span json, jeton_key_part most,
                          jeton_keyset **set, jeton_err *err)
{
    *set = NULL;
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    JT_TRY(jt_jwe_parse_plain(ctx, json, &doc, err));
    const jt_val *root = jt_json_root(doc);
    const jt_val *keys = jt_get(root, "keys");
    return keys != NULL ? read_set(ctx, keys, most, set, err)
                        : read_single(ctx, root, most, set, err);
}

jeton_status jeton_keyset_parse(const jeton_ctx *ctx, jeton_span json, jeton_keyset **set,
                                jeton_err *err)
{
    return parse(ctx, json, JETON_KEY_PRIVATE, set, err);
}

jeton_status jeton_keyset_parse_public(const jeton_ctx *ctx, jeton_span json, jeton_keyset **set,
                                       jeton_err *err)
{
    return parse(ctx, json, JETON_KEY_PUBLIC, set, err);
}

/* ---- printing ------------------------------------------------------------------------------- */

/* A secret has no public part; whoever could read it in a published set could forge. */
static bool is_left_out(const jeton_key *key, jeton_key_part part)
{
    return part == JETON_KEY_PUBLIC && key->kty->public_count == 0;
}

static jeton_status put_keys(const jeton_keyset *set, jeton_key_part part, jt_tree *tree,
                             jt_node *list, jeton_err *err)
{
    for (size_t i = 0; i < set->count; i++) {
        if (is_left_out(set->keys[i], part))
            continue;
        jt_node *node = NULL;
        JT_TRY(jt_key_to_node(set->keys[i], part, tree, &node, err));
        jt_add_node(tree, list, node);
    }
    return JETON_OK;
}

jeton_status jeton_keyset_print(const jeton_keyset *set, jeton_key_part part, jeton_text **text,
                                jeton_err *err)
{
    *text = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_AUTO(jt_buf_done) jt_buf out = jt_buf_init(set->ctx);
    JT_TRY(jt_tree_new(set->ctx, &tree, err));
    jt_node *root = jt_tree_object(tree);
    jt_node *list = jt_tree_array(tree);
    JT_TRY(put_keys(set, part, tree, list, err));
    jt_put_node(tree, root, "keys", list);
    JT_TRY(jt_tree_print(tree, root, JT_COMPACT, &out, err));
    return jt_text_new(set->ctx, jt_buf_span(&out), text, err);
}
