/* SPDX-License-Identifier: Apache-2.0 */
/* store/sqlite_query.c - prepare, bind, step, take. */
#include "store/sqlite_query.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"

static const char *const sql_texts[] = {
#define SQL_TEXT(name, text) [JD_SQL_##name] = text,
    JD_SQL_LIST(SQL_TEXT)
#undef SQL_TEXT
};

/* Primary codes of SQLite that callers can do something about; all others are JETON_E_STORE. */
static const struct {
    int rc;
    jeton_status status;
} outcomes[] = {
    {SQLITE_NOMEM, JETON_E_NOMEM},
    {SQLITE_BUSY, JETON_E_BUSY},
    {SQLITE_LOCKED, JETON_E_BUSY},
};

jeton_status jd_sqlite_fail(jeton_err *err, int rc, const char *what)
{
    if (rc == SQLITE_CONSTRAINT_PRIMARYKEY || rc == SQLITE_CONSTRAINT_UNIQUE)
        return jt_fail(err, JETON_E_EXISTS, "the name or the e-mail address is taken already");
    jeton_status status = JETON_E_STORE;
    for (size_t i = 0; i < JT_COUNT(outcomes); i++)
        if (outcomes[i].rc == (rc & 0xff))
            status = outcomes[i].status;
    /* errstr, not errmsg: the latter may quote what is stored. */
    return jt_fail(err, status, "%s: %s", what, sqlite3_errstr(rc));
}

jd_query jd_query_of(jd_conn *conn, jd_sql sql)
{
    jd_query query = {.conn = conn};
    sqlite3_stmt **prepared = &conn->prepared[sql];
    if (*prepared == NULL)
        query.rc = sqlite3_prepare_v3(conn->db, sql_texts[sql], -1, SQLITE_PREPARE_PERSISTENT,
                                      prepared, NULL);
    query.stmt = *prepared;
    return query;
}

void jd_query_done(jd_query *query)
{
    if (query->stmt == NULL)
        return;
    (void)sqlite3_reset(query->stmt); /* its failure is the one that step gave */
    (void)sqlite3_clear_bindings(query->stmt);
}

/* --- binding -------------------------------------------------------------------------------- */

/* An absent text is the empty one: NULL has no meaning in our tables. */
static const void *bytes_of(jeton_span span)
{
    return span.len > 0 ? (const void *)span.ptr : "";
}

void jd_bind_text(jd_query *query, jeton_span text)
{
    if (query->rc == SQLITE_OK)
        query->rc = sqlite3_bind_text64(query->stmt, ++query->bound, bytes_of(text), text.len,
                                        SQLITE_STATIC, SQLITE_UTF8);
}

void jd_bind_blob(jd_query *query, jeton_span bytes)
{
    if (query->rc == SQLITE_OK)
        query->rc = sqlite3_bind_blob64(query->stmt, ++query->bound, bytes_of(bytes), bytes.len,
                                        SQLITE_STATIC);
}

void jd_bind_id(jd_query *query, const jd_id *id)
{
    jd_bind_blob(query, jd_id_span(id));
}

void jd_bind_int(jd_query *query, int64_t number)
{
    if (query->rc == SQLITE_OK)
        query->rc = sqlite3_bind_int64(query->stmt, ++query->bound, number);
}

void jd_bind_count(jd_query *query, uint64_t number)
{
    jd_bind_int(query, number > INT64_MAX ? INT64_MAX : (int64_t)number);
}

/* --- rows ----------------------------------------------------------------------------------- */

bool jd_query_row(jd_query *query)
{
    if (query->rc != SQLITE_OK && query->rc != SQLITE_ROW)
        return false;
    query->column = 0;
    query->rc = sqlite3_step(query->stmt);
    return query->rc == SQLITE_ROW;
}

static jeton_span copy(jd_query *query, jt_arena *arena, const void *from, size_t len)
{
    /* Of an empty value there is nothing to point at; of another one, only without memory. */
    if (from == NULL && sqlite3_errcode(query->conn->db) == SQLITE_NOMEM)
        query->rc = SQLITE_NOMEM;
    if (query->rc != SQLITE_ROW)
        return (jeton_span){0};
    const char *kept = jt_arena_text(arena, jeton_bytes(from, len));
    if (kept == NULL) {
        query->rc = SQLITE_NOMEM;
        return (jeton_span){0};
    }
    return jeton_bytes(kept, len);
}

jeton_span jd_take_text(jd_query *query, jt_arena *arena)
{
    const void *text = sqlite3_column_text(query->stmt, query->column);
    const int len = sqlite3_column_bytes(query->stmt, query->column++);
    return copy(query, arena, text, (size_t)len);
}

jeton_span jd_take_blob(jd_query *query, jt_arena *arena)
{
    const void *blob = sqlite3_column_blob(query->stmt, query->column);
    const int len = sqlite3_column_bytes(query->stmt, query->column++);
    return copy(query, arena, blob, (size_t)len);
}

int64_t jd_take_int(jd_query *query)
{
    return sqlite3_column_int64(query->stmt, query->column++);
}

void jd_take_bytes(jd_query *query, void *to, size_t len)
{
    const void *blob = sqlite3_column_blob(query->stmt, query->column);
    const int got = sqlite3_column_bytes(query->stmt, query->column++);
    if (blob == NULL || (size_t)got != len)
        query->rc = SQLITE_CORRUPT;
    else
        memcpy(to, blob, len);
}

/* --- outcomes ------------------------------------------------------------------------------- */

jeton_status jd_query_end(const jd_query *query, jeton_err *err)
{
    if (query->rc == SQLITE_OK || query->rc == SQLITE_ROW || query->rc == SQLITE_DONE)
        return JETON_OK;
    return jd_sqlite_fail(err, query->rc, "the store failed");
}

jeton_status jd_query_missing(const jd_query *query, jeton_err *err, const char *text)
{
    JT_TRY(jd_query_end(query, err));
    return jt_fail(err, JETON_E_NOT_FOUND, "%s", text);
}

jeton_status jd_query_run(jd_query *query, unsigned *changed, jeton_err *err)
{
    if (changed != NULL)
        *changed = 0;
    while (jd_query_row(query))
        continue;
    JT_TRY(jd_query_end(query, err));
    if (changed != NULL)
        *changed = (unsigned)sqlite3_changes(query->conn->db);
    return JETON_OK;
}

void *jd_rows_add(jd_rows *rows, jd_query *query)
{
    if (rows->count == rows->room) {
        const size_t room = rows->room > 0 ? rows->room * 2 : 8;
        size_t size;
        void *larger = jt_mul(room, rows->size, &size) ? jt_arena_alloc(rows->arena, size) : NULL;
        if (larger == NULL) {
            query->rc = SQLITE_NOMEM;
            return NULL;
        }
        if (rows->count > 0)
            memcpy(larger, rows->at, rows->count * rows->size);
        rows->at = larger;
        rows->room = room;
    }
    return (char *)rows->at + rows->count++ * rows->size;
}
