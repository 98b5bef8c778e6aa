/* SPDX-License-Identifier: Apache-2.0 */
/* token/claims.c - claims to be signed: a JSON object under construction. */
#include "token/claims.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"

jeton_status jeton_claims_new(const jeton_ctx *ctx, jeton_claims **claims, jeton_err *err)
{
    *claims = NULL;
    JT_AUTO(jeton_claims_free) jeton_claims *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "claims");
    made->ctx = ctx;
    JT_TRY(jt_tree_new(ctx, &made->tree, err));
    made->object = jt_tree_object(made->tree);
    if (made->object == NULL)
        return jt_fail(err, JETON_E_NOMEM, "claims");
    *claims = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

jeton_status jeton_claims_parse(const jeton_ctx *ctx, jeton_span json, jeton_claims **claims,
                                jeton_err *err)
{
    *claims = NULL;
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    JT_TRY(jt_json_parse(ctx, json, &doc, err));
    if (jt_kind_of(jt_json_root(doc)) != JT_OBJECT)
        return jt_fail(err, JETON_E_SYNTAX, "claims are not a JSON object");
    JT_AUTO(jeton_claims_free) jeton_claims *made = NULL;
    JT_TRY(jeton_claims_new(ctx, &made, err));
    made->object = jt_tree_copy(made->tree, jt_json_root(doc));
    if (made->object == NULL)
        return jt_fail(err, JETON_E_NOMEM, "claims");
    *claims = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jeton_claims_free(jeton_claims **claims)
{
    if (claims == NULL || *claims == NULL)
        return;
    jt_tree_free(&(*claims)->tree);
    jt_release((*claims)->ctx, *claims);
    *claims = NULL;
}

void jeton_claims_set_text(jeton_claims *claims, const char *name, jeton_span value)
{
    jt_put_text(claims->tree, claims->object, name, value);
}

void jeton_claims_set_int(jeton_claims *claims, const char *name, int64_t value)
{
    jt_put_int(claims->tree, claims->object, name, value);
}

void jeton_claims_set_bool(jeton_claims *claims, const char *name, bool value)
{
    jt_put_bool(claims->tree, claims->object, name, value);
}

void jeton_claims_set_date(jeton_claims *claims, const char *name, jeton_time value)
{
    const int64_t seconds = value / 1000 - (value % 1000 < 0 ? 1 : 0);
    jt_put_int(claims->tree, claims->object, name, seconds);
}

void jeton_claims_set_list(jeton_claims *claims, const char *name, const jeton_span *values,
                           size_t count)
{
    jt_node *list = jt_tree_array(claims->tree);
    for (size_t i = 0; i < count; i++)
        jt_add_text(claims->tree, list, values[i]);
    jt_put_node(claims->tree, claims->object, name, list);
}

void jeton_claims_set_json(jeton_claims *claims, const char *name, jeton_span json)
{
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    if (jt_json_parse(claims->ctx, json, &doc, &claims->err) != JETON_OK)
        return;
    jt_put_node(claims->tree, claims->object, name, jt_tree_copy(claims->tree, jt_json_root(doc)));
}

bool jeton_claims_has(const jeton_claims *claims, const char *name)
{
    return jt_node_has(claims->object, name);
}
