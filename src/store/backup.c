/* SPDX-License-Identifier: Apache-2.0 */
/* store/backup.c - going on from a copy. */
#include "store/backup.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/sql.h"

typedef struct restart {
    uint64_t head;
    jeton_time now, expires;
} restart;

static jeton_status check(jd_conn *conn, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_QUICK_CHECK);
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "no check");
    const int64_t wrong = jd_take_int(&query);
    JT_TRY(jd_query_end(&query, err));
    return wrong == 0 ? JETON_OK : jt_fail(err, JETON_E_STORE, "the copy is damaged");
}

static jeton_status run(jd_conn *conn, jd_sql sql, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    return jd_query_run(&query, NULL, err);
}

/* Marks are numbers of the log: tokens of after the copy have higher ones than its head. */
static jeton_status jump(jd_conn *conn, uint64_t head, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_JUMP);
    jd_bind_count(&query, head);
    return jd_query_run(&query, NULL, err);
}

static jeton_status start_again(jd_conn *conn, void *args, jeton_err *err)
{
    const restart *of = args;
    const jd_revoking all = {.kind = JT_REVOKED_ALL, .now = of->now, .expires = of->expires};
    jt_revocation entry;
    JT_TRY(check(conn, err));
    JT_TRY(jump(conn, of->head, err));
    JT_TRY(run(conn, JD_SQL_LOG_FORGET, err)); /* nobody has read what comes next */
    JT_TRY(run(conn, JD_SQL_RESET_DROP_ALL, err));
    JT_TRY(jd_sql_indexes_restart(conn, err)); /* what was leased since the copy, nobody knows */
    return jd_sql_revoke_piece(conn, &all, &entry, err);
}

jeton_status jd_store_restart(jd_store *store, uint64_t head, jeton_time now, jeton_time expires,
                              jeton_err *err)
{
    jd_audit_note("store.restore", jeton_str(NULL), jeton_str(NULL));
    restart args = {head, now, expires};
    return jd_audit_end(jd_sql_write(store, start_again, &args, err));
}

jeton_status jd_store_backup(jd_store *store, const char *file, jeton_err *err)
{
    return store->driver->backup(store, file, err);
}
