/* SPDX-License-Identifier: Apache-2.0 */
/* store/sessions.c - sessions: added, rotated, ended. */
#include "store/sessions.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/sql.h"

/* --- adding --------------------------------------------------------------------------------- */

typedef struct adding {
    const jd_session *session;
    uint64_t *rev;
} adding;

static jeton_status add(jd_conn *conn, void *args, jeton_err *err)
{
    const adding *asked = args;
    const jd_session *session = asked->session;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_ADD);
    jd_bind_id(&query, &session->id);
    jd_bind_text(&query, session->client);
    jd_bind_blob(&query, session->sealed_key);
    jd_bind_int(&query, session->created);
    jd_bind_int(&query, session->created); /* rotated */
    jd_bind_int(&query, session->idle_expires);
    jd_bind_int(&query, session->expires);
    jd_bind_int(&query, session->auth_time);
    jd_bind_text(&query, session->device);
    jd_bind_text(&query, session->address);
    jd_bind_text(&query, session->scope);
    jd_bind_id(&query, &session->user);
    jd_bind_count(&query, session->password_n);
    if (jd_query_row(&query)) {
        *asked->rev = jd_sql_take_head(&query);
        return jd_query_run(&query, NULL, err);
    }
    JT_TRY(jd_query_end(&query, err));
    return jt_fail(err, JETON_E_CREDENTIALS,
                   "the user is gone, disabled or has another password by now");
}

jeton_status jd_store_session_add(jd_store *store, const jd_session *session, uint64_t *rev,
                                  jeton_err *err)
{
    *rev = 0;
    if (session->device.len > JD_DEVICE_MAX)
        return jt_fail(err, JETON_E_ARGUMENT, "a device is described in %u bytes", JD_DEVICE_MAX);
    jd_audit_note_by(jd_audit_id(&session->user), session->address, "session.add",
                     jd_audit_id(&session->id));
    adding args = {session, rev};
    return jd_or_empty(jd_audit_end(jd_sql_write(store, add, &args, err)), rev, sizeof *rev);
}

/* --- reading -------------------------------------------------------------------------------- */

/* JD_SESSION_COLUMNS of the row that `query` is at. */
static void read_row(jd_query *query, jt_arena *arena, jd_session *session)
{
    jd_take_bytes(query, session->id.bytes, JD_ID_BYTES);
    jd_take_bytes(query, session->user.bytes, JD_ID_BYTES);
    session->client = jd_take_text(query, arena);
    session->counter = (uint64_t)jd_take_int(query);
    session->created = jd_take_int(query);
    session->rotated = jd_take_int(query);
    session->idle_expires = jd_take_int(query);
    session->expires = jd_take_int(query);
    session->ended = jd_take_int(query);
    session->auth_time = jd_take_int(query);
    session->device = jd_take_text(query, arena);
    session->address = jd_take_text(query, arena);
    session->scope = jd_take_text(query, arena);
}

typedef struct lookup {
    const jd_id *id;
    jt_arena *arena;
    jd_session_view *view;
} lookup;

static jeton_status get(jd_conn *conn, void *args, jeton_err *err)
{
    const lookup *asked = args;
    jd_session *session = &asked->view->session;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_GET);
    jd_bind_id(&query, asked->id);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "there is no such session");
    read_row(&query, asked->arena, session);
    session->sealed_key = jd_take_blob(&query, asked->arena);
    asked->view->rev = jd_sql_take_head(&query);
    return jd_sql_take_user(&query, asked->arena, &asked->view->user, err);
}

jeton_status jd_store_session_get(jd_store *store, const jd_id *id, jt_arena *arena,
                                  jd_session_view *view, jeton_err *err)
{
    *view = (jd_session_view){0};
    lookup args = {id, arena, view};
    return jd_or_empty(jd_sql_read(store, get, &args, err), view, sizeof *view);
}

typedef struct listing {
    const jd_id *user;
    jeton_time now;
    jt_arena *arena;
    jd_sessions *sessions;
} listing;

static jeton_status list(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    jd_rows rows = {.arena = asked->arena, .size = sizeof(jd_session)};
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_LIST);
    jd_bind_id(&query, asked->user);
    jd_bind_int(&query, asked->now);
    jd_bind_int(&query, asked->now);
    jd_bind_int(&query, JD_SESSIONS_MAX);
    while (jd_query_row(&query)) {
        jd_session *session = jd_rows_add(&rows, &query);
        if (session != NULL)
            read_row(&query, asked->arena, session);
    }
    *asked->sessions = (jd_sessions){rows.at, rows.count};
    return jd_query_end(&query, err);
}

jeton_status jd_store_session_list(jd_store *store, const jd_id *user, jeton_time now,
                                   jt_arena *arena, jd_sessions *sessions, jeton_err *err)
{
    *sessions = (jd_sessions){0};
    listing args = {user, now, arena, sessions};
    return jd_or_empty(jd_sql_read(store, list, &args, err), sessions, sizeof *sessions);
}

/* --- rotating ------------------------------------------------------------------------------- */

typedef struct rotating {
    const jd_rotation *rotation;
    uint64_t *rev;
} rotating;

