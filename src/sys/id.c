/* SPDX-License-Identifier: Apache-2.0 */
/* sys/id.c - ids: made, written, read. */
#include "sys/id.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"

#define DASH 62 /* the value of "-": a command line would take it for an option */

jeton_status jd_id_new(const jeton_ctx *ctx, jd_id *id, jeton_err *err)
{
    JT_TRY(jt_random(ctx, id->bytes, JD_ID_BYTES, err));
    if (id->bytes[0] >> 2 == DASH)
        id->bytes[0] ^= 0x80;
    return JETON_OK;
}

void jd_id_print(const jd_id *id, char to[JD_ID_CHARS + 1])
{
    jt_base64url_print(jd_id_span(id), to);
    to[JD_ID_CHARS] = '\0';
}

bool jd_id_parse(jeton_span chars, jd_id *id)
{
    if (chars.len == JD_ID_CHARS && jt_base64url_parse(chars, id->bytes))
        return true;
    *id = (jd_id){0};
    return false;
}
