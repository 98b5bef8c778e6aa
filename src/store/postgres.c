/* SPDX-License-Identifier: Apache-2.0 */
/* store/postgres.c - PostgreSQL: the pool of connections, and the table of the driver.
 *
 * A connection is made when one is needed and no other is free, up to a number. One that broke is
 * dropped. While none can be made, one thread tries again now and then, at growing distances, and
 * everybody else is told at once.
 *
 * Threads in haste (haste.h) have connections of their own, as many as they are, and try by
 * themselves: each begins with another place than those that are trying at the moment.
 */
#include "store/postgres.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "core/secret.h"
#include "store/haste.h"
#include "store/sql.h"
#include "sys/clock.h"
#include "sys/disk.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define CONNECTIONS    8U
#define STATEMENT_MS   5000
#define CONNECT_MS     3000
#define CONNECT_MOST   3600 /* seconds that an address may say */
#define HASTY_KEPT     2U
#define PASSWORD_MOST  1024U
#define RETRY_FIRST_MS 50U
#define RETRY_LAST_MS  1000U

typedef struct pg_store {
    jd_store store; /* the first member */
    char *url;
    jt_secret password; /* NUL-terminated; may be empty */
    jd_pg_limits limits;
    unsigned most;
    pthread_mutex_t lock;
    pthread_cond_t given;
    jd_pg_conn *idle;  /* the last one used first */
    unsigned count;    /* of connections, used and idle */
    jd_pg_conn *hasty; /* those for threads in haste that are idle */
    unsigned trying_in_haste;
    unsigned first;    /* place where one was found last */
    unsigned failures; /* to connect, since the last success */
    int64_t retry;     /* not before */
    bool trying;       /* somebody is, after a failure */
} pg_store;

static pg_store *inner(jd_store *store)
{
    return (pg_store *)store;
}

/* --- the pool ------------------------------------------------------------------------------- */

static jd_pg_conn *pop(jd_pg_conn **idle)
{
    jd_pg_conn *conn = *idle;
    if (conn != NULL)
        *idle = conn->next;
    return conn;
}

static void push(jd_pg_conn **idle, jd_pg_conn *conn)
{
    conn->next = *idle;
    *idle = conn;
}

static void drop(pg_store *pg, jd_pg_conn *conn)
{
    jd_pg_disconnect(pg->store.ctx, &conn);
    pg->count--;
    (void)pthread_cond_signal(&pg->given);
}

/* Doubled each time, and spread: nodes that lost the same database do not come back in one moment.
 */
static void put_off(pg_store *pg)
{
    const unsigned shift = pg->failures < 5 ? pg->failures : 5;
    unsigned distance = RETRY_FIRST_MS << shift;
    uint8_t random = 0;
    if (jt_random(NULL, &random, 1, NULL) == JETON_OK)
        distance -= distance * random / 1024;
    pg->retry = jd_monotonic() + (distance < RETRY_LAST_MS ? distance : RETRY_LAST_MS);
    pg->failures++;
}

static bool may_connect(const pg_store *pg)
{
    return pg->failures == 0 || (!pg->trying && jd_monotonic() >= pg->retry);
}

/* With the lock, which is free while the connection is made. */
static jeton_status connect_from(pg_store *pg, unsigned first, jd_pg_conn **conn, jeton_err *err)
{
    (void)pthread_mutex_unlock(&pg->lock);
    const jeton_status status =
        jd_pg_connect(pg->store.ctx, pg->url, &pg->limits, &first, conn, err);
    (void)pthread_mutex_lock(&pg->lock);
    if (status == JETON_OK) {
        pg->failures = 0;
        pg->first = first;
    }
    return status;
}

static jeton_status connect_one(pg_store *pg, jd_pg_conn **conn, jeton_err *err)
{
    const bool again = pg->failures > 0;
    if (!may_connect(pg))
        return jt_fail(err, JETON_E_STORE, "PostgreSQL cannot be reached");
    pg->trying = pg->trying || again;
    pg->count++;
    const jeton_status status = connect_from(pg, pg->first, conn, err);
    if (again)
        pg->trying = false;
    if (status == JETON_OK)
        return JETON_OK;
    pg->count--;
    put_off(pg);
    (void)pthread_cond_signal(&pg->given);
    return status;
}

