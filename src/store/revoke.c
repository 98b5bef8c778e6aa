/* SPDX-License-Identifier: Apache-2.0 */
/* store/revoke.c - marks, and the sessions that end with them. */
#include "store/revoke.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/sql.h"

static jeton_status end_all(jd_conn *conn, const jd_revoking *asked, uint64_t n, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_END_ALL);
    jd_bind_int(&query, asked->now);
    jd_bind_count(&query, n);
    return jd_query_send(&query, err);
}

static jeton_status end_of_user(jd_conn *conn, const jd_revoking *asked, uint64_t n, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_END_USER);
    jd_bind_int(&query, asked->now);
    jd_bind_count(&query, n);
    jd_bind_blob(&query, jeton_bytes(asked->id, sizeof asked->id));
    return jd_query_send(&query, err);
}

static jeton_status end_of_client(jd_conn *conn, const jd_revoking *asked, uint64_t n,
                                  jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_SESSION_END_CLIENT);
    jd_bind_int(&query, asked->now);
    jd_bind_count(&query, n);
    jd_bind_text(&query, asked->client);
    return jd_query_send(&query, err);
}

/* The sessions that end with a mark; of a key or a single token there are none. */
static const struct {
    jt_revoked kind;
    jeton_status (*end)(jd_conn *conn, const jd_revoking *asked, uint64_t n, jeton_err *err);
} endings[] = {
    {JT_REVOKED_SUBJECT, end_of_user},
    {JT_REVOKED_CLIENT, end_of_client},
    {JT_REVOKED_ALL, end_all},
};

static jt_revocation entry_of(const jd_revoking *asked)
{
    jt_revocation entry = {.kind = asked->kind, .expires = asked->expires};
    memcpy(entry.id, asked->id, sizeof entry.id);
    return entry;
}

static jeton_status end_sessions(jd_conn *conn, const jd_revoking *asked, uint64_t n,
                                 jeton_err *err)
{
    for (size_t i = 0; i < JT_COUNT(endings); i++)
        if (endings[i].kind == asked->kind)
            return endings[i].end(conn, asked, n, err);
    return JETON_OK;
}

jeton_status jd_sql_revoke_piece(jd_conn *conn, const jd_revoking *asked, jt_revocation *entry,
                                 jeton_err *err)
{
    *entry = entry_of(asked);
    JT_TRY(jd_sql_append(conn, entry, err));
    return end_sessions(conn, asked, entry->n, err);
}

typedef struct revoking {
    const jd_revoking *asked;
    jt_revocation *entry;
} revoking;

static jeton_status revoke(jd_conn *conn, void *args, jeton_err *err)
{
    const revoking *of = args;
    return jd_sql_revoke_piece(conn, of->asked, of->entry, err);
}

static const char *revoked_kind(jt_revoked kind)
{
    static const char *const kinds[] = {
        [JT_REVOKED_SESSION] = "session", [JT_REVOKED_SUBJECT] = "user",
        [JT_REVOKED_ALL] = "all",         [JT_REVOKED_CLIENT] = "client",
        [JT_REVOKED_KEY] = "key",         [JT_REVOKED_TOKEN] = "token",
        [JT_REVOKED_INDEX] = "index",
    };
    return (size_t)kind < JT_COUNT(kinds) ? kinds[kind] : NULL;
}

/* A client by its name, a token by its jti, a user or a key's digest by the id. */
static jeton_span revoked_id(const jd_revoking *asked, char text[JD_AUDIT_LIST])
{
    jd_id id;
    memcpy(id.bytes, asked->id, sizeof id.bytes);
    if (asked->kind == JT_REVOKED_ALL)
        return jeton_str(NULL);
    if (asked->kind == JT_REVOKED_CLIENT)
        return asked->client;
    jd_id_print(&id, text);
    return jeton_str(text);
}

jeton_status jd_store_revoke(jd_store *store, const jd_revoking *asked, jt_revocation *entry,
                             jeton_err *err)
{
    *entry = (jt_revocation){0};
    char id[JD_AUDIT_LIST];
    jd_audit_note("revoke", revoked_id(asked, id), jeton_str(revoked_kind(asked->kind)));
    revoking args = {asked, entry};
    return jd_or_empty(jd_audit_end(jd_sql_write(store, revoke, &args, err)), entry, sizeof *entry);
}

/* ---- many at once --------------------------------------------------------------------------- */

typedef struct revoking_many {
    jd_revoke_one *ones;
    jd_audit_row *rows;
    size_t count;
} revoking_many;

static jeton_status revoke_many(jd_conn *conn, void *args, jeton_err *err)
{
    const revoking_many *of = args;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(conn->store->ctx);
    jt_revocation *entries = jt_arena_alloc(&arena, of->count * sizeof *entries);
    if (entries == NULL)
        return jt_fail(err, JETON_E_NOMEM, "revocations");
    for (size_t i = 0; i < of->count; i++)
        entries[i] = entry_of(&of->ones[i].asked);
    JT_TRY(jd_sql_append_many(conn, entries, of->count, err));
    for (size_t i = 0; i < of->count; i++) {
        JT_TRY(end_sessions(conn, &of->ones[i].asked, entries[i].n, err));
        of->ones[i].entry = entries[i];
    }
    return jd_sql_audit_rows(conn, of->rows, of->count, err);
}

/* The row of the audit log that goes with one of many. */
static jeton_status note_one(const jd_revoke_one *one, jt_arena *arena, jd_audit_row *row,
                             jeton_err *err)
{
    char *id = jt_arena_alloc(arena, JD_AUDIT_LIST);
    if (id == NULL)
        return jt_fail(err, JETON_E_NOMEM, "rows of the audit log");
    *row = jd_audit_row_of(one->who, "revoke", revoked_id(&one->asked, id),
                           jeton_str(revoked_kind(one->asked.kind)));
    return JETON_OK;
}

static jeton_status note_and_revoke(jd_store *store, jd_revoke_one *ones, size_t count,
                                    jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(store->ctx);
    jd_audit_row *rows = jt_arena_alloc(&arena, count * sizeof *rows);
    if (rows == NULL)
        return jt_fail(err, JETON_E_NOMEM, "rows of the audit log");
    for (size_t i = 0; i < count; i++)
        JT_TRY(note_one(&ones[i], &arena, &rows[i], err));
    revoking_many args = {ones, rows, count};
    return jd_sql_write(store, revoke_many, &args, err);
}

jeton_status jd_store_revoke_many(jd_store *store, jd_revoke_one *ones, size_t count,
                                  jeton_err *err)
{
    for (size_t i = 0; i < count; i++)
        ones[i].entry = (jt_revocation){0};
    const jeton_status status = count > 0 ? note_and_revoke(store, ones, count, err) : JETON_OK;
    for (size_t i = 0; i < count && status != JETON_OK; i++)
        ones[i].entry = (jt_revocation){0};
    return status;
}
