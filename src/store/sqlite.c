/* SPDX-License-Identifier: Apache-2.0 */
/* store/sqlite.c - opening the file, the connections to it, and their transactions. */
#include "store/sqlite.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#define READERS         2U
#define BUSY_TIMEOUT_MS 5000 /* for a program that is not ours: ours holds the folder's lock */

/* A connection that threads take turns with. */
typedef struct shared_conn {
    pthread_mutex_t lock;
    jd_conn conn;
} shared_conn;

typedef struct sqlite_store {
    jd_store store;
    shared_conn writer;
    shared_conn readers[READERS];
    atomic_uint turn; /* the reader to wait for when all are busy */
} sqlite_store;

/* The store that this thread has a batch open on, holding the writer's lock; NULL: none. */
static _Thread_local const jd_store *batching;

static sqlite_store *inner(jd_store *store)
{
    return (sqlite_store *)store; /* its first member */
}

/* --- the file ------------------------------------------------------------------------------- */

/* SQLite would make it readable by everybody. An old file is judged by its name, not opened: to
 * close it would drop the locks that SQLite may hold on it in this process. */
static jeton_status make_file(const char *path, jeton_err *err)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd >= 0) {
        (void)close(fd);
        return JETON_OK;
    }
    struct stat found;
    if (errno != EEXIST || stat(path, &found) != 0)
        return jt_fail(err, JETON_E_STORE, "cannot make the store %.100s", path);
    if (!S_ISREG(found.st_mode))
        return jt_fail(err, JETON_E_STORE, "%.100s is not a file", path);
    return JETON_OK;
}

static jeton_status close_to_others(const char *path, jeton_err *err)
{
    struct stat found;
    if (stat(path, &found) != 0)
        return jt_fail(err, JETON_E_STORE, "cannot find the store %.100s", path);
    if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0 && chmod(path, S_IRUSR | S_IWUSR) != 0)
        return jt_fail(err, JETON_E_STORE, "others can read %.80s, and it is not ours", path);
    return JETON_OK;
}

/* --- connections ---------------------------------------------------------------------------- */

static const struct {
    int option, value;
} db_options[] = {
    {SQLITE_DBCONFIG_ENABLE_FKEY, 1},    {SQLITE_DBCONFIG_DEFENSIVE, 1},
    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_DQS_DDL, 0},
    {SQLITE_DBCONFIG_DQS_DML, 0},
};

/* synchronous=FULL: a commit has reached the disk when it returns, in WAL mode as well.
 * secure_delete: what was removed is overwritten. cache_size is in KiB when negative. */
static const char writer_setup[] = "PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = FULL;"
                                   "PRAGMA secure_delete = ON;"
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA journal_size_limit = 16777216;"
                                   "PRAGMA cache_size = -2048;";
static const char reader_setup[] = "PRAGMA query_only = ON;"
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA cache_size = -1024;";

static int open_db(const char *path, sqlite3 **db)
{
    int rc = sqlite3_open_v2(
        path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(*db, BUSY_TIMEOUT_MS);
    for (size_t i = 0; rc == SQLITE_OK && i < JT_COUNT(db_options); i++)
        rc = sqlite3_db_config(*db, db_options[i].option, db_options[i].value, NULL);
    return rc;
}

static jeton_status opened(int rc, const char *path, jeton_err *err)
{
    if ((rc & 0xff) == SQLITE_NOTADB)
        return jt_fail(err, JETON_E_STORE, "%.90s is not a store of jeton", path);
    return rc == SQLITE_OK ? JETON_OK : jd_sqlite_fail(err, rc, "the store cannot be opened");
}

static jeton_status conn_setup(shared_conn *shared, const char *path, const char *setup,
                               jeton_err *err)
{
    return opened(sqlite3_exec(shared->conn.db, setup, NULL, NULL, NULL), path, err);
}

/* Nothing is set in a file, not even its mode, before we know that it is ours: whoever names the
 * database of another program finds that one as it was. */
static jeton_status open_writer(shared_conn *shared, const char *path, jeton_err *err)
{
    jd_conn *conn = &shared->conn;
    JT_TRY(opened(open_db(path, &conn->db), path, err));
    JT_TRY(
        opened(sqlite3_exec(conn->db, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL), path, err));
    JT_TRY(jd_sqlite_check_ours(conn, err));
    JT_TRY(close_to_others(path, err));
    return conn_setup(shared, path, writer_setup, err);
}

static jeton_status open_reader(shared_conn *shared, const char *path, jeton_err *err)
{
    JT_TRY(opened(open_db(path, &shared->conn.db), path, err));
    return conn_setup(shared, path, reader_setup, err);
}

static void conn_close(shared_conn *shared)
{
    for (size_t i = 0; i < JD_SQL_COUNT; i++)
        (void)sqlite3_finalize(shared->conn.prepared[i]);
    (void)sqlite3_close(shared->conn.db);
    (void)pthread_mutex_destroy(&shared->lock);
}

/* --- open and close ------------------------------------------------------------------------- */

static void sqlite_close(jd_store *store)
{
    sqlite_store *sqlite = inner(store);
    for (size_t i = 0; i < READERS; i++)
        conn_close(&sqlite->readers[i]);
    conn_close(&sqlite->writer); /* the last one: it writes the WAL back and removes it */
    jt_release(store->ctx, sqlite);
}

static void close_store(sqlite_store **sqlite)
{
    if (*sqlite != NULL)
        sqlite_close(&(*sqlite)->store);
}

static sqlite_store *new_store(const jeton_ctx *ctx)
{
    sqlite_store *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return NULL;
    made->store = (jd_store){.ops = &jd_sqlite_ops, .ctx = ctx};
    (void)pthread_mutex_init(&made->writer.lock, NULL); /* cannot fail with default attributes */
    for (size_t i = 0; i < READERS; i++)
        (void)pthread_mutex_init(&made->readers[i].lock, NULL);
    return made;
}

static jeton_status sqlite_open(const jeton_ctx *ctx, const char *path, jd_store **store,
                                jeton_err *err)
{
    JT_AUTO(close_store) sqlite_store *made = new_store(ctx);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "store");
    JT_TRY(make_file(path, err));
    JT_TRY(open_writer(&made->writer, path, err));
    for (size_t i = 0; i < READERS; i++)
        JT_TRY(open_reader(&made->readers[i], path, err));

    *store = &made->store;
    made = NULL; /* the caller's from now on */
    return JETON_OK;
}

