/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/cluster.c - the cluster key in the store. */
#include "accounts/cluster.h"

#include "accounts/meta_key.h"
#include "core/auto.h"
#include "core/base64url.h"
#include "store/log.h"

static jeton_status keep(jd_store *store, const char *name, jeton_span sealed, jeton_span key,
                         jt_arena *arena, jeton_span *winner, jeton_err *err)
{
    const jd_log_claim claim = {.name = name, .value = sealed, .cluster = key};
    return jd_store_log_claim(store, &claim, arena, winner, err);
}

static const jd_meta_key cluster_key = {.name = "cluster_key", .keep = keep};

jeton_status jd_cluster_key(jd_store *store, const jd_sealer *sealer, jt_secret *key,
                            jeton_err *err)
{
    return jd_meta_key_open(&cluster_key, store, sealer, key, err);
}

jeton_status jd_cluster_open(jd_store *store, const jd_sealer *sealer, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    JT_TRY(jd_cluster_key(store, sealer, &key, err));
    jd_store_log_key(store, jt_secret_span(&key));
    return JETON_OK;
}

jeton_status jd_cluster_key_text(jd_store *store, const jd_sealer *sealer, jt_secret *text,
                                 jeton_err *err)
{
    *text = (jt_secret){0};
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    JT_TRY(jd_cluster_key(store, sealer, &key, err));
    JT_TRY(jt_secret_new(NULL, jt_base64url_chars(key.len), text, err));
    jt_base64url_print(jt_secret_span(&key), (char *)text->ptr);
    return JETON_OK;
}
