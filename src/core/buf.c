/* SPDX-License-Identifier: Apache-2.0 */
/* core/buf.c - growing bytes. */
#include "core/buf.h"

#include "core/err.h"
#include "core/mem.h"
#include "core/secret.h"

#include <stdarg.h>
#include <stdio.h>

#define SMALLEST 256U

void jt_buf_done(jt_buf *buf)
{
    jt_wipe(buf->ptr, buf->cap);
    jt_release(buf->ctx, buf->ptr);
    *buf = jt_buf_init(buf->ctx);
}

/* Not realloc: it would leave the old bytes behind unwiped. */
static jeton_status move_to(jt_buf *buf, size_t cap, jeton_err *err)
{
    uint8_t *larger = jt_alloc(buf->ctx, cap);
    if (larger == NULL)
        return jt_fail(err, JETON_E_NOMEM, "buffer");
    if (buf->ptr != NULL)
        memcpy(larger, buf->ptr, buf->len);
    jt_wipe(buf->ptr, buf->cap);
    jt_release(buf->ctx, buf->ptr);
    buf->ptr = larger;
    buf->cap = cap;
    return JETON_OK;
}

jeton_status jt_buf_reserve(jt_buf *buf, size_t more, jeton_err *err)
{
    size_t need;
    size_t twice;
    if (!jt_add(buf->len, more, &need) || !jt_mul(buf->cap, 2, &twice))
        return jt_fail(err, JETON_E_LIMIT, "buffer size overflows");
    if (need <= buf->cap && buf->ptr != NULL)
        return JETON_OK;
    if (twice < SMALLEST)
        twice = SMALLEST;
    return move_to(buf, need > twice ? need : twice, err);
}

jeton_status jt_buf_add(jt_buf *buf, jeton_span bytes, jeton_err *err)
{
    const jeton_status status = jt_buf_reserve(buf, bytes.len, err);
    if (status == JETON_OK && bytes.len > 0) {
        memcpy(buf->ptr + buf->len, bytes.ptr, bytes.len);
        buf->len += bytes.len;
    }
    return status;
}

jeton_status jt_buf_addf(jt_buf *buf, jeton_err *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0)
        return jt_fail(err, JETON_E_ARGUMENT, "text cannot be formatted");

    const jeton_status status = jt_buf_reserve(buf, (size_t)len + 1, err); /* and its NUL */
    if (status != JETON_OK)
        return status;
    va_start(args, format);
    (void)vsnprintf((char *)buf->ptr + buf->len, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
    return JETON_OK;
}

jeton_status jt_buf_add_int(jt_buf *buf, int64_t number, jeton_err *err)
{
    char digits[20]; /* of 64 bits, and a sign */
    char *const end = digits + sizeof digits;
    char *at = end;
    uint64_t left = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (number < 0)
        *--at = '-';
    return jt_buf_add(buf, jeton_bytes(at, (size_t)(end - at)), err);
}