static struct timespec deadline_of(const pg_store *pg)
{
    struct timespec at = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += pg->limits.statement / 1000;
    at.tv_nsec += (long)(pg->limits.statement % 1000) * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

static jeton_status take_locked(pg_store *pg, jd_pg_conn **conn, jeton_err *err)
{
    const struct timespec deadline = deadline_of(pg);
    for (;;) {
        while ((*conn = pop(&pg->idle)) != NULL) {
            if (jd_pg_is_alive(*conn))
                return JETON_OK;
            drop(pg, *conn);
        }
        if (pg->count < pg->most)
            return connect_one(pg, conn, err);
        if (pthread_cond_timedwait(&pg->given, &pg->lock, &deadline) == ETIMEDOUT)
            return jt_fail(err, JETON_E_BUSY, "all connections to PostgreSQL are in use");
    }
}

/* Whoever is in haste decides himself how often he tries. */
static jeton_status take_hasty(pg_store *pg, jd_pg_conn **conn, jeton_err *err)
{
    while ((*conn = pop(&pg->hasty)) != NULL) {
        if (jd_pg_is_alive(*conn))
            return JETON_OK;
        jd_pg_disconnect(pg->store.ctx, conn);
    }
    const unsigned first = pg->first + pg->trying_in_haste++;
    const jeton_status status = connect_from(pg, first, conn, err);
    pg->trying_in_haste--;
    if (status == JETON_OK)
        (*conn)->hasty = true;
    return status;
}

static jeton_status pg_take(jd_store *store, jd_purpose purpose, jd_conn **conn, jeton_err *err)
{
    (void)purpose;
    pg_store *pg = inner(store);
    jd_pg_conn *taken = NULL;
    const unsigned haste = jd_haste_of_thread();
    (void)pthread_mutex_lock(&pg->lock);
    const jeton_status status =
        haste > 0 ? take_hasty(pg, &taken, err) : take_locked(pg, &taken, err);
    (void)pthread_mutex_unlock(&pg->lock);
    *conn = status == JETON_OK ? &taken->conn : NULL;
    if (status == JETON_OK && haste > 0)
        taken->until = jd_monotonic() + haste;
    return status;
}

static void give_hasty(pg_store *pg, jd_pg_conn *conn)
{
    unsigned kept = 0;
    for (const jd_pg_conn *one = pg->hasty; one != NULL; one = one->next)
        kept++;
    conn->until = INT64_MAX;
    if (conn->broken || conn->open || kept >= HASTY_KEPT)
        jd_pg_disconnect(pg->store.ctx, &conn);
    else
        push(&pg->hasty, conn);
}

static void pg_give(jd_store *store, jd_conn *conn)
{
    pg_store *pg = inner(store);
    jd_pg_conn *given = (jd_pg_conn *)conn;
    (void)pthread_mutex_lock(&pg->lock);
    if (given->hasty) {
        give_hasty(pg, given);
    } else if (given->broken || given->open) {
        drop(pg, given);
    } else {
        push(&pg->idle, given);
        (void)pthread_cond_signal(&pg->given);
    }
    (void)pthread_mutex_unlock(&pg->lock);
}

static bool pg_is_lost(const jd_conn *conn)
{
    const jd_pg_conn *of = (const jd_pg_conn *)conn;
    return of->broken || !of->open || of->spoiled;
}

/* --- open and close ------------------------------------------------------------------------- */

static void pg_close(jd_store *store)
{
    pg_store *pg = inner(store);
    jd_pg_conn *conn;
    while ((conn = pop(&pg->idle)) != NULL || (conn = pop(&pg->hasty)) != NULL)
        jd_pg_disconnect(store->ctx, &conn);
    (void)pthread_cond_destroy(&pg->given);
    (void)pthread_mutex_destroy(&pg->lock);
    if (pg->url != NULL)
        jt_wipe(pg->url, strlen(pg->url));
    jt_release(store->ctx, pg->url);
    jt_secret_done(&pg->password);
    jt_release(store->ctx, pg);
}

static void close_store(pg_store **pg)
{
    if (*pg != NULL)
        pg_close(&(*pg)->store);
}

/* connect_timeout of the address, which counts for each place. */
static void take_timeout(const PQconninfoOption *options, jd_pg_limits *limits)
{
    for (; options->keyword != NULL; options++) {
        if (strcmp(options->keyword, "connect_timeout") != 0 || options->val == NULL)
            continue;
        const long seconds = strtol(options->val, NULL, 10);
        if (seconds > 0 && seconds <= CONNECT_MOST)
            limits->connect = (int)seconds * 1000;
    }
}

/* libpq's sentence about a bad address quotes it, password and all. */
static jeton_status check_address(const char *url, jd_pg_limits *limits, jeton_err *err)
{
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &why);
    PQfreemem(why);
    if (options == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "the address of the store is none of PostgreSQL");
    take_timeout(options, limits);
    PQconninfoFree(options);
    return JETON_OK;
}

