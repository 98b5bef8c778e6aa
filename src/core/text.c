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
