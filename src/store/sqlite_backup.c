/* SPDX-License-Identifier: Apache-2.0 */
/* store/sqlite_backup.c - copying the store, and going on from a copy. */
#include "core/auto.h"
#include "core/err.h"
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- backup --------------------------------------------------------------------------------- */

static void close_db(sqlite3 **db)
{
    (void)sqlite3_close(*db);
}

static jeton_status make_file(const char *file, jeton_err *err)
{
    const int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot make %.90s: %s", file, strerror(errno));
    (void)close(fd);
    return JETON_OK;
}

/* All pages in one step: what others write meanwhile goes to the WAL and is not in the copy. */
static int copy(sqlite3 *to, sqlite3 *from)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == NULL)
        return sqlite3_extended_errcode(to);
    const int stepped = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE)
        return stepped;
    return finished;
}

jeton_status jd_sqlite_backup(jd_store *store, const char *file, jeton_err *err)
{
    JT_AUTO(close_db) sqlite3 *from = NULL;
    JT_AUTO(close_db) sqlite3 *to = NULL;
    JT_TRY(make_file(file, err));
    /* A connection of its own: readers and the writer go on. */
    int rc =
        sqlite3_open_v2(jd_sqlite_path(store), &from,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_open_v2(
            file, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc == SQLITE_OK)
        rc = copy(to, from);
    return rc == SQLITE_OK ? JETON_OK : jd_sqlite_fail(err, rc, "the copy cannot be made");
}

/* ---- restore -------------------------------------------------------------------------------- */

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
    JT_TRY(run(conn, JD_SQL_RESET_DROP_ALL, err));
    return jd_sqlite_revoke_piece(conn, &all, &entry, err);
}

jeton_status jd_sqlite_restart(jd_store *store, uint64_t head, jeton_time now, jeton_time expires,
                               jeton_err *err)
{
    restart args = {head, now, expires};
    return jd_sqlite_write(store, start_again, &args, err);
}
