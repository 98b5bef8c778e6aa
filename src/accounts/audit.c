/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/audit.c - the key of the audit log, sealed in the store's meta. */
#include "accounts/audit.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"

#define KEY_NAME  "audit_key"
#define KEY_BYTES 32U

static jd_place place_of_key(void)
{
    return (jd_place){.column = "meta.value", .row = jeton_str(KEY_NAME)};
}

/* A new key, sealed, as text. */
static jeton_status make_key(const jd_sealer *sealer, jt_arena *arena, jeton_span *text,
                             jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    JT_AUTO(jt_buf_done) jt_buf sealed = jt_buf_init(NULL);
    JT_TRY(jt_secret_new(NULL, KEY_BYTES, &key, err));
    JT_TRY(jt_random(NULL, key.ptr, key.len, err));
    JT_TRY(jd_sealer_seal(sealer, place_of_key(), jt_secret_span(&key), &sealed, err));
    const size_t len = jt_base64url_chars(sealed.len);
    char *chars = jt_arena_alloc(arena, len);
    if (chars == NULL)
        return jt_fail(err, JETON_E_NOMEM, "key of the audit log");
    jt_base64url_print(jt_buf_span(&sealed), chars);
    *text = jeton_bytes(chars, len);
    return JETON_OK;
}

static jeton_status find_key(jd_store *store, const jd_sealer *sealer, jt_arena *arena,
                             jeton_span *text, jeton_err *err)
{
    jeton_span made;
    jeton_err why = {0};
    const jeton_status status = jd_store_meta_get(store, KEY_NAME, arena, text, &why);
    if (status == JETON_OK)
        return JETON_OK;
    if (status != JETON_E_NOT_FOUND)
        return jt_fail(err, status, "%s", why.text);
    JT_TRY(make_key(sealer, arena, &made, err));
    return jd_store_meta_claim(store, KEY_NAME, made, arena, text, err);
}

jeton_status jd_audit_open(jd_store *store, const jd_sealer *sealer, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    jeton_span text;
    JT_TRY(find_key(store, sealer, &arena, &text, err));
    uint8_t *sealed = jt_arena_alloc(&arena, text.len);
    if (sealed == NULL)
        return jt_fail(err, JETON_E_NOMEM, "key of the audit log");
    if (!jt_base64url_parse(text, sealed))
        return jt_fail(err, JETON_E_STORE, "the key of the audit log is damaged");
    JT_TRY(jd_sealer_open(sealer, place_of_key(), jeton_bytes(sealed, jt_base64url_bytes(text.len)),
                          &key, err));
    jd_store_audit_key(store, jt_secret_span(&key));
    return JETON_OK;
}
