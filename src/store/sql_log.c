/* SPDX-License-Identifier: Apache-2.0 */
/* store/sql_log.c - the revocation log, and what is removed once it has expired. */
#include "core/auto.h"
#include "store/sql.h"

#define PURGE_ROWS 1000 /* of each table at a time: the writer is held no longer than that */

jeton_status jd_sql_head(jd_conn *conn, uint64_t *head, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_HEAD);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "the log has no head");
    *head = (uint64_t)jd_take_int(&query);
    return jd_query_end(&query, err);
}

static jeton_status count_up(jd_conn *conn, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_NEXT);
    return jd_query_run(&query, NULL, err);
}

jeton_status jd_sql_append(jd_conn *conn, jt_revocation *entry, jeton_err *err)
{
    JT_TRY(count_up(conn, err));
    JT_TRY(jd_sql_head(conn, &entry->n, err));
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_ADD);
    jd_bind_count(&query, entry->n);
    jd_bind_int(&query, entry->kind);
    jd_bind_blob(&query, jeton_bytes(entry->id, sizeof entry->id));
    jd_bind_int(&query, entry->expires);
    return jd_query_run(&query, NULL, err);
}

static jeton_status add(jd_conn *conn, void *args, jeton_err *err)
{
    return jd_sql_append(conn, args, err);
}

jeton_status jd_sql_log_add(jd_store *store, jt_revocation *entry, jeton_err *err)
{
    return jd_sql_write(store, add, entry, err);
}

static jeton_status head(jd_conn *conn, void *args, jeton_err *err)
{
    return jd_sql_head(conn, args, err);
}

jeton_status jd_sql_log_head(jd_store *store, uint64_t *found, jeton_err *err)
{
    return jd_sql_read(store, head, found, err);
}

typedef struct listing {
    uint64_t n;
    size_t most;
    jt_arena *arena;
    jd_entries *entries;
} listing;

static jeton_status after(jd_conn *conn, void *args, jeton_err *err)
{
    const listing *asked = args;
    jd_rows rows = {.arena = asked->arena, .size = sizeof(jt_revocation)};
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_AFTER);
    jd_bind_count(&query, asked->n);
    jd_bind_count(&query, asked->most);
    while (jd_query_row(&query)) {
        jt_revocation *entry = jd_rows_add(&rows, &query);
        if (entry == NULL)
            break;
        entry->n = (uint64_t)jd_take_int(&query);
        entry->kind = (jt_revoked)jd_take_int(&query);
        jd_take_bytes(&query, entry->id, sizeof entry->id);
        entry->expires = jd_take_int(&query);
    }
    *asked->entries = (jd_entries){rows.at, rows.count};
    return jd_query_end(&query, err);
}

jeton_status jd_sql_log_after(jd_store *store, uint64_t n, size_t most, jt_arena *arena,
                              jd_entries *entries, jeton_err *err)
{
    listing args = {n, most, arena, entries};
    return jd_sql_read(store, after, &args, err);
}

typedef struct purging {
    jeton_time before;
    size_t *removed;
} purging;

static jeton_status purge_table(jd_conn *conn, jd_sql sql, const purging *asked, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    jd_bind_int(&query, asked->before);
    jd_bind_int(&query, PURGE_ROWS);
    unsigned changed;
    JT_TRY(jd_query_run(&query, &changed, err));
    *asked->removed += changed;
    return JETON_OK;
}

static jeton_status purge(jd_conn *conn, void *args, jeton_err *err)
{
    JT_TRY(purge_table(conn, JD_SQL_SESSION_PURGE, args, err));
    JT_TRY(purge_table(conn, JD_SQL_RESET_PURGE, args, err));
    return purge_table(conn, JD_SQL_LOG_PURGE, args, err);
}

jeton_status jd_sql_purge(jd_store *store, jeton_time before, size_t *removed, jeton_err *err)
{
    purging args = {before, removed};
    return jd_sql_write(store, purge, &args, err);
}
