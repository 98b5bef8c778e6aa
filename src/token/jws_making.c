/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws_making.c - the headers of a JWS to be made, and its text. */
#include "token/jws_making.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "keys/key.h"
#include "token/header.h"
#include "token/jws_inside.h"

/* ---- headers -------------------------------------------------------------------------------- */

/* What the caller may not say, since we do. */
static bool is_ours(jeton_span name)
{
    static const char *const names[] = {"alg", "kid", "b64", "crit"};
    for (size_t i = 0; i < JT_COUNT(names); i++)
        if (jeton_span_equal(name, jeton_str(names[i])))
            return true;
    return false;
}

static void put_text(jt_tree *tree, jt_node *header, const char *name, const char *text)
{
    if (text != NULL)
        jt_put_text(tree, header, name, jeton_str(text));
}

/* The caller's further members, whose names the tree wants as C texts. */
static jeton_status put_further(const jt_val *further, jt_tree *tree, jt_node *header,
                                jeton_err *err)
{
    for (jt_iter it = jt_iter_of(further); jt_iter_next(&it);) {
        char name[JT_LIMIT_MEMBER_NAME + 1] = {0};
        if (it.name.len > JT_LIMIT_MEMBER_NAME || memchr(it.name.ptr, '\0', it.name.len) != NULL)
            return jt_fail(err, JETON_E_ARGUMENT, "a header member's name is too long or odd");
        memcpy(name, it.name.ptr, it.name.len);
        if (is_ours(it.name) || jt_node_has(header, name))
            return jt_fail(err, JETON_E_ARGUMENT, "a header member is ours to say, or said twice");
        jt_put_node(tree, header, name, jt_tree_copy(tree, it.val));
    }
    return JETON_OK;
}

static jeton_status parse_object(const jeton_ctx *ctx, jeton_span json, jt_json **doc,
                                 jeton_err *err)
{
    *doc = NULL;
    if (json.len == 0)
        return JETON_OK;
    JT_TRY(jt_json_parse(ctx, json, doc, err));
    if (jt_kind_of(jt_json_root(*doc)) != JT_OBJECT)
        return jt_fail(err, JETON_E_SYNTAX, "a header is not a JSON object");
    return JETON_OK;
}

static jeton_status print_header(const jt_jws_making *making, size_t i,
                                 const jeton_jws_signature *from, jt_buf *json, jeton_err *err)
{
    JT_AUTO(jt_json_free) jt_json *further = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(parse_object(making->ctx, from->protected_as, &further, err));
    JT_TRY(jt_tree_new(making->ctx, &tree, err));
    jt_node *header = jt_tree_object(tree);
    put_text(tree, header, "alg", jeton_alg_name(making->at[i].alg));
    put_text(tree, header, "typ", from->typ);
    const jeton_span kid = jeton_key_id(from->key);
    if (kid.len > 0)
        jt_put_text(tree, header, "kid", kid);
    put_text(tree, header, "cty", from->cty);
    JT_TRY(put_further(jt_json_root(further), tree, header, err));
    if (making->options.unencoded) {
        jt_node *crit = jt_tree_array(tree);
        jt_add_text(tree, crit, jeton_str("b64"));
        jt_put_bool(tree, header, "b64", false);
        jt_put_node(tree, header, "crit", crit);
    }
    return jt_tree_print(tree, header, JT_COMPACT, json, err);
}

/* A verifier's eye: what it would refuse is not written. */
static jeton_status check_header(const jt_jws_making *making, size_t i, jeton_span json,
                                 jeton_err *err)
{
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    jt_header read;
    const size_t most = jt_limits(making->ctx)->header;
    if (json.len > most)
        return jt_fail(err, JETON_E_LIMIT, "the header would be longer than %zu bytes", most);
    JT_TRY(jt_json_parse(making->ctx, json, &doc, err));
    return jt_header_read(jt_json_root(doc), jt_json_root(making->at[i].open), JT_TAKES_UNENCODED,
                          &read, err);
}

static jeton_status make_header(jt_jws_making *making, size_t i, const jeton_jws_signature *from,
                                jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf json = jt_buf_init(making->ctx);
    JT_TRY(print_header(making, i, from, &json, err));
    JT_TRY(parse_object(making->ctx, from->unprotected, &making->at[i].open, err));
    JT_TRY(check_header(making, i, jt_buf_span(&json), err));
    return jt_jws_encode(&making->at[i].header, jt_buf_span(&json), err);
}

/* ---- making --------------------------------------------------------------------------------- */

