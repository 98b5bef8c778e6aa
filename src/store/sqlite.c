/* SPDX-License-Identifier: Apache-2.0 */
/* store/sqlite.c - SQLite: opening the file, the connections to it, and the statements on them.
 *
 * One connection writes, behind a mutex; a few others read, so that reads never wait for a commit
 * to reach the disk. */
#include "store/sqlite.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "store/sql.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#define READERS         2U
#define BUSY_TIMEOUT_MS 5000 /* for a program that is not ours: ours holds the folder's lock */

/* A connection that threads take turns with. */
typedef struct sqlite_conn {
    jd_conn conn; /* the first member */
    pthread_mutex_t lock;
    sqlite3 *db;
    sqlite3_stmt *prepared[JD_SQL_COUNT]; /* NULL until first used */
} sqlite_conn;

typedef struct sqlite_store {
    jd_store store;
    sqlite_conn writer;
    sqlite_conn readers[READERS];
    atomic_uint turn; /* the reader to wait for when all are busy */
} sqlite_store;

static sqlite_store *inner(jd_store *store)
{
    return (sqlite_store *)store; /* its first member */
}

static sqlite_conn *of_conn(jd_conn *conn)
{
    return (sqlite_conn *)conn;
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

static jeton_status conn_setup(sqlite_conn *shared, const char *path, const char *setup,
                               jeton_err *err)
{
    return opened(sqlite3_exec(shared->db, setup, NULL, NULL, NULL), path, err);
}

/* Nothing is set in a file, not even its mode, before we know that it is ours: whoever names the
 * database of another program finds that one as it was. */
static jeton_status open_writer(sqlite_conn *shared, const char *path, jeton_err *err)
{
    JT_TRY(opened(open_db(path, &shared->db), path, err));
    JT_TRY(opened(sqlite3_exec(shared->db, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL), path,
                  err));
    JT_TRY(jd_sql_check_ours(&shared->conn, err));
    JT_TRY(close_to_others(path, err));
    return conn_setup(shared, path, writer_setup, err);
}

static jeton_status open_reader(sqlite_conn *shared, const char *path, jeton_err *err)
{
    JT_TRY(opened(open_db(path, &shared->db), path, err));
    return conn_setup(shared, path, reader_setup, err);
}

static void conn_init(sqlite_conn *shared)
{
    shared->conn.driver = &jd_sqlite_driver;
    (void)pthread_mutex_init(&shared->lock, NULL); /* cannot fail with default attributes */
}

static void conn_close(sqlite_conn *shared)
{
    for (size_t i = 0; i < JD_SQL_COUNT; i++)
        (void)sqlite3_finalize(shared->prepared[i]);
    (void)sqlite3_close(shared->db);
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
    made->store = (jd_store){.driver = &jd_sqlite_driver, .ctx = ctx};
    conn_init(&made->writer);
    for (size_t i = 0; i < READERS; i++)
        conn_init(&made->readers[i]);
    return made;
}

static jeton_status sqlite_open(const jeton_ctx *ctx, const char *path,
                                const jd_store_limits *limits, jd_store **store, jeton_err *err)
{
    (void)limits;
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

/* --- taking turns --------------------------------------------------------------------------- */

/* A reader nobody uses; if there is none, the one whose turn it is, when it gets free. */
static sqlite_conn *take_reader(sqlite_store *sqlite)
{
    for (size_t i = 0; i < READERS; i++)
        if (pthread_mutex_trylock(&sqlite->readers[i].lock) == 0)
            return &sqlite->readers[i];
    sqlite_conn *reader = &sqlite->readers[atomic_fetch_add(&sqlite->turn, 1) % READERS];
    (void)pthread_mutex_lock(&reader->lock);
    return reader;
}

static jeton_status sqlite_take(jd_store *store, jd_purpose purpose, jd_conn **conn, jeton_err *err)
{
    (void)err; /* waiting always ends */
    sqlite_store *sqlite = inner(store);
    if (purpose == JD_TO_WRITE)
        (void)pthread_mutex_lock(&sqlite->writer.lock);
    *conn = purpose == JD_TO_WRITE ? &sqlite->writer.conn : &take_reader(sqlite)->conn;
    return JETON_OK;
}

static void sqlite_give(jd_store *store, jd_conn *conn)
{
    (void)store;
    (void)pthread_mutex_unlock(&of_conn(conn)->lock);
}

static bool sqlite_is_lost(const jd_conn *conn)
{
    return sqlite3_get_autocommit(((const sqlite_conn *)conn)->db) != 0;
}

/* --- statements ----------------------------------------------------------------------------- */

static const char *const sql_texts[] = {
#define SAME(name, text)             [JD_SQL_##name] = text,
#define OURS(name, sqlite, postgres) [JD_SQL_##name] = sqlite,
    JD_SQL_LIST(SAME, OURS)
#undef SAME
#undef OURS
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

static jeton_status sqlite_script(jd_conn *conn, const char *sql, jeton_err *err)
{
    const int rc = sqlite3_exec(of_conn(conn)->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? JETON_OK : jd_sqlite_fail(err, rc, "the schema cannot be made");
}

/* An absent text is the empty one: NULL has no meaning in our tables. */
static const void *bytes_of(jeton_span span)
{
    return span.len > 0 ? (const void *)span.ptr : "";
}

static int bind(sqlite3_stmt *stmt, int at, const jd_param *param)
{
    const jeton_span bytes = param->as.bytes;
    switch (param->kind) {
    case JD_PARAM_INT: return sqlite3_bind_int64(stmt, at, param->as.number);
    case JD_PARAM_TEXT:
    case JD_PARAM_OCTETS:
        return sqlite3_bind_text64(stmt, at, bytes_of(bytes), bytes.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case JD_PARAM_BLOB:
        return sqlite3_bind_blob64(stmt, at, bytes_of(bytes), bytes.len, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

static int start(jd_query *query)
{
    sqlite_conn *conn = of_conn(query->conn);
    sqlite3_stmt **prepared = &conn->prepared[query->sql];
    int rc = SQLITE_OK;
    if (*prepared == NULL)
        rc = sqlite3_prepare_v3(conn->db, sql_texts[query->sql], -1, SQLITE_PREPARE_PERSISTENT,
                                prepared, NULL);
    for (int i = 0; rc == SQLITE_OK && i < query->bound; i++)
        rc = bind(*prepared, i + 1, &jd_query_params(query)[i]);
    query->handle = *prepared;
    return rc;
}

static bool sqlite_row(jd_query *query)
{
    int rc = query->handle == NULL ? start(query) : SQLITE_OK;
    if (rc == SQLITE_OK)
        rc = sqlite3_step(query->handle);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        query->rc = rc;
    return rc == SQLITE_ROW;
}

static void sqlite_done(jd_query *query)
{
    if (query->handle == NULL)
        return;
    (void)sqlite3_reset(query->handle); /* its failure is the one that step gave */
    (void)sqlite3_clear_bindings(query->handle);
}

static int64_t sqlite_int(jd_query *query, int column)
{
    return sqlite3_column_int64(query->handle, column);
}

static jeton_span sqlite_bytes(jd_query *query, int column, jd_bytes as)
{
    const void *from = as == JD_TEXT_BYTES ? sqlite3_column_text(query->handle, column)
                                           : sqlite3_column_blob(query->handle, column);
    const int len = sqlite3_column_bytes(query->handle, column);
    /* Of an empty value there is nothing to point at; of another one, only without memory. */
    if (from == NULL && sqlite3_errcode(of_conn(query->conn)->db) == SQLITE_NOMEM)
        query->rc = SQLITE_NOMEM;
    return jeton_bytes(from, (size_t)len);
}

static unsigned sqlite_changed(const jd_query *query)
{
    return (unsigned)sqlite3_changes(of_conn(query->conn)->db);
}

/* --- the table ------------------------------------------------------------------------------ */

static const char migrations_table[] = "CREATE TABLE IF NOT EXISTS migrations ("
                                       "number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
                                       "sha256 TEXT NOT NULL, applied INTEGER NOT NULL) STRICT";

const char *jd_sqlite_path(jd_store *store)
{
    return sqlite3_db_filename(inner(store)->writer.db, "main");
}

const jd_driver jd_sqlite_driver = {
    .migrations = &jd_sqlite_migrations,
    .migrations_table = migrations_table,
    .open = sqlite_open,
    .close = sqlite_close,
    .backup = jd_sqlite_backup,
    .take = sqlite_take,
    .give = sqlite_give,
    .is_lost = sqlite_is_lost,
    .script = sqlite_script,
    .row = sqlite_row,
    .column_int = sqlite_int,
    .column_bytes = sqlite_bytes,
    .changed = sqlite_changed,
    .done = sqlite_done,
    .fail = jd_sqlite_fail,
};
