/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws_unsecured.c - "alg":"none", apart from everything that verifies. */
#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"
#include "token/compact.h"
#include "token/header.h"
#include "token/jws_inside.h"

static jeton_status print_header(const char *typ, jt_buf *json, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(json->ctx, &tree, err));
    jt_node *header = jt_tree_object(tree);
    jt_put_text(tree, header, "alg", jeton_str("none"));
    if (typ != NULL)
        jt_put_text(tree, header, "typ", jeton_str(typ));
    return jt_tree_print(tree, header, JT_COMPACT, json, err);
}

jeton_status jeton_jws_unsecured_print(const jeton_ctx *ctx, const char *typ, jeton_span payload,
                                       jeton_text **text, jeton_err *err)
{
    *text = NULL;
    const jeton_limits *limits = jt_limits(ctx);
    JT_AUTO(jt_buf_done) jt_buf json = jt_buf_init(ctx);
    JT_AUTO(jt_buf_done) jt_buf made = jt_buf_init(ctx);
    JT_TRY(print_header(typ, &json, err));
    if (json.len > limits->header || payload.len > limits->payload)
        return jt_fail(err, JETON_E_LIMIT, "header or payload is too long for a reader");
    JT_TRY(jt_jws_encode(&made, jt_buf_span(&json), err));
    JT_TRY(jt_buf_add(&made, jeton_str("."), err));
    JT_TRY(jt_jws_encode(&made, payload, err));
    JT_TRY(jt_buf_add(&made, jeton_str("."), err));
    return jt_text_new(ctx, jt_buf_span(&made), text, err);
}

jeton_status jeton_jws_unsecured_parse(const jeton_ctx *ctx, jeton_span text, jeton_text **payload,
                                       jeton_err *err)
{
    *payload = NULL;
    const jeton_limits *limits = jt_limits(ctx);
    jt_segments segments;
    jt_octets octets;
    const jt_val *header;
    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(ctx);
    JT_AUTO(jt_buf_done) jt_buf pool = jt_buf_init(ctx);
    JT_TRY(jt_segments_find(limits, text, &segments, err));
    JT_TRY(jt_segments_decode(&segments, &bytes, &octets, err));
    JT_TRY(
        jt_json_parse_into(&pool, limits->depth, octets.header, octets.header_len, &header, err));
    JT_TRY(jt_header_is_unsecured(header, err));
    if (octets.signature.len > 0)
        return jt_fail(err, JETON_E_SIGNATURE, "an unsecured JWS with a signature");
    return jt_text_new(ctx, octets.payload, payload, err);
}