static jeton_status check_shape(const jeton_jws_signature *signatures, size_t count,
                                const jeton_jws_options *options, jeton_err *err)
{
    const jeton_jws_form form = options->form;
    if (form != JETON_JWS_COMPACT && form != JETON_JWS_FLATTENED && form != JETON_JWS_GENERAL)
        return jt_fail(err, JETON_E_ARGUMENT, "there is no form of that number");
    if (count == 0 || count > JT_LIMIT_SIGNATURES)
        return jt_fail(err, JETON_E_ARGUMENT, "a JWS has 1 to %u signatures", JT_LIMIT_SIGNATURES);
    if (count > 1 && form != JETON_JWS_GENERAL)
        return jt_fail(err, JETON_E_ARGUMENT, "several signatures need the general form");
    for (size_t i = 0; i < count; i++) {
        if (signatures[i].key == NULL)
            return jt_fail(err, JETON_E_ARGUMENT, "a signature needs a key");
        if (form == JETON_JWS_COMPACT && signatures[i].unprotected.len > 0)
            return jt_fail(err, JETON_E_ARGUMENT, "the compact form has no unprotected header");
    }
    return JETON_OK;
}

static jeton_status add_signature(jt_jws_making *making, size_t i, const jeton_jws_signature *from,
                                  jeton_err *err)
{
    const jeton_alg alg = from->alg != JETON_ALG_UNSET ? from->alg : jeton_key_alg(from->key);
    if (alg == JETON_ALG_UNSET)
        return jt_fail(err, JETON_E_ALG, "the key is bound to no algorithm: name one");
    JT_TRY(jt_key_allows(from->key, alg, JT_OP_SIGN, err));
    making->at[i].key = jeton_key_ref(from->key);
    making->at[i].alg = alg;
    return make_header(making, i, from, err);
}

static jeton_status new_making(const jeton_ctx *ctx, const jeton_jws_options *options, size_t count,
                               jt_jws_making **making, jeton_err *err)
{
    *making = jt_zalloc(ctx, sizeof **making);
    if (*making == NULL)
        return jt_fail(err, JETON_E_NOMEM, "JWS");
    (*making)->ctx = ctx;
    (*making)->options = *options;
    (*making)->count = count;
    for (size_t i = 0; i < count; i++) {
        (*making)->at[i].header = jt_buf_init(ctx);
        (*making)->at[i].signature = jt_buf_init(ctx);
    }
    return JETON_OK;
}

jeton_status jt_jws_making_new(const jeton_ctx *ctx, const jeton_jws_signature *signatures,
                               size_t count, const jeton_jws_options *options,
                               jt_jws_making **making, jeton_err *err)
{
    *making = NULL;
    jeton_jws_options complete = options != NULL ? *options : (jeton_jws_options){0};
    if (complete.form == 0)
        complete.form = JETON_JWS_COMPACT;
    JT_TRY(check_shape(signatures, count, &complete, err));
    JT_AUTO(jt_jws_making_free) jt_jws_making *made = NULL;
    JT_TRY(new_making(ctx, &complete, count, &made, err));
    for (size_t i = 0; i < count; i++)
        JT_TRY(add_signature(made, i, &signatures[i], err));
    *making = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jt_jws_making_free(jt_jws_making **making)
{
    if (*making == NULL)
        return;
    for (size_t i = 0; i < (*making)->count; i++) {
        jeton_key_free(&(*making)->at[i].key);
        jt_buf_done(&(*making)->at[i].header);
        jt_json_free(&(*making)->at[i].open);
        jt_buf_done(&(*making)->at[i].signature);
    }
    jt_release((*making)->ctx, *making);
    *making = NULL;
}

/* ---- finishing ------------------------------------------------------------------------------ */

jeton_status jt_jws_making_put(jt_jws_making *making, size_t i, const uint8_t *signature,
                               size_t len, jeton_err *err)
{
    return jt_jws_encode(&making->at[i].signature, jeton_bytes(signature, len), err);
}

jeton_status jt_jws_making_print(const jt_jws_making *making, jeton_span payload, jeton_text **text,
                                 jeton_err *err)
{
    const bool compact = making->options.form == JETON_JWS_COMPACT;
    const bool detached = making->options.detached;
    jt_jws_parts parts = {.form = making->options.form,
                          .has_payload = compact || !detached,
                          .payload = detached ? jeton_str(NULL) : payload,
                          .count = making->count};
    for (size_t i = 0; i < making->count; i++) {
        parts.at[i].header = jt_buf_span(&making->at[i].header);
        parts.at[i].open = jt_json_root(making->at[i].open);
        parts.at[i].signature = jt_buf_span(&making->at[i].signature);
    }
    JT_AUTO(jt_buf_done) jt_buf out = jt_buf_init(making->ctx);
    JT_TRY(jt_jws_parts_print(&parts, &out, err));
    if (out.len > jt_limits(making->ctx)->token)
        return jt_fail(err, JETON_E_LIMIT, "the JWS would be too long for a verifier");
    return jt_text_new(making->ctx, jt_buf_span(&out), text, err);
}
