/* SPDX-License-Identifier: Apache-2.0 */
/* signer/master.c - finds, makes and checks the master key. */
#include "signer/master.h"

#include "core/auto.h"
#include "core/base64url.h"
#include "core/ctx.h"
#include "core/cut.h"
#include "core/err.h"
#include "store/meta.h"
#include "sys/disk.h"
#include "sys/log.h"

#include <stdlib.h>
#include <unistd.h>

#define FILE_NAME   "master.key"
#define NEXT_NAME   "master.key.next" /* while everything is sealed anew */
#define FILE_MOST   256U              /* bytes of a file that holds 43 characters and a line end */
#define CHECK_NAME  "master_check"
#define CHECK_PLAIN "this store was sealed with this master key"

static const jd_place check_place = {"meta.value", {(const uint8_t *)CHECK_NAME, 12}};

/* --- the key -------------------------------------------------------------------------------- */

static jeton_status read_text(const jeton_ctx *ctx, jeton_span text, jt_secret *master,
                              jeton_err *err)
{
    text = jt_trim_end(text, jt_is_space); /* editors and `echo` put white space behind a text */
    JT_TRY(jt_secret_new(ctx, JD_MASTER_BYTES, master, err));
    if (text.len == jt_base64url_chars(JD_MASTER_BYTES) && jt_base64url_parse(text, master->ptr))
        return JETON_OK;
    jt_secret_done(master);
    return jt_fail(err, JETON_E_KEY, "a master key is %u bytes as base64url: %zu characters",
                   JD_MASTER_BYTES, jt_base64url_chars(JD_MASTER_BYTES));
}

static jeton_status read_file(const jeton_ctx *ctx, const char *path, jt_secret *master,
                              jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret text = {0};
    JT_TRY(jd_file_load(ctx, path, FILE_MOST, &text, err));
    return read_text(ctx, jt_secret_span(&text), master, err);
}

/* A file that somebody has named must be there: none is made in its place. */
static jeton_status read_named(const jeton_ctx *ctx, const char *path, jt_secret *master,
                               jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status = read_file(ctx, path, master, &why);
    if (status == JETON_OK)
        return JETON_OK;
    return jt_fail(err, status == JETON_E_NOT_FOUND ? JETON_E_KEY : status, "%s", why.text);
}

jeton_status jd_master_make(const jeton_ctx *ctx, const char *path, jt_secret *master,
                            jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret fresh = {0};
    JT_AUTO(jt_secret_done) jt_secret text = {0};
    JT_TRY(jt_secret_new(ctx, JD_MASTER_BYTES, &fresh, err));
    JT_TRY(jt_random(ctx, fresh.ptr, fresh.len, err));
    JT_TRY(jt_secret_new(ctx, jt_base64url_chars(JD_MASTER_BYTES) + 1, &text, err));
    jt_base64url_print(jt_secret_span(&fresh), (char *)text.ptr);
    text.ptr[text.len - 1] = '\n';
    JT_TRY(jd_file_save(path, jt_secret_span(&text), err));

    *master = fresh;
    fresh = (jt_secret){0}; /* the caller's from now on */
    return JETON_OK;
}

static jeton_status make(const jeton_ctx *ctx, const char *path, jt_secret *master, jeton_err *err)
{
    JT_TRY(jd_master_make(ctx, path, master, err));
    jd_log(JD_INFO, EV_MASTER_KEY_MADE, JD_TEXT("file", path),
           JD_TEXT("next", "back it up, apart from the store: nothing opens without it"));
    return JETON_OK;
}

/* The key of the data folder. A new one is made only for a store that was never sealed. */
static jeton_status load_or_make(const jeton_ctx *ctx, const char *data, bool sealed,
                                 jt_secret *master, jeton_err *err)
{
    jd_path path;
    JT_TRY(jd_path_join(data, FILE_NAME, &path, err));
    jeton_err why = {0};
    const jeton_status status = read_file(ctx, path.chars, master, &why);
    if (status == JETON_OK)
        return JETON_OK;
    if (status != JETON_E_NOT_FOUND)
        return jt_fail(err, status, "%s", why.text);
    if (sealed)
        return jt_fail(err, JETON_E_KEY,
                       "%.70s is missing, and the store cannot be opened without it: bring it back",
                       path.chars);
    return make(ctx, path.chars, master, err);
}

static bool is_set(const char *text)
{
    return text != NULL && *text != '\0';
}

jeton_status jd_master_named(const jeton_ctx *ctx, const char *file, const char *text,
                             jt_secret *master, bool *named, jeton_err *err)
{
    const char *path = getenv(file);
    const char *value = getenv(text);
    *master = (jt_secret){0};
    *named = is_set(path) || is_set(value);
    if (is_set(path))
        return read_named(ctx, path, master, err);
    return is_set(value) ? read_text(ctx, jeton_str(value), master, err) : JETON_OK;
}

static jeton_status find_key(const jeton_ctx *ctx, const char *data, bool sealed, jt_secret *master,
                             bool *named, jeton_err *err)
{
    JT_TRY(jd_master_named(ctx, JD_MASTER_FILE_ENV, JD_MASTER_ENV, master, named, err));
    return *named ? JETON_OK : load_or_make(ctx, data, sealed, master, err);
}

jeton_status jd_master_check_named(const jeton_ctx *ctx, jeton_err *err)
{
    bool named;
    JT_AUTO(jt_secret_done) jt_secret master = {0};
    return jd_master_named(ctx, JD_MASTER_FILE_ENV, JD_MASTER_ENV, &master, &named, err);
}