static jeton_status rotate(jd_conn *conn, void *args, jeton_err *err)
{
    const rotating *asked = args;
    const jd_rotation *rotation = asked->rotation;
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_ROTATE);
    jd_bind_int(&query, rotation->now);
    jd_bind_int(&query, rotation->idle_expires);
    jd_bind_id(&query, &rotation->session);
    jd_bind_count(&query, rotation->counter);
    jd_bind_int(&query, rotation->now);
    jd_bind_int(&query, rotation->now);
    /* The head as it was before the change at the latest: a mark that comes meanwhile refuses. */
    if (jd_query_row(&query)) {
        *asked->rev = jd_sql_take_head(&query);
        return jd_query_run(&query, NULL, err);
    }
    JT_TRY(jd_query_end(&query, err));
    return jt_fail(err, JETON_E_SESSION, "the session is over or its counter is another one");
}

jeton_status jd_store_session_rotate(jd_store *store, const jd_rotation *rotation, uint64_t *rev,
                                     jeton_err *err)
{
    *rev = 0;
    rotating args = {rotation, rev};
    return jd_or_empty(jd_sql_write_beside(store, rotate, &args, err), rev, sizeof *rev);
}

/* --- ending --------------------------------------------------------------------------------- */

/* The entry that ended it already; entry->n is 0 if none did. */
static jeton_status find_end(jd_conn *conn, jt_revocation *entry, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_ENDED_N);
    jd_bind_blob(&query, jeton_bytes(entry->id, sizeof entry->id));
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "there is no such session");
    entry->n = (uint64_t)jd_take_int(&query);
    return jd_query_end(&query, err);
}

/* Marks the row with its entry. */
static jeton_status end_row(jd_conn *conn, jeton_time now, const jt_revocation *entry,
                            jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_END);
    jd_bind_int(&query, now);
    jd_bind_count(&query, entry->n);
    jd_bind_blob(&query, jeton_bytes(entry->id, sizeof entry->id));
    return jd_query_send(&query, err);
}

typedef struct ending {
    jeton_time now;
    jt_revocation *entry;
} ending;

static jeton_status end(jd_conn *conn, void *args, jeton_err *err)
{
    const ending *asked = args;
    JT_TRY(find_end(conn, asked->entry, err));
    if (asked->entry->n != 0)
        return JETON_OK;
    JT_TRY(jd_sql_append(conn, asked->entry, err));
    return end_row(conn, asked->now, asked->entry, err);
}

static jt_revocation end_of(const jd_id *session, jeton_time expires)
{
    jt_revocation entry = {.kind = JT_REVOKED_SESSION, .expires = expires};
    memcpy(entry.id, session->bytes, JD_ID_BYTES);
    return entry;
}

jeton_status jd_store_session_end(jd_store *store, const jd_id *id, jeton_time now,
                                  jeton_time expires, jt_revocation *entry, jeton_err *err)
{
    *entry = end_of(id, expires);
    jd_audit_note("session.end", jd_audit_id(id), jeton_str(NULL));
    ending args = {now, entry};
    return jd_or_empty(jd_audit_end(jd_sql_write(store, end, &args, err)), entry, sizeof *entry);
}

typedef struct ending_all {
    const jd_id *user, *keep;
    jeton_time now, expires;
    jt_arena *arena;
    jd_entries *entries;
} ending_all;

/* Entries, not yet numbered, for the sessions to end. */
static jeton_status collect(jd_conn *conn, const ending_all *asked, jd_rows *rows, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_OF_USER);
    jd_bind_id(&query, asked->user);
    while (jd_query_row(&query)) {
        jd_id id;
        jd_take_bytes(&query, id.bytes, JD_ID_BYTES);
        if (asked->keep != NULL && jd_id_equal(&id, asked->keep))
            continue;
        jt_revocation *entry = jd_rows_add(rows, &query);
        if (entry != NULL)
            *entry = end_of(&id, asked->expires);
    }
    return jd_query_end(&query, err);
}

static jeton_status end_all(jd_conn *conn, void *args, jeton_err *err)
{
    const ending_all *asked = args;
    jd_rows rows = {.arena = asked->arena, .size = sizeof(jt_revocation)};
    JT_TRY(collect(conn, asked, &rows, err));
    jt_revocation *entries = rows.at;
    JT_TRY(jd_sql_append_many(conn, entries, rows.count, err));
    for (size_t i = 0; i < rows.count; i++)
        JT_TRY(end_row(conn, asked->now, &entries[i], err));
    *asked->entries = (jd_entries){entries, rows.count};
    return JETON_OK;
}

jeton_status jd_store_session_end_all(jd_store *store, const jd_id *user, const jd_id *keep,
                                      jeton_time now, jeton_time expires, jt_arena *arena,
                                      jd_entries *entries, jeton_err *err)
{
    *entries = (jd_entries){0};
    jd_audit_note("session.end_all", jd_audit_id(user),
                  keep != NULL ? jd_audit_id(keep) : jeton_str(NULL));
    ending_all args = {user, keep, now, expires, arena, entries};
    return jd_or_empty(jd_audit_end(jd_sql_write(store, end_all, &args, err)), entries,
                       sizeof *entries);
}

jeton_status jd_sql_end_sessions(jd_conn *conn, const jd_id *user, const jd_id *keep,
                                 jeton_time now, jeton_time expires, jt_arena *arena,
                                 jd_entries *entries, jeton_err *err)
{
    ending_all args = {user, keep, now, expires, arena, entries};
    return end_all(conn, &args, err);
}
