/* SPDX-License-Identifier: Apache-2.0 */
/* core/text.c - texts the caller owns (jeton/text.h). */
#include "core/buf.h"

#include "core/err.h"
#include "core/mem.h"
#include "core/secret.h"

struct jeton_text {
    const jeton_ctx *ctx;
    size_t len;
    char chars[]; /* len of them, and a NUL */
};

jeton_status jt_text_new(const jeton_ctx *ctx, jeton_span bytes, jeton_text **text, jeton_err *err)
{
    *text = NULL;
    size_t size;
    if (!jt_add(bytes.len, sizeof(jeton_text) + 1, &size))
        return jt_fail(err, JETON_E_LIMIT, "text size overflows");
    jeton_text *made = jt_alloc(ctx, size);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "text");
    made->ctx = ctx;
    made->len = bytes.len;
    if (bytes.len > 0)
        memcpy(made->chars, bytes.ptr, bytes.len);
    made->chars[bytes.len] = '\0';
    *text = made;
    return JETON_OK;
}

/* The buffer's memory is that of the text: first the fields, then the characters. */
jeton_status jt_text_begin(jt_buf *buf, size_t room, jeton_err *err)
{
    size_t size;
    if (!jt_add(room, sizeof(jeton_text) + 1, &size))
        return jt_fail(err, JETON_E_LIMIT, "text size overflows");
    const jeton_status status = jt_buf_reserve(buf, size, err);
    if (status == JETON_OK)
        buf->len = sizeof(jeton_text);
    return status;
}

jeton_span jt_text_so_far(const jt_buf *buf)
{
    return jeton_bytes(buf->ptr + sizeof(jeton_text), buf->len - sizeof(jeton_text));
}

jeton_status jt_text_end(jt_buf *buf, jeton_text **text, jeton_err *err)
{
    *text = NULL;
    const jeton_status status = jt_buf_add(buf, jeton_bytes("", 1), err); /* the NUL */
    if (status != JETON_OK)
        return status;
    jeton_text *made = (jeton_text *)(void *)buf->ptr;
    made->ctx = buf->ctx;
    made->len = buf->len - sizeof(jeton_text) - 1;
    *buf = jt_buf_init(buf->ctx);
    *text = made;
    return JETON_OK;
}

jeton_span jeton_text_span(const jeton_text *text)
{
    return text != NULL ? jeton_bytes(text->chars, text->len) : jeton_str(NULL);
}

const char *jeton_text_chars(const jeton_text *text)
{
    return text != NULL ? text->chars : "";
}

void jeton_text_free(jeton_text **text)
{
    if (text == NULL || *text == NULL)
        return;
    jt_wipe((*text)->chars, (*text)->len);
    jt_release((*text)->ctx, *text);
    *text = NULL;
}
