/* SPDX-License-Identifier: Apache-2.0 */
/* store/sqlite_users.c - users and their roles. */
#include "core/auto.h"
#include "core/err.h"
#include "store/sqlite.h"

/* --- reading -------------------------------------------------------------------------------- */

static jeton_status read_roles(jd_conn *conn, jt_arena *arena, jd_user *user, jeton_err *err)
{
    jd_rows rows = {.arena = arena, .size = sizeof(jeton_span)};
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_ROLES);
    jd_bind_id(&query, &user->id);
    while (jd_query_row(&query)) {
        jeton_span *role = jd_rows_add(&rows, &query);
        if (role == NULL)
            break;
        *role = jd_take_text(&query, arena);
    }
    user->roles = rows.at;
    user->role_count = rows.count;
    return jd_query_end(&query, err);
}

/* The row that `query` is at, and the roles. */
static jeton_status read_row(jd_query *query, jt_arena *arena, jd_user *user, jeton_err *err)
{
    jd_take_bytes(query, user->id.bytes, JD_ID_BYTES);
    user->name = jd_take_text(query, arena);
    user->password = jd_take_text(query, arena);
    user->disabled = jd_take_int(query) != 0;
    user->must_change = jd_take_int(query) != 0;
    user->created = jd_take_int(query);
    JT_TRY(jd_query_end(query, err));
    return read_roles(query->conn, arena, user, err);
}

typedef struct lookup {
    jeton_span name;
    const jd_id *id;
    jt_arena *arena;
    jd_user *user;
} lookup;

static jeton_status find(jd_conn *conn, void *args, jeton_err *err)
{
    const lookup *asked = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_BY_NAME);
    jd_bind_text(&query, asked->name);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "there is no such user");
    return read_row(&query, asked->arena, asked->user, err);
}

jeton_status jd_sqlite_user_find(jd_store *store, jeton_span name, jt_arena *arena, jd_user *user,
                                 jeton_err *err)
{
    lookup args = {.name = name, .arena = arena, .user = user};
    return jd_sqlite_read(store, find, &args, err);
}

jeton_status jd_sqlite_read_user(jd_conn *conn, const jd_id *id, jt_arena *arena, jd_user *user,
                                 jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_BY_ID);
    jd_bind_id(&query, id);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "there is no such user");
    return read_row(&query, arena, user, err);
}

static jeton_status get(jd_conn *conn, void *args, jeton_err *err)
{
    const lookup *asked = args;
    return jd_sqlite_read_user(conn, asked->id, asked->arena, asked->user, err);
}

jeton_status jd_sqlite_user_get(jd_store *store, const jd_id *id, jt_arena *arena, jd_user *user,
                                jeton_err *err)
{
    lookup args = {.id = id, .arena = arena, .user = user};
    return jd_sqlite_read(store, get, &args, err);
}

typedef struct listing {
    jeton_span after;
    size_t most;
    jt_arena *arena;
    jd_users *users;
} listing;

static jeton_status list(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    jd_rows rows = {.arena = asked->arena, .size = sizeof(jd_user)};
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_LIST);
    jd_bind_text(&query, asked->after);
    jd_bind_count(&query, asked->most);
    while (jd_query_row(&query)) {
        jd_user *user = jd_rows_add(&rows, &query);
        if (user == NULL)
            break;
        JT_TRY(read_row(&query, asked->arena, user, err));
    }
    *asked->users = (jd_users){rows.at, rows.count};
    return jd_query_end(&query, err);
}

jeton_status jd_sqlite_user_list(jd_store *store, jeton_span after, size_t most, jt_arena *arena,
                                 jd_users *users, jeton_err *err)
{
    listing args = {after, most, arena, users};
    return jd_sqlite_read(store, list, &args, err);
}

/* --- adding --------------------------------------------------------------------------------- */

static jeton_status add_row(jd_conn *conn, const jd_user *user, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_ADD);
    jd_bind_id(&query, &user->id);
    jd_bind_text(&query, user->name);
    jd_bind_text(&query, user->password);
    jd_bind_int(&query, user->disabled);
    jd_bind_int(&query, user->must_change);
    jd_bind_int(&query, user->created);
    return jd_query_run(&query, NULL, err);
}