/* --- transactions --------------------------------------------------------------------------- */

static jeton_status run(jd_conn *conn, jd_sql sql, jeton_err *err)
{
    JT_AUTO(jd_query_done) jd_query query = jd_query_of(conn, sql);
    return jd_query_run(&query, NULL, err);
}

/* A full disk or a read error may have rolled everything back: the batch is lost then. */
static bool is_lost(const jd_conn *conn)
{
    return sqlite3_get_autocommit(conn->db) != 0;
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

static jeton_status transact(jd_conn *conn, jd_sql begin, jd_work *work, void *args, jeton_err *err)
{
    JT_TRY(run(conn, begin, err));
    jeton_status status = work(conn, args, err);
    if (status == JETON_OK)
        status =
            begin == JD_SQL_BEGIN_WRITE ? commit_write(conn, err) : run(conn, JD_SQL_COMMIT, err);
    if (status != JETON_OK && !is_lost(conn))
        (void)run(conn, JD_SQL_ROLLBACK, NULL);
    return status;
}

/* An operation of a batch: all or nothing by a savepoint. If the savepoint cannot be closed nobody
 * knows what would be kept, so the whole batch is given up. */
static jeton_status write_part(jd_conn *conn, jd_work *work, void *args, jeton_err *err)
{
    if (is_lost(conn))
        return lost(err);
    JT_TRY(run(conn, JD_SQL_PART_BEGIN, err));
    const jeton_status status = work(conn, args, err);
    if (is_lost(conn))
        return status != JETON_OK ? status : lost(err);
    jeton_status closed = status == JETON_OK ? JETON_OK : run(conn, JD_SQL_PART_UNDO, NULL);
    if (closed == JETON_OK)
        closed = run(conn, JD_SQL_PART_END, err);
    if (closed != JETON_OK)
        (void)run(conn, JD_SQL_ROLLBACK, NULL);
    return status != JETON_OK ? status : closed;
}

static jeton_status read_part(jd_conn *conn, jd_work *work, void *args, jeton_err *err)
{
    return is_lost(conn) ? lost(err) : work(conn, args, err);
}

/* A reader nobody uses; if there is none, the one whose turn it is, when it gets free. */
static shared_conn *take_reader(sqlite_store *sqlite)
{
    for (size_t i = 0; i < READERS; i++)
        if (pthread_mutex_trylock(&sqlite->readers[i].lock) == 0)
            return &sqlite->readers[i];
    shared_conn *reader = &sqlite->readers[atomic_fetch_add(&sqlite->turn, 1) % READERS];
    (void)pthread_mutex_lock(&reader->lock);
    return reader;
}

jeton_status jd_sqlite_read(jd_store *store, jd_work *work, void *args, jeton_err *err)
{
    if (batching == store)
        return read_part(&inner(store)->writer.conn, work, args, err);
    shared_conn *reader = take_reader(inner(store));
    const jeton_status status = transact(&reader->conn, JD_SQL_BEGIN_READ, work, args, err);
    (void)pthread_mutex_unlock(&reader->lock);
    return status;
}

/* A work and its row in the audit log. */
typedef struct audited {
    jd_store *store;
    jd_work *work;
    void *args;
} audited;

static jeton_status work_audited(jd_conn *conn, void *args, jeton_err *err)
{
    const audited *of = args;
    JT_TRY(of->work(conn, of->args, err));
    return jd_sqlite_audit_noted(of->store, conn, err);
}

jeton_status jd_sqlite_write(jd_store *store, jd_work *work, void *args, jeton_err *err)
{
    shared_conn *writer = &inner(store)->writer;
    audited of = {store, work, args};
    if (batching == store)
        return write_part(&writer->conn, work_audited, &of, err);
    (void)pthread_mutex_lock(&writer->lock);
    const jeton_status status = transact(&writer->conn, JD_SQL_BEGIN_WRITE, work_audited, &of, err);
    (void)pthread_mutex_unlock(&writer->lock);
    return status;
}

const char *jd_sqlite_path(jd_store *store)
{
    return sqlite3_db_filename(inner(store)->writer.conn.db, "main");
}

/* --- batches -------------------------------------------------------------------------------- */

static jeton_status batch_begin(jd_store *store, jeton_err *err)
{
    shared_conn *writer = &inner(store)->writer;
    if (batching != NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "this thread has a batch already");
    (void)pthread_mutex_lock(&writer->lock);
    const jeton_status status = run(&writer->conn, JD_SQL_BEGIN_WRITE, err);
    if (status == JETON_OK)
        batching = store;
    else
        (void)pthread_mutex_unlock(&writer->lock);
    return status;
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

static jeton_status batch_end(jd_store *store, jeton_err *err)
{
    shared_conn *writer = &inner(store)->writer;
    if (batching != store)
        return jt_fail(err, JETON_E_ARGUMENT, "this thread has no batch");
    const jeton_status status = commit(&writer->conn, err);
    batching = NULL;
    (void)pthread_mutex_unlock(&writer->lock);
    return status;
}

/* --- the table ------------------------------------------------------------------------------ */

const jd_store_ops jd_sqlite_ops = {
    .scheme = "sqlite:",
    .open = sqlite_open,
    .close = sqlite_close,
    .schema = jd_sqlite_schema,
    .check = jd_sqlite_check,
    .migrate = jd_sqlite_migrate,
    .batch_begin = batch_begin,
    .batch_end = batch_end,
    .meta_get = jd_sqlite_meta_get,
    .meta_set = jd_sqlite_meta_set,
    .meta_claim = jd_sqlite_meta_claim,
    .user_add = jd_sqlite_user_add,
    .user_find = jd_sqlite_user_find,
    .user_get = jd_sqlite_user_get,
    .user_find_email = jd_sqlite_user_find_email,
    .user_list = jd_sqlite_user_list,
    .user_disable = jd_sqlite_user_disable,
    .user_enable = jd_sqlite_user_enable,
    .user_rehash = jd_sqlite_user_rehash,
    .user_remove = jd_sqlite_user_remove,
    .user_change = jd_sqlite_user_change,
    .user_roles = jd_sqlite_user_roles,
    .user_import = jd_sqlite_user_import,
    .password_set = jd_sqlite_password_set,
    .reset_put = jd_sqlite_reset_put,
    .reset_find = jd_sqlite_reset_find,
    .role_add = jd_sqlite_role_add,
    .role_list = jd_sqlite_role_list,
    .role_grant = jd_sqlite_role_grant,
    .role_revoke = jd_sqlite_role_revoke,
    .role_remove = jd_sqlite_role_remove,
    .session_add = jd_sqlite_session_add,
    .session_get = jd_sqlite_session_get,
    .session_rotate = jd_sqlite_session_rotate,
    .session_end = jd_sqlite_session_end,
    .session_end_all = jd_sqlite_session_end_all,
    .session_list = jd_sqlite_session_list,
    .log_add = jd_sqlite_log_add,
    .log_after = jd_sqlite_log_after,
    .log_head = jd_sqlite_log_head,
    .revoke = jd_sqlite_revoke,
    .client_add = jd_sqlite_client_add,
    .client_list = jd_sqlite_client_list,
    .client_change = jd_sqlite_client_change,
    .client_set_secret = jd_sqlite_client_set_secret,
    .client_disable = jd_sqlite_client_disable,
    .client_enable = jd_sqlite_client_enable,
    .client_remove = jd_sqlite_client_remove,
    .ban_add = jd_sqlite_ban_add,
    .ban_list = jd_sqlite_ban_list,
    .ban_lift = jd_sqlite_ban_lift,
    .key_add = jd_sqlite_key_add,
    .key_list = jd_sqlite_key_list,
    .key_change = jd_sqlite_key_change,
    .reseal = jd_sqlite_reseal,
    .audit_add = jd_sqlite_audit_add,
    .audit_list = jd_sqlite_audit_list,
    .audit_check = jd_sqlite_audit_check,
    .backup = jd_sqlite_backup,
    .restart = jd_sqlite_restart,
    .purge = jd_sqlite_purge,
};
