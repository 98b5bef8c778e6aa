/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_view.c - reads what can be read of a token. */
#include "cli/token_view.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* The one canonical text of what somebody may have meant: the alphabet of base64 for that of
 * base64url, no padding, no white space, unused bits zero. */
static jeton_status normalise(jeton_span text, jt_buf *to, jeton_err *err)
{
    JT_TRY(jt_buf_reserve(to, text.len + 1, err));
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = text.ptr[i];
        if (c != '=' && c != ' ' && c != '\t' && c != '\r' && c != '\n')
            to->ptr[to->len++] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    if (to->len % 4 == 1)
        to->len--;
    if (to->len % 4 == 0)
        return JETON_OK;
    const char *last = memchr(alphabet, to->ptr[to->len - 1], sizeof alphabet - 1);
    const unsigned used = to->len % 4 == 2 ? 0x30 : 0x3c;
    if (last != NULL)
        to->ptr[to->len - 1] = (uint8_t)alphabet[(unsigned)(last - alphabet) & used];
    return JETON_OK;
}

static jeton_status decode(jd_token_part *part, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf chars = jt_buf_init(NULL);
    JT_TRY(normalise(part->text, &chars, err));
    const size_t len = jt_base64url_bytes(chars.len);
    JT_TRY(jt_buf_reserve(&part->bytes, len + 1, err));
    part->decoded = jt_base64url_parse(jt_buf_span(&chars), part->bytes.ptr);
    part->bytes.len = part->decoded ? len : 0;
    part->canonical = part->decoded && jeton_span_equal(jt_buf_span(&chars), part->text);
    return JETON_OK;
}

static jeton_status read_json(jd_token_part *part, jeton_err *err)
{
    const jeton_status status =
        jt_json_parse(NULL, jt_buf_span(&part->bytes), &part->json, &part->why);
    return status == JETON_E_NOMEM ? jt_fail(err, status, "token") : JETON_OK;
}

static const jt_val *object_of(const jd_token_part *part)
{
    const jt_val *root = jt_json_root(part->json);
    return jt_kind_of(root) == JT_OBJECT ? root : NULL;
}

static void split(jd_token_view *view)
{
    jeton_span rest = view->token;
    for (const uint8_t *dot = rest.ptr; dot != NULL;) {
        dot = rest.len > 0 ? memchr(rest.ptr, '.', rest.len) : NULL;
        const size_t len = dot != NULL ? (size_t)(dot - rest.ptr) : rest.len;
        if (view->count < JD_TOKEN_PARTS)
            view->parts[view->count].text = jeton_bytes(rest.ptr, len);
        view->count++;
        if (dot != NULL)
            rest = jeton_bytes(dot + 1, rest.len - len - 1);
    }
}

jeton_status jd_token_view_read(jeton_span token, jd_token_view *view, jeton_err *err)
{
    *view = (jd_token_view){.token = token, .now = jt_now(NULL)};
    split(view);
    for (size_t i = 0; i < JD_TOKEN_PARTS; i++)
        JT_TRY(decode(&view->parts[i], err));
    JT_TRY(read_json(&view->parts[0], err));
    view->header = object_of(&view->parts[0]);
    view->alg = jeton_alg_find(jt_get_text(view->header, "alg"));
    if (jd_token_view_is_encrypted(view))
        return JETON_OK;
    JT_TRY(read_json(&view->parts[1], err));
    view->payload = object_of(&view->parts[1]);
    return JETON_OK;
}

void jd_token_view_done(jd_token_view *view)
{
    for (size_t i = 0; i < JD_TOKEN_PARTS; i++) {
        jt_buf_done(&view->parts[i].bytes);
        jt_json_free(&view->parts[i].json);
    }
}

bool jd_token_view_is_whole(const jd_token_view *view)
{
    const bool is_signed = jd_token_view_is_signed(view);
    if (!is_signed && !jd_token_view_is_encrypted(view))
        return false;
    for (size_t i = 0; i < view->count; i++)
        if (!view->parts[i].canonical)
            return false;
    return view->parts[0].json != NULL && (!is_signed || view->parts[1].json != NULL);
}
