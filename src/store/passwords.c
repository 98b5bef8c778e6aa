/* SPDX-License-Identifier: Apache-2.0 */
/* store/passwords.c - passwords: replaced by their owner, by a one-time code, or by a
 * better hash of the same. */
#include "store/passwords.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/sql.h"

/* ---- the same password, hashed anew ---------------------------------------------------------- */

typedef struct rehashing {
    const jd_id *id;
    jeton_span old, password;
} rehashing;

static jeton_status rehash(jd_conn *conn, void *args, jeton_err *err)
{
    const rehashing *asked = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_REHASH);
    jd_bind_text(&query, asked->password);
    jd_bind_id(&query, asked->id);
    jd_bind_text(&query, asked->old);
    unsigned changed;
    JT_TRY(jd_query_run(&query, &changed, err));
    if (changed == 1)
        return JETON_OK;
    JT_TRY(jd_sql_user_exists(conn, asked->id, err));
    return jt_fail(err, JETON_E_CREDENTIALS, "the password was changed meanwhile");
}

jeton_status jd_store_user_rehash(jd_store *store, const jd_id *id, jeton_span old,
                                  jeton_span password, jeton_err *err)
{
    rehashing args = {id, old, password};
    return jd_sql_write(store, rehash, &args, err);
}

/* ---- another password ------------------------------------------------------------------------ */

typedef struct setting {
    const jd_password_change *change;
    jt_arena *arena;
    jd_entries *entries;
} setting;

/* Uses the code up, or drops one that nobody needs any more. */
static jeton_status take_code(jd_conn *conn, const jd_password_change *change, jeton_err *err)
{
    const bool needed = change->code.len > 0;
    JT_AUTO(jd_query_done)
    jd_query query = jd_query_of(conn, needed ? JD_SQL_RESET_USE : JD_SQL_RESET_DROP);
    jd_bind_id(&query, &change->user);
    if (needed) {
        jd_bind_blob(&query, change->code);
        jd_bind_int(&query, change->now);
    }
    unsigned changed;
    JT_TRY(jd_query_run(&query, &changed, err));
    return !needed || changed == 1
               ? JETON_OK
               : jt_fail(err, JETON_E_CREDENTIALS, "the code is wrong or has expired");
}

static jeton_status set_hash(jd_conn *conn, const jd_password_change *change, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_PASSWORD_SET);
    jd_bind_text(&query, change->password);
    jd_bind_int(&query, 0);
    jd_bind_id(&query, &change->user);
    jd_bind_count(&query, change->password_n);
    unsigned changed;
    JT_TRY(jd_query_run(&query, &changed, err));
    return changed == 1 ? JETON_OK
                        : jt_fail(err, JETON_E_CREDENTIALS, "the password was changed meanwhile");
}

static jeton_status set(jd_conn *conn, void *args, jeton_err *err)
{
    const setting *asked = args;
    const jd_password_change *change = asked->change;
    JT_TRY(take_code(conn, change, err));
    JT_TRY(set_hash(conn, change, err));
    return jd_sql_end_sessions(conn, &change->user, change->keep, change->now, change->expires,
                               asked->arena, asked->entries, err);
}

jeton_status jd_store_password_set(jd_store *store, const jd_password_change *change,
                                   jt_arena *arena, jd_entries *entries, jeton_err *err)
{
    *entries = (jd_entries){0};
    jd_audit_note("password.set", jd_audit_id(&change->user),
                  change->code.len > 0 ? jeton_str("with a code") : jeton_str(NULL));
    setting args = {change, arena, entries};
    return jd_or_empty(jd_audit_end(jd_sql_write(store, set, &args, err)), entries,
                       sizeof *entries);
}

/* ---- one-time codes -------------------------------------------------------------------------- */

typedef struct code {
    const jd_id *id;
    jeton_span digest;
    jeton_time when; /* it expires, or it must be good at */
    jt_arena *arena;
    jd_user *user;
} code;

static jeton_status put(jd_conn *conn, void *args, jeton_err *err)
{
    const code *asked = args;
    JT_TRY(jd_sql_user_exists(conn, asked->id, err));
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_RESET_PUT);
    jd_bind_id(&query, asked->id);
    jd_bind_blob(&query, asked->digest);
    jd_bind_int(&query, asked->when);
    return jd_query_run(&query, NULL, err);
}

jeton_status jd_store_reset_put(jd_store *store, const jd_id *user, jeton_span digest,
                                jeton_time expires, jeton_err *err)
{
    jd_audit_note("password.reset_code", jd_audit_id(user), jeton_str(NULL));
    code args = {.id = user, .digest = digest, .when = expires};
    return jd_audit_end(jd_sql_write(store, put, &args, err));
}

static jeton_status find(jd_conn *conn, void *args, jeton_err *err)
{
    const code *asked = args;
    jd_id id;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_RESET_FIND);
    jd_bind_blob(&query, asked->digest);
    jd_bind_int(&query, asked->when);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "there is no such code");
    jd_take_bytes(&query, id.bytes, JD_ID_BYTES);
    JT_TRY(jd_query_end(&query, err));
    return jd_sql_read_user(conn, &id, asked->arena, asked->user, err);
}

jeton_status jd_store_reset_find(jd_store *store, jeton_span digest, jeton_time now,
                                 jt_arena *arena, jd_user *user, jeton_err *err)
{
    *user = (jd_user){0};
    code args = {.digest = digest, .when = now, .arena = arena, .user = user};
    return jd_or_empty(jd_sql_read(store, find, &args, err), user, sizeof *user);
}
