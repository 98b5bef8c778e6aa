/* SPDX-License-Identifier: Apache-2.0 */
/* token/jws_sign.c - makes a JWS of a payload that is there as a whole. */
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "keys/key.h"
#include "token/jws_inside.h"
#include "token/jws_making.h"

/* What may stand unencoded between the dots of a compact text (RFC 7797 §5.2). */
static bool is_bare(jeton_span payload)
{
    for (size_t i = 0; i < payload.len; i++)
        if (payload.ptr[i] < 0x20 || payload.ptr[i] > 0x7e || payload.ptr[i] == '.')
            return false;
    return true;
}

static jeton_status check_payload(const jt_jws_making *making, jeton_span payload, jeton_err *err)
{
    const size_t most = jt_limits(making->ctx)->payload;
    if (making->options.detached)
        return JETON_OK;
    if (payload.len > most)
        return jt_fail(err, JETON_E_LIMIT, "payload longer than %zu bytes: detach it", most);
    if (making->options.unencoded && making->options.form == JETON_JWS_COMPACT && !is_bare(payload))
        return jt_fail(err, JETON_E_ARGUMENT,
                       "not printable or with a dot: encode it, detach it, or use a JSON form");
    return JETON_OK;
}

/* `payload` as it is signed; *input is scratch. */
static jeton_status sign_one(jt_jws_making *making, size_t i, jeton_span payload, jt_buf *input,
                             jeton_err *err)
{
    uint8_t signature[JT_LIMIT_SIGNATURE];
    size_t len = sizeof signature;
    input->len = 0;
    JT_TRY(jt_buf_add(input, jt_buf_span(&making->at[i].header), err));
    JT_TRY(jt_buf_add(input, jeton_str("."), err));
    JT_TRY(jt_buf_add(input, payload, err));
    JT_TRY(jt_key_sign(making->at[i].key, making->at[i].alg, jt_buf_span(input), signature, &len,
                       err));
    return jt_jws_making_put(making, i, signature, len, err);
}

jeton_status jeton_jws_sign(const jeton_ctx *ctx, const jeton_jws_signature *signatures,
                            size_t count, jeton_span payload, const jeton_jws_options *options,
                            jeton_text **text, jeton_err *err)
{
    *text = NULL;
    JT_AUTO(jt_jws_making_free) jt_jws_making *making = NULL;
    JT_AUTO(jt_buf_done) jt_buf encoded = jt_buf_init(ctx);
    JT_AUTO(jt_buf_done) jt_buf input = jt_buf_init(ctx);
    JT_TRY(jt_jws_making_new(ctx, signatures, count, options, &making, err));
    JT_TRY(check_payload(making, payload, err));
    if (!making->options.unencoded) {
        JT_TRY(jt_jws_encode(&encoded, payload, err));
        payload = jt_buf_span(&encoded);
    }
    for (size_t i = 0; i < count; i++)
        JT_TRY(sign_one(making, i, payload, &input, err));
    return jt_jws_making_print(making, payload, text, err);
}
