/* SPDX-License-Identifier: Apache-2.0 */
/* token/verdict_print.c - what an accepted token says, as lines of text. */
#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "token/verdict.h"
#include "json/line.h"
#include "json/pointer.h"

static jeton_status print(const jeton_ctx *ctx, const jt_val *root, const char *path,
                          jeton_text **text, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(ctx);
    const jt_val *val = jt_path_find(root, path);
    if (val == NULL || jt_kind_of(val) == JT_NULL)
        return jt_fail(err, JETON_E_NOT_FOUND, "the token does not say that");
    JT_TRY(jt_line_add(val, &line, err));
    return jt_text_new(ctx, jt_buf_span(&line), text, err);
}

jeton_status jeton_verdict_print(const jeton_verdict *verdict, const char *path, jeton_text **text,
                                 jeton_err *err)
{
    *text = NULL;
    return print(verdict->ctx, verdict->claims, path, text, err);
}

/* The header is not kept: hardly anybody asks, and the token is still there. */
jeton_status jeton_verdict_print_header(const jeton_verdict *verdict, jeton_span token,
                                        const char *path, jeton_text **text, jeton_err *err)
{
    *text = NULL;
    JT_AUTO(jt_buf_done) jt_buf json = jt_buf_init(verdict->ctx);
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    if (!verdict->accepted)
        return jt_fail(err, JETON_E_NOT_FOUND, "the token was refused");
    const uint8_t *dot = token.len > 0 ? memchr(token.ptr, '.', token.len) : NULL;
    const size_t chars = dot != NULL ? (size_t)(dot - token.ptr) : 0;
    const size_t len = jt_base64url_bytes(chars);
    JT_TRY(jt_buf_reserve(&json, len + 1, err));
    if (!jt_base64url_parse(jeton_bytes(token.ptr, chars), json.ptr))
        return jt_fail(err, JETON_E_ENCODING, "header");
    JT_TRY(jt_json_parse(verdict->ctx, jeton_bytes(json.ptr, len), &doc, err));
    return print(verdict->ctx, jt_json_root(doc), path, text, err);
}