static jeton_status add_role(jd_conn *conn, const jd_id *user, jeton_span role, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query known = jd_query_of(conn, JD_SQL_ROLE_ADD);
    jd_bind_text(&known, role);
    JT_TRY(jd_query_run(&known, NULL, err));

    JT_AUTO(jd_query_done) jd_query given = jd_query_of(conn, JD_SQL_USER_ROLE_ADD);
    jd_bind_id(&given, user);
    jd_bind_text(&given, role);
    return jd_query_run(&given, NULL, err);
}

static jeton_status add(jd_conn *conn, void *args, jeton_err *err)
{
    const jd_user *user = args;
    JT_TRY(add_row(conn, user, err));
    for (size_t i = 0; i < user->role_count; i++)
        JT_TRY(add_role(conn, &user->id, user->roles[i], err));
    return JETON_OK;
}

jeton_status jd_sqlite_user_add(jd_store *store, const jd_user *user, jeton_err *err)
{
    jd_user args = *user;
    return jd_sqlite_write(store, add, &args, err);
}

/* --- changing ------------------------------------------------------------------------------- */

static jeton_status set_disabled(jd_conn *conn, jd_sql sql, const jd_id *id, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    jd_bind_id(&query, id);
    unsigned changed;
    JT_TRY(jd_query_run(&query, &changed, err));
    return changed == 1 ? JETON_OK : jt_fail(err, JETON_E_NOT_FOUND, "there is no such user");
}

typedef struct disabling {
    const jd_id *id;
    jeton_time now;
    jt_revocation *entry;
} disabling;

static jeton_status disable(jd_conn *conn, void *args, jeton_err *err)
{
    const disabling *asked = args;
    JT_TRY(set_disabled(conn, JD_SQL_USER_DISABLE, asked->id, err));
    JT_TRY(jd_sqlite_append(conn, asked->entry, err));
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_END_USER);
    jd_bind_int(&query, asked->now);
    jd_bind_count(&query, asked->entry->n);
    jd_bind_id(&query, asked->id);
    return jd_query_run(&query, NULL, err);
}

jeton_status jd_sqlite_user_disable(jd_store *store, const jd_id *id, jeton_time now,
                                    jeton_time expires, jt_revocation *entry, jeton_err *err)
{
    *entry = (jt_revocation){.kind = JT_REVOKED_SUBJECT, .expires = expires};
    memcpy(entry->id, id->bytes, JD_ID_BYTES);
    disabling args = {id, now, entry};
    return jd_sqlite_write(store, disable, &args, err);
}

static jeton_status enable(jd_conn *conn, void *args, jeton_err *err)
{
    return set_disabled(conn, JD_SQL_USER_ENABLE, args, err);
}

jeton_status jd_sqlite_user_enable(jd_store *store, const jd_id *id, jeton_err *err)
{
    jd_id args = *id;
    return jd_sqlite_write(store, enable, &args, err);
}

typedef struct rehashing {
    const jd_id *id;
    jeton_span old, password;
} rehashing;

/* Nothing changed: is it the user who is missing, or the old hash? */
static jeton_status explain_rehash(jd_conn *conn, const jd_id *id, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_BY_ID);
    jd_bind_id(&query, id);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "there is no such user");
    return jt_fail(err, JETON_E_CREDENTIALS, "the password was changed meanwhile");
}

static jeton_status rehash(jd_conn *conn, void *args, jeton_err *err)
{
    const rehashing *asked = args;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_USER_REHASH);
    jd_bind_text(&query, asked->password);
    jd_bind_id(&query, asked->id);
    jd_bind_text(&query, asked->old);
    unsigned changed;
    JT_TRY(jd_query_run(&query, &changed, err));
    return changed == 1 ? JETON_OK : explain_rehash(conn, asked->id, err);
}

jeton_status jd_sqlite_user_rehash(jd_store *store, const jd_id *id, jeton_span old,
                                   jeton_span password, jeton_err *err)
{
    rehashing args = {id, old, password};
    return jd_sqlite_write(store, rehash, &args, err);
}
