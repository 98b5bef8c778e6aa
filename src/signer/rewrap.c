/* SPDX-License-Identifier: Apache-2.0 */
/* signer/rewrap.c - another master key: opens with the old, seals with the new. */
#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "signer/master.h"
#include "store/reseal.h"
#include "sys/log.h"

#include <string.h>
#include <unistd.h>

typedef struct resealing {
    const jeton_ctx *ctx;
    const jd_sealer *old, *fresh;
} resealing;

static jeton_status reseal_bytes(const resealing *of, jd_place place, jeton_span sealed,
                                 jt_buf *again, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret plain = {0};
    if (jd_sealer_open(of->old, place, sealed, &plain, NULL) != JETON_OK)
        return jt_fail(err, JETON_E_KEY, "something in %s does not open: nothing was changed",
                       place.column);
    return jd_sealer_seal(of->fresh, place, jt_secret_span(&plain), again, err);
}

/* Most texts of meta are not sealed. Which are, only the old key can tell, and it cannot err. */
static jeton_status reseal_text(const resealing *of, jd_place place, jeton_span text, jt_buf *again,
                                jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret sealed = {0};
    JT_AUTO(jt_buf_done) jt_buf bytes = jt_buf_init(of->ctx);
    if (text.len == 0)
        return JETON_OK;
    JT_TRY(jt_secret_new(of->ctx, text.len, &sealed, err));
    if (!jt_base64url_parse(text, sealed.ptr))
        return JETON_OK;
    const jeton_span parsed = jeton_bytes(sealed.ptr, jt_base64url_bytes(text.len));
    if (reseal_bytes(of, place, parsed, &bytes, NULL) != JETON_OK)
        return JETON_OK;
    const size_t chars = jt_base64url_chars(bytes.len);
    JT_TRY(jt_buf_reserve(again, chars, err));
    jt_base64url_print(jt_buf_span(&bytes), (char *)again->ptr);
    again->len = chars;
    return JETON_OK;
}

static jeton_status reseal(void *user, const char *column, jeton_span row, jeton_span sealed,
                           jt_buf *again, jeton_err *err)
{
    const jd_place place = {column, row};
    return strcmp(column, "meta.value") == 0 ? reseal_text(user, place, sealed, again, err)
                                             : reseal_bytes(user, place, sealed, again, err);
}

/* The new key, which is on the disk when this returns. */
static jeton_status find_new(const jeton_ctx *ctx, const char *data, jt_secret *master, bool *named,
                             jeton_err *err)
{
    jd_path now;
    jd_path next;
    JT_TRY(jd_master_named(ctx, JD_NEW_MASTER_FILE_ENV, JD_NEW_MASTER_ENV, master, named, err));
    if (*named)
        return JETON_OK;
    bool old_named;
    JT_AUTO(jt_secret_done) jt_secret old = {0};
    JT_TRY(jd_master_named(ctx, JD_MASTER_FILE_ENV, JD_MASTER_ENV, &old, &old_named, err));
    if (old_named)
        return jt_fail(err, JETON_E_ARGUMENT,
                       "the master key is named by the environment: name the new one by "
                       "JETON_NEW_MASTER_KEY_FILE or JETON_NEW_MASTER_KEY");
    JT_TRY(jd_master_paths(data, &now, &next, err));
    return jd_master_make(ctx, next.chars, master, err);
}

jeton_status jd_master_rewrap(const jeton_ctx *ctx, const char *data, jd_store *store,
                              bool *in_folder, jeton_err *err)
{
    *in_folder = false;
    bool named;
    JT_AUTO(jd_sealer_free) jd_sealer *old = NULL;
    JT_AUTO(jd_sealer_free) jd_sealer *fresh = NULL;
    JT_AUTO(jt_secret_done) jt_secret master = {0};
    JT_TRY(jd_master_open(ctx, data, store, &old, err));
    JT_TRY(find_new(ctx, data, &master, &named, err));
    JT_TRY(jd_sealer_new(ctx, jt_secret_span(&master), &fresh, err));
    resealing of = {ctx, old, fresh};
    JT_TRY(jd_store_reseal(store, reseal, &of, err));
    if (!named)
        JT_TRY(jd_master_replace(ctx, data, err));
    *in_folder = !named;
    jd_log(JD_INFO, EV_MASTER_KEY_CHANGED, JD_BOOL("in_folder", !named));
    return JETON_OK;
}
