/* SPDX-License-Identifier: Apache-2.0 */
/* token/last_header.c - one segment, and what was read in it. */
#include "token/last_header.h"

#include "core/auto.h"

jt_last_header jt_last_header_init(const jeton_ctx *ctx)
{
    return (jt_last_header){.bytes = jt_buf_init(ctx)};
}

void jt_last_header_done(jt_last_header *last)
{
    jt_buf_done(&last->bytes);
    last->is_there = false;
}

bool jt_last_header_find(const jt_last_header *last, jeton_span segment, unsigned depth,
                         jt_header *header)
{
    if (!last->is_there || last->depth != depth ||
        !jeton_span_equal(segment, jeton_bytes(last->bytes.ptr, last->segment_len)))
        return false;
    *header = last->header;
    return true;
}

/* Adds what there is room for. */
static void add(jt_buf *to, jeton_span bytes)
{
    if (bytes.len > 0)
        memcpy(to->ptr + to->len, bytes.ptr, bytes.len);
    to->len += bytes.len;
}

jeton_status jt_last_header_keep(jt_last_header *last, jeton_span segment, unsigned depth,
                                 const jt_header *header, jeton_err *err)
{
    jt_buf *bytes = &last->bytes;
    last->is_there = false;
    bytes->len = 0;
    /* each was in the token, whose length is limited: the sum cannot overflow */
    JT_TRY(jt_buf_reserve(bytes, segment.len + header->kid.len + header->typ.len + header->x5t.len,
                          err));
    add(bytes, segment);
    add(bytes, header->kid);
    add(bytes, header->typ);
    add(bytes, header->x5t);
    const uint8_t *kid = bytes->ptr + segment.len;
    const uint8_t *typ = kid + header->kid.len;
    last->header = (jt_header){.alg = header->alg,
                               .kid = jeton_bytes(kid, header->kid.len),
                               .typ = jeton_bytes(typ, header->typ.len),
                               .x5t = jeton_bytes(typ + header->typ.len, header->x5t.len)};
    last->segment_len = segment.len;
    last->depth = depth;
    last->is_there = true;
    return JETON_OK;
}
