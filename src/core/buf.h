/* SPDX-License-Identifier: Apache-2.0 */
/* core/buf.h - bytes that grow at the end. Wiped when freed and when moved, since any of them
 * may be part of a secret. */
#ifndef JT_CORE_BUF_H
#define JT_CORE_BUF_H

#include <jeton/ctx.h>
#include <jeton/error.h>
#include <jeton/span.h>
#include <jeton/text.h>

typedef struct jt_buf {
    uint8_t *ptr;
    size_t len, cap;
    const jeton_ctx *ctx;
} jt_buf;

static inline jt_buf jt_buf_init(const jeton_ctx *ctx)
{
    return (jt_buf){.ctx = ctx};
}

/* Wipes and frees; the buffer is empty and usable afterwards. */
void jt_buf_done(jt_buf *buf);

/* Makes room for `more` bytes behind buf->len without changing it. JETON_E_NOMEM. */
JETON_MUST jeton_status jt_buf_reserve(jt_buf *buf, size_t more, jeton_err *err);

/* Adds at the end. */
JETON_MUST jeton_status jt_buf_add(jt_buf *buf, jeton_span bytes, jeton_err *err);
JETON_MUST jeton_status jt_buf_addf(jt_buf *buf, jeton_err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a number in decimal. jt_buf_addf() does it too, and takes many times as long. */
JETON_MUST jeton_status jt_buf_add_int(jt_buf *buf, int64_t number, jeton_err *err);

static inline jeton_span jt_buf_span(const jt_buf *buf)
{
    return jeton_bytes(buf->ptr, buf->len);
}

/* A copy of the bytes as an owned text. */
JETON_MUST jeton_status jt_text_new(const jeton_ctx *ctx, jeton_span bytes, jeton_text **text,
                                    jeton_err *err);

/* An owned text that is built in place and not copied: begin with an empty buffer, add to it, end.
 * In between jt_text_so_far() is what was added; buf->len counts more. The end leaves the buffer
 * empty. Everything that can fail leaves the buffer to jt_buf_done(). */
JETON_MUST jeton_status jt_text_begin(jt_buf *buf, size_t room, jeton_err *err);
jeton_span jt_text_so_far(const jt_buf *buf);
JETON_MUST jeton_status jt_text_end(jt_buf *buf, jeton_text **text, jeton_err *err);

#endif
