/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/audit.c - the key of the audit log, sealed in the store's meta. */
#include "accounts/audit.h"

#include "accounts/alias.h"
#include "accounts/meta_key.h"
#include "core/auto.h"
#include "store/audit.h"
#include "store/meta.h"

static jeton_status keep(jd_store *store, const char *name, jeton_span sealed, jeton_span key,
                         jt_arena *arena, jeton_span *winner, jeton_err *err)
{
    (void)key;
    return jd_store_meta_claim(store, name, sealed, arena, winner, err);
}

static const jd_meta_key audit_key = {.name = "audit_key", .keep = keep};

jeton_status jd_audit_open(jd_store *store, const jd_sealer *sealer, jt_hmac_key *aliases,
                           jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    JT_TRY(jd_meta_key_open(&audit_key, store, sealer, &key, err));
    jd_store_audit_key(store, jt_secret_span(&key));
    if (aliases != NULL)
        jd_alias_init(aliases, jt_secret_span(&key));
    return JETON_OK;
}
