/* SPDX-License-Identifier: Apache-2.0 */
/* sys/id.h - the name of a thing of ours: 128 random bits, written as 22 characters of base64url.
 *
 * Users and sessions have one. It is not a secret: it stands in tokens and logs.
 */
#ifndef JD_SYS_ID_H
#define JD_SYS_ID_H

#include <jeton/ctx.h>
#include <jeton/error.h>
#include <jeton/span.h>

#define JD_ID_BYTES 16U
#define JD_ID_CHARS 22U

typedef struct jd_id {
    uint8_t bytes[JD_ID_BYTES];
} jd_id;

/* A new one; as text it does not begin with "-". JETON_E_RANDOM, and then *id is zeros. */
JETON_MUST jeton_status jd_id_new(const jeton_ctx *ctx, jd_id *id, jeton_err *err);

/* Writes JD_ID_CHARS characters and a NUL. */
void jd_id_print(const jd_id *id, char to[JD_ID_CHARS + 1]);

/* Reads exactly what jd_id_print() writes; otherwise false, and *id is zeros. */
JETON_MUST bool jd_id_parse(jeton_span chars, jd_id *id);

static inline bool jd_id_equal(const jd_id *a, const jd_id *b)
{
    return memcmp(a->bytes, b->bytes, JD_ID_BYTES) == 0;
}

/* The bytes. Borrowed from *id. */
static inline jeton_span jd_id_span(const jd_id *id)
{
    return jeton_bytes(id->bytes, JD_ID_BYTES);
}

#endif
