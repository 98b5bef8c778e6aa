/* SPDX-License-Identifier: Apache-2.0 */
/* store/sql.c - transactions and batches. */
#include "store/sql.h"

#include "core/auto.h"
#include "core/err.h"
#include "sys/metrics.h"

#define RACES 3U /* times that a work is tried */

/* The store that this thread has a batch open on, and its connection; NULL: none. */
static _Thread_local const jd_store *batching;
static _Thread_local jd_conn *batch_conn;
static _Thread_local bool batch_ordered; /* it has taken the head of the log */

/* --- transactions --------------------------------------------------------------------------- */

static jeton_status run(jd_conn *conn, jd_sql sql, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    return jd_query_run(&query, NULL, err);
}

/* A full disk, a read error or a broken connection may have rolled everything back: the batch is
 * lost then. */
static bool is_lost(const jd_conn *conn)
{
    return conn->driver->is_lost(conn);
}

static jeton_status lost(jeton_err *err)
{
    return jt_fail(err, JETON_E_STORE, "the transaction was rolled back");
}

/* A commit that waits for the disk, counted. */
static jeton_status commit_write(jd_conn *conn, jeton_err *err)
{
    const int64_t began = jd_nanoseconds();
    const jeton_status status = run(conn, JD_SQL_COMMIT, err);
    jd_metric_time(JD_METRIC_COMMIT_TIMES, 0, jd_nanoseconds() - began);
    jd_metric_add(JD_METRIC_COMMITS, status == JETON_OK ? JD_COMMIT_OK : JD_COMMIT_FAILED, 0);
    return status;
}

/* What is written in the order of the log waits here for whoever does the same. */
static jeton_status take_turn(jd_conn *conn, jd_sql begin, bool ordered, jeton_err *err)
{
    const jd_driver *driver = conn->driver;
    if (begin == JD_SQL_BEGIN_SCHEMA && driver->schema_lock != NULL)
        return driver->script(conn, driver->schema_lock, err);
    return ordered && driver->many_writers ? run(conn, JD_SQL_HEAD_LOCK, err) : JETON_OK;
}

/* What was committed: others may hear of it now. */
static void tell_notices(const jd_conn *conn)
{
    const jd_store *store = conn->store;
    for (unsigned i = 0; i < conn->noticed && store->notified != NULL; i++)
        store->notified(store->notified_user, &conn->notices[i]);
}

static jeton_status transact(jd_conn *conn, jd_sql begin, bool ordered, jd_work *work, void *args,
                             jeton_err *err)
{
    conn->noticed = 0;
    JT_TRY(run(conn, begin, err));
    jeton_status status = take_turn(conn, begin, ordered, err);
    if (status == JETON_OK)
        status = work(conn, args, err);
    if (status == JETON_OK)
        status =
            begin == JD_SQL_BEGIN_READ ? run(conn, JD_SQL_COMMIT, err) : commit_write(conn, err);
    if (status == JETON_OK)
        tell_notices(conn);
    else if (!is_lost(conn))
        (void)run(conn, JD_SQL_ROLLBACK, NULL);
    return status;
}

/* An operation of a batch: all or nothing by a savepoint. If the savepoint cannot be closed nobody
 * knows what would be kept, so the whole batch is given up. */
static jeton_status write_part(jd_conn *conn, jd_work *work, void *args, jeton_err *err)
{
    if (is_lost(conn))
        return lost(err);
    /* Whatever it is: a batch holds all the rows that it has changed until its end, and two that
     * hold each other's would be a deadlock, a second long, that strangers could bring about by
     * refreshing two sessions on two nodes. And outside of the savepoint: going back to that would
     * let go of the head. */
    JT_TRY(take_turn(conn, JD_SQL_BEGIN_WRITE, !batch_ordered, err));
    batch_ordered = true;
    JT_TRY(run(conn, JD_SQL_PART_BEGIN, err));
    const unsigned noticed = conn->noticed;
    const jeton_status status = work(conn, args, err);
    if (is_lost(conn))
        return status != JETON_OK ? status : lost(err);
    if (status != JETON_OK)
        conn->noticed = noticed;
    jeton_status closed = status == JETON_OK ? JETON_OK : run(conn, JD_SQL_PART_UNDO, NULL);
    if (closed == JETON_OK)
        closed = run(conn, JD_SQL_PART_END, err);
    if (closed != JETON_OK)
        (void)run(conn, JD_SQL_ROLLBACK, NULL);
    return status != JETON_OK ? status : closed;
}

/* Nothing of it was done, and what was in the way is over. */
static bool lost_race(const jd_conn *conn)
{
    return conn->driver->lost_race != NULL && conn->driver->lost_race(conn);
}

static jeton_status read_part(jd_conn *conn, jd_work *work, void *args, jeton_err *err)
{
    return is_lost(conn) ? lost(err) : work(conn, args, err);
}

