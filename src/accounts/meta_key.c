/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/meta_key.c - found, or made and kept; and opened. */
#include "accounts/meta_key.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/err.h"
#include "store/meta.h"

static jd_place place_of(const jd_meta_key *which)
{
    return (jd_place){.column = "meta.value", .row = jeton_str(which->name)};
}

/* The sealed bytes as text. */
static jeton_status print(jeton_span sealed, jt_arena *arena, jeton_span *text, jeton_err *err)
{
    const size_t len = jt_base64url_chars(sealed.len);
    char *chars = jt_arena_alloc(arena, len);
    if (chars == NULL)
        return jt_fail(err, JETON_E_NOMEM, "a key in the store");
    jt_base64url_print(sealed, chars);
    *text = jeton_bytes(chars, len);
    return JETON_OK;
}

static jeton_status make(const jd_meta_key *which, jd_store *store, const jd_sealer *sealer,
                         jt_arena *arena, jeton_span *text, jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret key = {0};
    JT_AUTO(jt_buf_done) jt_buf sealed = jt_buf_init(NULL);
    jeton_span made;
    JT_TRY(jt_secret_new(NULL, JD_META_KEY_BYTES, &key, err));
    JT_TRY(jt_random(NULL, key.ptr, key.len, err));
    JT_TRY(jd_sealer_seal(sealer, place_of(which), jt_secret_span(&key), &sealed, err));
    JT_TRY(print(jt_buf_span(&sealed), arena, &made, err));
    return which->keep(store, which->name, made, jt_secret_span(&key), arena, text, err);
}

static jeton_status find(const jd_meta_key *which, jd_store *store, const jd_sealer *sealer,
                         jt_arena *arena, jeton_span *text, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status = jd_store_meta_get(store, which->name, arena, text, &why);
    if (status == JETON_E_NOT_FOUND)
        return make(which, store, sealer, arena, text, err);
    return status == JETON_OK ? JETON_OK : jt_fail(err, status, "%s", why.text);
}

jeton_status jd_meta_key_open(const jd_meta_key *which, jd_store *store, const jd_sealer *sealer,
                              jt_secret *key, jeton_err *err)
{
    *key = (jt_secret){0};
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jeton_span text;
    JT_TRY(find(which, store, sealer, &arena, &text, err));
    uint8_t *sealed = jt_arena_alloc(&arena, text.len);
    if (sealed == NULL)
        return jt_fail(err, JETON_E_NOMEM, "a key in the store");
    if (!jt_base64url_parse(text, sealed))
        return jt_fail(err, JETON_E_STORE, "the store's %s is damaged", which->name);
    return jd_sealer_open(sealer, place_of(which),
                          jeton_bytes(sealed, jt_base64url_bytes(text.len)), key, err);
}
