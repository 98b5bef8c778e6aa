/* SPDX-License-Identifier: Apache-2.0 */
/* sys/deflate.c - one call of zlib. */
#include "sys/deflate.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"

#include <zlib.h>

#define MOST ((size_t)16 << 20)

static void release(uint8_t **bytes)
{
    jt_release(NULL, *bytes);
}

jeton_status jd_deflate(jeton_span bytes, jt_buf *to, jeton_err *err)
{
    if (bytes.len > MOST)
        return jt_fail(err, JETON_E_LIMIT, "too much to compress");
    uLongf len = compressBound((uLong)bytes.len);
    JT_AUTO(release) uint8_t *room = jt_alloc(NULL, len);
    if (room == NULL ||
        compress2(room, &len, bytes.ptr, (uLong)bytes.len, Z_BEST_COMPRESSION) != Z_OK)
        return jt_fail(err, JETON_E_NOMEM, "compressing");
    return jt_buf_add(to, jeton_bytes(room, len), err);
}
