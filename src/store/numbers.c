/* SPDX-License-Identifier: Apache-2.0 */
/* store/numbers.c - the numbers of the log, and where they jump.
 *
 * Numbers have no gaps, but for one reason: a database that has lost its last commits (a standby
 * that had not got them took over; a machine lied about its disk) would give their numbers once
 * more. A token that was issued at such a number would be newer than a mark that was made after it,
 * and no node could tell the two entries of one number apart. So whoever takes numbers from another
 * server than the one that gave the last, or from one that has less than this program has been told
 * of, takes them behind a jump (JD_SQL_LOG_NEXT), which is an entry itself: JT_NOTICE_JUMP.
 *
 * A restart of the server looks the same and may have lost as much, so it is taken for the same.
 */
#include "core/auto.h"
#include "core/ctx.h"
#include "store/sql.h"

#include <stdatomic.h>

/* The numbers that were taken: behind `first`, up to `last`. The head was `was` before. */
typedef struct taken {
    uint64_t first, last, was;
} taken;

static jeton_status take(jd_conn *conn, size_t count, taken *got, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_NEXT);
    jd_bind_count(&query, count);
    jd_bind_count(&query, atomic_load(&conn->store->told));
    if (!jd_query_row(&query))
        return jd_query_missing(&query, err, "the log has no head");
    got->last = (uint64_t)jd_take_int(&query);
    got->was = (uint64_t)jd_take_int(&query);
    got->first = got->last - count;
    return jd_query_end(&query, err);
}

/* It is a notice about keys as well: a change of theirs may be lost, of which some have been told
 * by its number. */
static jeton_status note_keys(jd_conn *conn, uint64_t n, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, JD_SQL_LOG_KEYS);
    jd_bind_count(&query, n);
    return jd_query_run(&query, NULL, err);
}

/* What else is given once only: blocks of indexes that were leased in what was lost. */
static jeton_status tell_of_jump(jd_conn *conn, const taken *got, jeton_err *err)
{
    jt_revocation jump = {
        .n = got->first, .kind = JT_NOTICE_JUMP, .expires = jt_now(conn->store->ctx)};
    jt_revoked_pair(got->was, 0, jump.id);
    JT_TRY(jd_sql_put_entries(conn, &jump, 1, err));
    JT_TRY(note_keys(conn, jump.n, err));
    return jd_sql_indexes_restart(conn, err);
}

jeton_status jd_sql_take_numbers(jd_conn *conn, size_t count, uint64_t *last, jeton_err *err)
{
    taken got = {0};
    JT_TRY(take(conn, count, &got, err));
    *last = got.last;
    return got.first == got.was ? JETON_OK : tell_of_jump(conn, &got, err);
}

jeton_status jd_sql_settle_numbers(jd_conn *conn, jeton_err *err)
{
    uint64_t last;
    return jd_sql_take_numbers(conn, 0, &last, err);
}

static jeton_status settle(jd_conn *conn, void *args, jeton_err *err)
{
    (void)args;
    return jd_sql_settle_numbers(conn, err);
}

jeton_status jd_sql_log_settle(jd_store *store, jeton_err *err)
{
    return jd_sql_write(store, settle, NULL, err);
}