/* --- the check ------------------------------------------------------------------------------ */

/* What the store remembers of its master key: a known text sealed with it, as base64url. Empty
 * for a store that was never sealed. */
static jeton_status read_check(jd_store *store, jt_arena *arena, jeton_span *check, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status = jd_store_meta_get(store, CHECK_NAME, arena, check, &why);
    if (status == JETON_OK || status == JETON_E_NOT_FOUND)
        return JETON_OK;
    return jt_fail(err, status, "%s", why.text);
}

static jeton_status make_check(const jeton_ctx *ctx, const jd_sealer *sealer, jd_store *store,
                               jt_arena *arena, jeton_span *check, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf sealed = jt_buf_init(ctx);
    JT_TRY(jd_sealer_seal(sealer, check_place, jeton_str(CHECK_PLAIN), &sealed, err));
    const size_t len = jt_base64url_chars(sealed.len);
    char *text = jt_arena_alloc(arena, len);
    if (text == NULL)
        return jt_fail(err, JETON_E_NOMEM, "master key");
    jt_base64url_print(jt_buf_span(&sealed), text);
    return jd_store_meta_claim(store, CHECK_NAME, jeton_bytes(text, len), arena, check, err);
}

static jeton_status check_key(const jeton_ctx *ctx, const jd_sealer *sealer, jeton_span check,
                              jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret sealed = {0};
    JT_AUTO(jt_secret_done) jt_secret plain = {0};
    JT_TRY(jt_secret_new(ctx, jt_base64url_bytes(check.len), &sealed, err));
    if (jt_base64url_parse(check, sealed.ptr) &&
        jd_sealer_open(sealer, check_place, jt_secret_span(&sealed), &plain, NULL) == JETON_OK)
        return JETON_OK;
    return jt_fail(err, JETON_E_KEY,
                   "the master key is not the one this store was sealed with: bring that one back");
}

/* --- a change that was interrupted ---------------------------------------------------------- */

jeton_status jd_master_paths(const char *data, jd_path *now, jd_path *next, jeton_err *err)
{
    JT_TRY(jd_path_join(data, FILE_NAME, now, err));
    return jd_path_join(data, NEXT_NAME, next, err);
}

jeton_status jd_master_replace(const jeton_ctx *ctx, const char *data, jeton_err *err)
{
    jd_path now;
    jd_path next;
    JT_AUTO(jt_secret_done) jt_secret text = {0};
    JT_TRY(jd_master_paths(data, &now, &next, err));
    JT_TRY(jd_file_load(ctx, next.chars, FILE_MOST, &text, err));
    JT_TRY(jd_file_save(now.chars, jt_secret_span(&text), err));
    (void)unlink(next.chars);
    return JETON_OK;
}

/* Everything was sealed with the new key, and then the file could not be put in its place. */
static jeton_status try_new(const jeton_ctx *ctx, const char *data, jeton_span check,
                            jd_sealer **sealer, jeton_err *err)
{
    jd_path now;
    jd_path next;
    JT_AUTO(jt_secret_done) jt_secret master = {0};
    JT_AUTO(jd_sealer_free) jd_sealer *made = NULL;
    JT_TRY(jd_master_paths(data, &now, &next, err));
    JT_TRY(read_file(ctx, next.chars, &master, err));
    JT_TRY(jd_sealer_new(ctx, jt_secret_span(&master), &made, err));
    JT_TRY(check_key(ctx, made, check, err));
    JT_TRY(jd_master_replace(ctx, data, err));
    *sealer = made;
    made = NULL; /* the caller's from now on */
    return JETON_OK;
}

/* Only the old key fits: the change was interrupted before it took effect. */
static jeton_status drop_new(const char *data, jeton_err *err)
{
    jd_path now;
    jd_path next;
    JT_TRY(jd_master_paths(data, &now, &next, err));
    (void)unlink(next.chars);
    return JETON_OK;
}

/* --- open ----------------------------------------------------------------------------------- */

static jeton_status check_either(const jeton_ctx *ctx, const char *data, bool named,
                                 jeton_span check, jd_sealer **sealer, jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status = check_key(ctx, *sealer, check, &why);
    if (status == JETON_OK)
        return named ? JETON_OK : drop_new(data, err);
    jd_sealer *other = NULL;
    if (named || try_new(ctx, data, check, &other, NULL) != JETON_OK)
        return jt_fail(err, status, "%s", why.text);
    jd_sealer_free(sealer);
    *sealer = other;
    return JETON_OK;
}

jeton_status jd_master_open(const jeton_ctx *ctx, const char *data, jd_store *store,
                            jd_sealer **sealer, jeton_err *err)
{
    *sealer = NULL;
    bool named;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(ctx);
    JT_AUTO(jt_secret_done) jt_secret master = {0};
    JT_AUTO(jd_sealer_free) jd_sealer *made = NULL;
    jeton_span check = {0};
    JT_TRY(read_check(store, &arena, &check, err));
    JT_TRY(find_key(ctx, data, check.len > 0, &master, &named, err));
    JT_TRY(jd_sealer_new(ctx, jt_secret_span(&master), &made, err));
    if (check.len == 0)
        JT_TRY(make_check(ctx, made, store, &arena, &check, err));
    JT_TRY(check_either(ctx, data, named, check, &made, err));

    *sealer = made;
    made = NULL; /* the caller's from now on */
    return JETON_OK;
}
