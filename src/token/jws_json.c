/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws_json.c - the general and the flattened form (RFC 7515 §7.2). Members we do not know
 * are ignored; those of the other form are not, since two readers could disagree about them. */
#include "token/jws_form.h"

#include "core/auto.h"
#include "core/err.h"

/* ---- reading -------------------------------------------------------------------------------- */

/* A text that must be there, or may be missing; an empty one is neither (§7.2.1: it is left out).
 */
static jeton_status read_text(const jt_val *object, const char *name, bool required,
                              jeton_span *text, jeton_err *err)
{
    const jt_val *val = jt_get(object, name);
    if (!jt_val_text(val, text) && (val != NULL || required))
        return jt_fail(err, JETON_E_SYNTAX, "%s of a JWS is missing or no text", name);
    if (val != NULL && text->len == 0)
        return jt_fail(err, JETON_E_SYNTAX, "%s of a JWS is empty", name);
    return JETON_OK;
}

/* One signature, and the header members that stand beside it. */
static jeton_status read_signature(const jt_val *object, jt_jws_parts *parts, jeton_err *err)
{
    const size_t i = parts->count;
    const jt_val *open = jt_get(object, "header");
    if (jt_kind_of(object) != JT_OBJECT)
        return jt_fail(err, JETON_E_SYNTAX, "a signature of a JWS is not a JSON object");
    JT_TRY(read_text(object, "protected", false, &parts->at[i].header, err));
    JT_TRY(read_text(object, "signature", true, &parts->at[i].signature, err));
    if (open != NULL && jt_kind_of(open) != JT_OBJECT)
        return jt_fail(err, JETON_E_SYNTAX, "header of a JWS is not a JSON object");
    parts->at[i].open = open;
    parts->count++;
    return JETON_OK;
}

static jeton_status read_general(const jt_val *root, const jt_val *list, jt_jws_parts *parts,
                                 jeton_err *err)
{
    parts->form = JETON_JWS_GENERAL;
    if (jt_get(root, "signature") != NULL || jt_get(root, "protected") != NULL ||
        jt_get(root, "header") != NULL)
        return jt_fail(err, JETON_E_SYNTAX, "a JWS of both JSON forms");
    if (jt_kind_of(list) != JT_ARRAY || jt_val_count(list) == 0)
        return jt_fail(err, JETON_E_SYNTAX, "signatures of a JWS is not a list of them");
    if (jt_val_count(list) > JT_LIMIT_SIGNATURES)
        return jt_fail(err, JETON_E_LIMIT, "more than %u signatures", JT_LIMIT_SIGNATURES);
    for (jt_iter it = jt_iter_of(list); jt_iter_next(&it);)
        JT_TRY(read_signature(it.val, parts, err));
    return JETON_OK;
}

/* An empty payload is one, unlike the other texts. */
static jeton_status read_payload(const jt_val *root, jt_jws_parts *parts, jeton_err *err)
{
    const jt_val *payload = jt_get(root, "payload");
    parts->has_payload = payload != NULL;
    if (!jt_val_text(payload, &parts->payload) && payload != NULL)
        return jt_fail(err, JETON_E_SYNTAX, "payload of a JWS is not a text");
    return JETON_OK;
}

jeton_status jt_jws_json_parse(const jt_val *root, unsigned forms, jt_jws_parts *parts,
                               jeton_err *err)
{
    const jt_val *list = jt_get(root, "signatures");
    *parts = (jt_jws_parts){.form = JETON_JWS_FLATTENED};
    JT_TRY(read_payload(root, parts, err));
    JT_TRY(list != NULL ? read_general(root, list, parts, err) : read_signature(root, parts, err));
    if ((forms & parts->form) == 0)
        return jt_fail(err, JETON_E_SYNTAX, "not a JWS of a form that is taken");
    return JETON_OK;
}

/* ---- printing ------------------------------------------------------------------------------- */

static void put_signature(jt_tree *tree, jt_node *object, const jt_jws_parts *parts, size_t i)
{
    jt_put_text(tree, object, "protected", parts->at[i].header); /* with "alg", so never empty */
    if (parts->at[i].open != NULL)
        jt_put_node(tree, object, "header", jt_tree_copy(tree, parts->at[i].open));
    jt_put_text(tree, object, "signature", parts->at[i].signature);
}

static jt_node *list_of(jt_tree *tree, const jt_jws_parts *parts)
{
    jt_node *list = jt_tree_array(tree);
    for (size_t i = 0; i < parts->count; i++) {
        jt_node *one = jt_tree_object(tree);
        put_signature(tree, one, parts, i);
        jt_add_node(tree, list, one);
    }
    return list;
}

jeton_status jt_jws_json_print(const jt_jws_parts *parts, jt_buf *out, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(out->ctx, &tree, err));
    jt_node *root = jt_tree_object(tree);
    if (parts->has_payload)
        jt_put_text(tree, root, "payload", parts->payload);
    if (parts->form == JETON_JWS_GENERAL)
        jt_put_node(tree, root, "signatures", list_of(tree, parts));
    else
        put_signature(tree, root, parts, 0);
    return jt_tree_print(tree, root, JT_COMPACT, out, err);
}
