/* SPDX-License-Identifier: Apache-2.0 */
/* keys/oct.c - secrets of HMAC keys. */
#include "keys/oct.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/limits.h"
#include "core/mem.h"

jeton_status jt_oct_new(const jeton_ctx *ctx, jeton_span secret, jt_oct **oct, jeton_err *err)
{
    *oct = NULL;
    if (secret.len < JT_OCT_MIN)
        return jt_fail(err, JETON_E_KEY, "secret of %zu bytes, below %u", secret.len, JT_OCT_MIN);
    if (secret.len > JT_LIMIT_SECRET)
        return jt_fail(err, JETON_E_LIMIT, "secret longer than %zu bytes", JT_LIMIT_SECRET);

    JT_AUTO(jt_oct_free) jt_oct *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "secret");
    made->ctx = ctx;
    JT_TRY(jt_secret_copy(ctx, secret, &made->secret, err));
    for (size_t hash = 0; hash < JT_HASH_COUNT; hash++)
        jt_hmac_init(&made->macs[hash], (jt_hash)hash, secret);

    *oct = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jt_oct_free(jt_oct **oct)
{
    if (oct == NULL || *oct == NULL)
        return;
    for (size_t hash = 0; hash < JT_HASH_COUNT; hash++)
        jt_hmac_done(&(*oct)->macs[hash]);
    jt_secret_done(&(*oct)->secret);
    jt_release((*oct)->ctx, *oct);
    *oct = NULL;
}