static jeton_status take(jd_store *store, jd_purpose purpose, jd_conn **conn, jeton_err *err)
{
    JT_TRY(store->driver->take(store, purpose, conn, err));
    (*conn)->store = store;
    return JETON_OK;
}

static jeton_status transact_on(jd_store *store, jd_sql begin, bool ordered, jd_work *work,
                                void *args, bool *again, jeton_err *err)
{
    jd_conn *conn;
    const jd_purpose purpose = begin == JD_SQL_BEGIN_READ ? JD_TO_READ : JD_TO_WRITE;
    *again = false;
    JT_TRY(take(store, purpose, &conn, err));
    const jeton_status status = transact(conn, begin, ordered, work, args, err);
    *again = status != JETON_OK && lost_race(conn);
    store->driver->give(store, conn);
    return status;
}

jeton_status jd_sql_read(jd_store *store, jd_work *work, void *args, jeton_err *err)
{
    bool again;
    return batching == store
               ? read_part(batch_conn, work, args, err)
               : transact_on(store, JD_SQL_BEGIN_READ, false, work, args, &again, err);
}

/* A work and its row in the audit log. */
typedef struct audited {
    jd_work *work;
    void *args;
} audited;

static jeton_status work_audited(jd_conn *conn, void *args, jeton_err *err)
{
    const audited *of = args;
    return jd_sql_work_noted(conn, of->work, of->args, err);
}

/* A work of its own that was undone for another's sake may go again: all of it was undone, and with
 * it whatever that one waited for. Within a batch it could not let go of what went before. */
static jeton_status write_again(jd_store *store, bool ordered, void *args, jeton_err *err)
{
    jeton_err why = {0};
    bool again = true;
    jeton_status status = JETON_E_BUSY;
    if (batching == store)
        return write_part(batch_conn, work_audited, args, err);
    for (unsigned i = 0; again && i < RACES; i++) {
        why = (jeton_err){0};
        status = transact_on(store, JD_SQL_BEGIN_WRITE, ordered, work_audited, args, &again, &why);
    }
    return status == JETON_OK ? JETON_OK : jt_fail(err, status, "%s", why.text);
}

jeton_status jd_sql_write(jd_store *store, jd_work *work, void *args, jeton_err *err)
{
    audited of = {work, args};
    return write_again(store, true, &of, err);
}

jeton_status jd_sql_write_beside(jd_store *store, jd_work *work, void *args, jeton_err *err)
{
    audited of = {work, args};
    return write_again(store, false, &of, err);
}

jeton_status jd_sql_write_alone(jd_store *store, jd_work *work, void *args, jeton_err *err)
{
    jd_conn *conn;
    if (batching == store)
        return jd_sql_write(store, work, args, err);
    JT_TRY(take(store, JD_TO_WRITE, &conn, err));
    const jeton_status status = work(conn, args, err);
    store->driver->give(store, conn);
    return status;
}

jeton_status jd_sql_write_schema(jd_store *store, jd_work *work, void *args, jeton_err *err)
{
    bool again;
    return transact_on(store, JD_SQL_BEGIN_SCHEMA, false, work, args, &again, err);
}

/* --- batches -------------------------------------------------------------------------------- */

jeton_status jd_store_batch_begin(jd_store *store, jeton_err *err)
{
    if (batching != NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "this thread has a batch already");
    jd_conn *conn;
    JT_TRY(take(store, JD_TO_WRITE, &conn, err));
    conn->noticed = 0;
    const jeton_status status = run(conn, JD_SQL_BEGIN_WRITE, err);
    if (status != JETON_OK) {
        store->driver->give(store, conn);
        return status;
    }
    batching = store;
    batch_conn = conn;
    batch_ordered = false;
    return JETON_OK;
}

static jeton_status commit(jd_conn *conn, jeton_err *err)
{
    if (is_lost(conn))
        return lost(err);
    const jeton_status status = commit_write(conn, err);
    if (status != JETON_OK && !is_lost(conn))
        (void)run(conn, JD_SQL_ROLLBACK, NULL);
    return status;
}

static void leave_batch(jd_store *store)
{
    store->driver->give(store, batch_conn);
    batching = NULL;
    batch_conn = NULL;
}

jeton_status jd_store_batch_end(jd_store *store, jeton_err *err)
{
    if (batching != store)
        return jt_fail(err, JETON_E_ARGUMENT, "this thread has no batch");
    const jeton_status status = commit(batch_conn, err);
    if (status == JETON_OK)
        tell_notices(batch_conn);
    leave_batch(store);
    return status;
}

void jd_store_batch_undo(jd_store *store)
{
    if (batching != store)
        return;
    if (!is_lost(batch_conn))
        (void)run(batch_conn, JD_SQL_ROLLBACK, NULL);
    leave_batch(store);
}

jeton_status jd_or_empty(jeton_status status, void *output, size_t size)
{
    if (status != JETON_OK)
        memset(output, 0, size);
    return status;
}