static pg_store *new_store(const jeton_ctx *ctx, const char *url, const jd_store_limits *limits)
{
    pg_store *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return NULL;
    pthread_condattr_t attr;
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&made->given, &attr);
    (void)pthread_condattr_destroy(&attr);
    (void)pthread_mutex_init(&made->lock, NULL);
    made->store = (jd_store){.driver = &jd_postgres_driver, .ctx = ctx};
    made->limits.statement = limits->milliseconds > 0 ? (int)limits->milliseconds : STATEMENT_MS;
    made->limits.connect = CONNECT_MS;
    made->limits.schema = limits->schema;
    made->most = limits->connections > 0 ? limits->connections : CONNECTIONS;
    made->url = jt_strdup(ctx, url);
    return made;
}

static jeton_status check_ours(jd_store *store, jeton_err *err)
{
    jd_conn *conn;
    JT_TRY(pg_take(store, JD_TO_READ, &conn, err));
    const jeton_status status = jd_sql_check_ours(conn, err);
    pg_give(store, conn);
    return status;
}

/* It was named, so one that is not there is a setting that is wrong. */
static jeton_status read_password(const jeton_ctx *ctx, const char *file, jt_secret *text,
                                  jeton_err *err)
{
    jeton_err why = {0};
    const jeton_status status = jd_file_load(ctx, file, PASSWORD_MOST, text, &why);
    if (status == JETON_OK)
        return JETON_OK;
    return jt_fail(err, status == JETON_E_NOT_FOUND ? JETON_E_SYSTEM : status,
                   "JETON_STORE_PASSWORD_FILE: %s", why.text);
}

/* A file with the password and a line's end behind it, which is not part of it. */
static jeton_status load_password(pg_store *pg, jeton_err *err)
{
    const char *file = getenv("JETON_STORE_PASSWORD_FILE");
    JT_AUTO(jt_secret_done) jt_secret text = {0};
    if (file == NULL || *file == '\0')
        return JETON_OK;
    JT_TRY(read_password(pg->store.ctx, file, &text, err));
    jeton_span password = jt_secret_span(&text);
    while (password.len > 0 && strchr("\r\n", password.ptr[password.len - 1]) != NULL)
        password.len--;
    JT_TRY(jt_secret_new(pg->store.ctx, password.len + 1, &pg->password, err));
    if (password.len > 0)
        memcpy(pg->password.ptr, password.ptr, password.len);
    pg->password.ptr[password.len] = '\0';
    pg->limits.password = (const char *)pg->password.ptr;
    return JETON_OK;
}

static jeton_status pg_open(const jeton_ctx *ctx, const char *url, const jd_store_limits *limits,
                            jd_store **store, jeton_err *err)
{
    JT_AUTO(close_store) pg_store *made = new_store(ctx, url, limits);
    if (made == NULL || made->url == NULL)
        return jt_fail(err, JETON_E_NOMEM, "store");
    JT_TRY(check_address(url, &made->limits, err));
    JT_TRY(load_password(made, err));
    JT_TRY(check_ours(&made->store, err));
    *store = &made->store;
    made = NULL;
    return JETON_OK;
}

static jeton_status pg_backup(jd_store *store, const char *file, jeton_err *err)
{
    (void)store;
    (void)file;
    return jt_fail(err, JETON_E_UNSUPPORTED,
                   "a store in PostgreSQL is backed up with PostgreSQL's own tools: pg_dump, "
                   "pg_basebackup");
}

/* --- the table ------------------------------------------------------------------------------ */

static const char migrations_table[] =
    "CREATE TABLE IF NOT EXISTS migrations (number bigint PRIMARY KEY, "
    "name text COLLATE \"C\" NOT NULL, sha256 text COLLATE \"C\" NOT NULL, "
    "applied bigint NOT NULL)";

/* All who start at once take turns. What is done there may take longer than an operation may. */
static const char schema_lock[] = "SET LOCAL statement_timeout = '10min'; "
                                  "SET LOCAL lock_timeout = '10min'; "
                                  "SELECT pg_advisory_xact_lock(456873193071)";

const jd_driver jd_postgres_driver = {
    .whole_address = true,
    .many_writers = true,
    .migrations = &jd_postgres_migrations,
    .migrations_table = migrations_table,
    .schema_lock = schema_lock,
    .open = pg_open,
    .close = pg_close,
    .backup = pg_backup,
    .take = pg_take,
    .give = pg_give,
    .is_lost = pg_is_lost,
    .lost_race = jd_pg_lost_race,
    .script = jd_pg_script,
    .row = jd_pg_row,
    .send = jd_pg_send,
    .ahead = jd_pg_ahead,
    .column_int = jd_pg_int,
    .column_bytes = jd_pg_bytes,
    .changed = jd_pg_changed,
    .done = jd_pg_done,
    .fail = jd_pg_fail,
};
