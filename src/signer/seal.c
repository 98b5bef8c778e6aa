/* SPDX-License-Identifier: Apache-2.0 */
/* signer/seal.c - the master key and the place of what it seals. */
#include "signer/seal.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "crypto/aead.h"

_Static_assert(JD_MASTER_BYTES == JT_AEAD_KEY, "the master key is used as it is");

struct jd_sealer {
    const jeton_ctx *ctx;
    jt_secret master;
};

jeton_status jd_sealer_new(const jeton_ctx *ctx, jeton_span master, jd_sealer **sealer,
                           jeton_err *err)
{
    *sealer = NULL;
    if (master.len != JD_MASTER_BYTES)
        return jt_fail(err, JETON_E_ARGUMENT, "a master key has %u bytes", JD_MASTER_BYTES);
    JT_AUTO(jd_sealer_free) jd_sealer *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "sealer");
    made->ctx = ctx;
    JT_TRY(jt_secret_copy(ctx, master, &made->master, err));

    *sealer = made;
    made = NULL; /* the caller's from now on */
    return JETON_OK;
}

void jd_sealer_free(jd_sealer **sealer)
{
    if (sealer == NULL || *sealer == NULL)
        return;
    jt_secret_done(&(*sealer)->master);
    jt_release((*sealer)->ctx, *sealer);
    *sealer = NULL;
}

/* "table.column." and the bytes that name the row. Column names hold one dot, so no two places
 * give the same bytes. */
static jeton_status print_place(jd_place place, jt_buf *to, jeton_err *err)
{
    JT_TRY(jt_buf_add(to, jeton_str(place.column), err));
    JT_TRY(jt_buf_add(to, jeton_str("."), err));
    return jt_buf_add(to, place.row, err);
}

jeton_status jd_sealer_seal(const jd_sealer *sealer, jd_place place, jeton_span plain,
                            jt_buf *sealed, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf ad = jt_buf_init(sealer->ctx);
    JT_TRY(print_place(place, &ad, err));
    return jt_aead_seal(sealer->ctx, jt_secret_span(&sealer->master), plain, jt_buf_span(&ad),
                        sealed, err);
}

jeton_status jd_sealer_open(const jd_sealer *sealer, jd_place place, jeton_span sealed,
                            jt_secret *plain, jeton_err *err)
{
    *plain = (jt_secret){0};
    JT_AUTO(jt_buf_done) jt_buf ad = jt_buf_init(sealer->ctx);
    JT_TRY(print_place(place, &ad, err));
    return jt_aead_open(sealer->ctx, jt_secret_span(&sealer->master), sealed, jt_buf_span(&ad),
                        plain, err);
}
