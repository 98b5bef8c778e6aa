/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/user_import.c - judges rows, and has the store add them. */
#include "accounts/user_import.h"

#include "accounts/password.h"
#include "accounts/user.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "crypto/sha2.h"
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
                             .created = jt_now(NULL)};
    JT_TRY(jd_user_may_be(&asked, err));
    JT_TRY(take_password(accounts, row, dry, &import->user, hash, format, err));
    digest_row(row, import->digest);
    return jd_id_new(NULL, &import->user.id, err);
}

/* ---- all of them ----------------------------------------------------------------------------- */

typedef struct batch {
    jd_import *imports;
    size_t *row_of; /* of each import */
    char (*hashes)[JT_PWHASH_TEXT];
    size_t count;
} batch;

static jeton_status make_batch(jt_arena *arena, size_t count, batch *of, jeton_err *err)
{
    of->count = 0;
    of->imports = jt_arena_alloc(arena, count * sizeof *of->imports);
    of->row_of = jt_arena_alloc(arena, count * sizeof *of->row_of);
    of->hashes = jt_arena_alloc(arena, count * sizeof *of->hashes);
    return of->imports != NULL && of->row_of != NULL && of->hashes != NULL
               ? JETON_OK
               : jt_fail(err, JETON_E_NOMEM, "memory for an import");
}

/* A row that may not be is refused; what has to do with us and not with it ends the import. */
static jeton_status fill_batch(const jd_accounts *accounts, jd_import_row *rows, size_t count,
                               bool dry, batch *of, jd_import_answer *answers, jeton_err *err)
{
    for (size_t i = 0; i < count; i++) {
        jd_import_row *row = &rows[i];
        answers[i] = (jd_import_answer){.refused = row->refused.status != JETON_OK};
        if (answers[i].refused)
            continue;
        const jeton_status status =
            take_row(accounts, row, dry, &of->imports[of->count], of->hashes[of->count],
                     &answers[i].format, &row->refused);
        if (status == JETON_E_NOMEM || status == JETON_E_RANDOM || status == JETON_E_CRYPTO)
            return jt_fail(err, status, "%s", row->refused.text);
        answers[i].refused = status != JETON_OK;
        if (status == JETON_OK)
            of->row_of[of->count++] = i;
    }
    return JETON_OK;
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

jeton_status jd_user_import(jd_accounts *accounts, jd_import_row *rows, size_t count, bool dry,
                            jd_import_answer *answers, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    batch of;
    size_t added = 0;
    JT_TRY(make_batch(&arena, count, &of, err));
    JT_TRY(fill_batch(accounts, rows, count, dry, &of, answers, err));
    JT_TRY(jd_store_user_import(accounts->store, of.imports, of.count, dry, err));
    for (size_t i = 0; i < of.count; i++) {
        take_outcome(&of.imports[i], &rows[of.row_of[i]], &answers[of.row_of[i]]);
        added += of.imports[i].outcome == JD_IMPORT_ADDED;
    }
    if (!dry && added > 0)
        jd_log(JD_INFO, EV_USERS_IMPORTED, JD_INT("added", (int64_t)added));
    return JETON_OK;
}
