/* SPDX-License-Identifier: Apache-2.0 */
/* store/purge.c - sessions, one-time codes, nodes and log entries that have expired. */
#include "store/purge.h"

#include "core/auto.h"
#include "store/sql.h"

#define PURGE_ROWS 1000 /* of each table at a time: the writer is held no longer than that */

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

static jeton_status prune(jd_conn *conn, const purging *asked, uint64_t *pruned, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_PURGE);
    jd_bind_int(&query, asked->before);
    jd_bind_int(&query, PURGE_ROWS);
    for (*pruned = 0; jd_query_row(&query); (*asked->removed)++) {
        const uint64_t n = (uint64_t)jd_take_int(&query);
        if (n > *pruned)
            *pruned = n;
    }
    return jd_query_end(&query, err);
}

static jeton_status remember_pruned(jd_conn *conn, uint64_t pruned, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_PRUNED);
    jd_bind_count(&query, pruned);
    jd_bind_count(&query, pruned);
    return jd_query_run(&query, NULL, err);
}

static jeton_status purge_log(jd_conn *conn, const purging *asked, jeton_err *err)
{
    uint64_t pruned;
    JT_TRY(prune(conn, asked, &pruned, err));
    return pruned > 0 ? remember_pruned(conn, pruned, err) : JETON_OK;
}

static jeton_status purge(jd_conn *conn, void *args, jeton_err *err)
{
    JT_TRY(purge_table(conn, JD_SQL_SESSION_PURGE, args, err));
    JT_TRY(purge_table(conn, JD_SQL_RESET_PURGE, args, err));
    JT_TRY(jd_sql_purge_nodes(conn, err));
    return purge_log(conn, args, err);
}

jeton_status jd_store_purge(jd_store *store, jeton_time before, size_t *removed, jeton_err *err)
{
    *removed = 0;
    purging args = {before, removed};
    return jd_or_empty(jd_sql_write(store, purge, &args, err), removed, sizeof *removed);
}
