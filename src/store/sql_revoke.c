/* SPDX-License-Identifier: Apache-2.0 */
/* store/sql_revoke.c - marks, and the sessions that end with them. */
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

jeton_status jd_sql_revoke(jd_store *store, const jd_revoking *asked, jt_revocation *entry,
                           jeton_err *err)
{
    revoking args = {asked, entry};
    return jd_sql_write(store, revoke, &args, err);
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

jeton_status jd_sql_revoke_many(jd_store *store, jd_revoke_one *ones, jd_audit_row *rows,
                                size_t count, jeton_err *err)
{
    revoking_many args = {ones, rows, count};
    return jd_sql_write(store, revoke_many, &args, err);
}
