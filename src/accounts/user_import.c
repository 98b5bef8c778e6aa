/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/user_import.c - judges rows, and has the store add them. */
#include "accounts/user_import.h"

#include "accounts/password.h"
#include "accounts/user.h"
#include "core/auto.h"
#include "core/err.h"
#include "crypto/sha2.h"
#include "sys/clock.h"
#include "sys/log.h"

/* ---- one row --------------------------------------------------------------------------------- */

static void add_field(jt_sha2 *digest, jeton_span field)
{
    const uint64_t len = field.len; /* so that "ab","c" is not "a","bc" */
    jt_sha2_update(digest, jeton_bytes(&len, sizeof len));
    jt_sha2_update(digest, field);
}

/* A password in the clear is not part of it: a fast hash of one must not be kept. */
static void digest_row(const jd_import_row *row, uint8_t to[32])
{
    jt_sha2 digest;
    const uint8_t flags[] = {row->disabled, row->must_change, (uint8_t)row->role_count};
    jt_sha2_init(&digest, JT_SHA256);
    jt_sha2_update(&digest, jeton_bytes(flags, sizeof flags));
    add_field(&digest, row->name);
    add_field(&digest, row->email);
    add_field(&digest, row->password_hash);
    for (size_t i = 0; i < row->role_count; i++)
        add_field(&digest, row->roles[i]);
    jt_sha2_final(&digest, to);
}

/* What the hash of the row is; for a password in the clear it is made, into `hash`, unless dry. */
static jeton_status take_password(const jd_accounts *accounts, const jd_import_row *row, bool dry,
                                  jd_user *user, char hash[JT_PWHASH_TEXT], const char **format,
                                  jeton_err *err)
{
    if ((row->password.len > 0) == (row->password_hash.len > 0))
        return jt_fail(err, JETON_E_REQUEST, "give password_hash or password, one of them");
    user->password = row->password_hash;
    if (row->password_hash.len > 0)
        return jt_pwhash_check(row->password_hash, format, err);
    *format = "password";
    if (dry)
        return jd_password_may_be(user, row->password, err);
    JT_TRY(jd_password_new(accounts, user, row->password, hash, err));
    user->password = jeton_str(hash);
    return JETON_OK;
}

static jeton_status take_row(const jd_accounts *accounts, const jd_import_row *row, bool dry,
                             jd_import *import, char hash[JT_PWHASH_TEXT], const char **format,
                             jeton_err *err)
{
    const jd_new_user asked = {
        .name = row->name, .email = row->email, .roles = row->roles, .role_count = row->role_count};
    import->user = (jd_user){.name = row->name,
                             .email = row->email,
                             .roles = row->roles,
                             .role_count = row->role_count,
                             .disabled = row->disabled,
                             .must_change = row->must_change,
                             .created = jd_now()};
    JT_TRY(jd_user_may_be(&asked, err));
    JT_TRY(take_password(accounts, row, dry, &import->user, hash, format, err));
    digest_row(row, import->digest);
    return jd_id_new(NULL, &import->user.id, err);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static jeton_status make_batch(jt_arena *arena, size_t count, jd_import_batch *of, jeton_err *err)
{
    of->imports = jt_arena_alloc(arena, count * sizeof *of->imports);
    of->row_of = jt_arena_alloc(arena, count * sizeof *of->row_of);
    of->hashes = jt_arena_alloc(arena, count * sizeof *of->hashes);
    of->answers = jt_arena_alloc(arena, count * sizeof *of->answers);
    return of->imports != NULL && of->row_of != NULL && of->hashes != NULL && of->answers != NULL
               ? JETON_OK
               : jt_fail(err, JETON_E_NOMEM, "memory for an import");
}

/* A row that may not be is refused; what has to do with us and not with it ends the import. */
static jeton_status take_rows(const jd_accounts *accounts, jd_import_batch *of, jeton_err *err)
{
    for (size_t i = 0; i < of->row_count; i++) {
        jd_import_row *row = &of->rows[i];
        jd_import_answer *answer = &of->answers[i];
        *answer = (jd_import_answer){.refused = row->refused.status != JETON_OK};
        if (answer->refused)
            continue;
        const jeton_status status = take_row(accounts, row, of->dry, &of->imports[of->count],
                                             of->hashes[of->count], &answer->format, &row->refused);
        if (status == JETON_E_NOMEM || status == JETON_E_RANDOM || status == JETON_E_CRYPTO)
            return jt_fail(err, status, "%s", row->refused.text);
        answer->refused = status != JETON_OK;
        if (status == JETON_OK)
            of->row_of[of->count++] = i;
    }
    return JETON_OK;
}

jeton_status jd_import_judge(const jd_accounts *accounts, jd_import_row *rows, size_t count,
                             bool dry, jt_arena *arena, jd_import_batch *batch, jeton_err *err)
{
    *batch = (jd_import_batch){.rows = rows, .row_count = count, .dry = dry};
    JT_TRY(make_batch(arena, count, batch, err));
    return take_rows(accounts, batch, err);
}

static void take_outcome(const jd_import *import, jd_import_row *row, jd_import_answer *answer)
{
    jeton_status status = JETON_OK;
    if (import->outcome == JD_IMPORT_NAME)
        status = jt_fail(&row->refused, JETON_E_EXISTS, "there is another user of that name");
    else if (import->outcome == JD_IMPORT_EMAIL)
        status = jt_fail(&row->refused, JETON_E_EXISTS, "another user has that e-mail address");
    answer->refused = status != JETON_OK;
    answer->already = import->outcome == JD_IMPORT_ALREADY;
}

jeton_status jd_import_add(jd_accounts *accounts, jd_import_batch *batch, jeton_err *err)
{
    size_t added = 0;
    JT_TRY(jd_store_user_import(accounts->store, batch->imports, batch->count, batch->dry, err));
    for (size_t i = 0; i < batch->count; i++) {
        const size_t row = batch->row_of[i];
        take_outcome(&batch->imports[i], &batch->rows[row], &batch->answers[row]);
        added += batch->imports[i].outcome == JD_IMPORT_ADDED;
    }
    if (!batch->dry && added > 0)
        jd_log(JD_INFO, EV_USERS_IMPORTED, JD_INT("added", (int64_t)added));
    return JETON_OK;
}
