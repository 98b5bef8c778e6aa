/* SPDX-License-Identifier: Apache-2.0 */
/* store/postgres_conn.c - connecting to PostgreSQL, and waiting for its answers. */
#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "store/postgres.h"
#include "sys/clock.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>

#define OLDEST 120000 /* 12.0 */

/* --- waiting -------------------------------------------------------------------------------- */

/* What came for a socket within the time; 0: nothing. */
static short wait_socket(int fd, short events, int64_t deadline)
{
    for (;;) {
        const int64_t left = deadline - jd_monotonic();
        struct pollfd one = {.fd = fd, .events = events};
        const int ready = poll(&one, 1, left > 0 ? (int)left : 0);
        if (ready > 0)
            return one.revents;
        if (ready == 0 || errno != EINTR)
            return 0;
    }
}

static bool give_up(jd_pg_conn *conn)
{
    conn->broken = true;
    return false;
}

/* Until PQgetResult() would not block. */
static bool wait_answer(jd_pg_conn *conn, int64_t deadline)
{
    while (PQisBusy(conn->pq) != 0) {
        const int unsent = PQflush(conn->pq);
        const short want = (short)(unsent > 0 ? POLLIN | POLLOUT : POLLIN);
        const short got = unsent < 0 ? 0 : wait_socket(PQsocket(conn->pq), want, deadline);
        if (got == 0 || ((got & ~POLLOUT) != 0 && PQconsumeInput(conn->pq) == 0))
            return give_up(conn);
    }
    return true;
}

PGresult *jd_pg_answer(jd_pg_conn *conn, int milliseconds)
{
    const int64_t deadline = jd_monotonic() + milliseconds;
    if (conn->broken || !wait_answer(conn, deadline < conn->until ? deadline : conn->until))
        return NULL;
    PGresult *answer = PQgetResult(conn->pq);
    if (PQstatus(conn->pq) == CONNECTION_BAD)
        (void)give_up(conn);
    return answer;
}

bool jd_pg_is_alive(jd_pg_conn *conn)
{
    /* Twice: what came first may be answers, and the end behind them. */
    for (unsigned i = 0; i < 2 && !conn->broken; i++) {
        if (wait_socket(PQsocket(conn->pq), POLLIN, 0) == 0)
            return true;
        if (PQconsumeInput(conn->pq) == 0 || PQstatus(conn->pq) == CONNECTION_BAD)
            (void)give_up(conn);
    }
    return !conn->broken;
}

/* --- connecting ----------------------------------------------------------------------------- */

#define SAID_MOST 140U /* of libpq's sentence */

/* libpq's sentence without its end of line: hosts, users and databases, never a password. One that
 * is too long loses its beginning, which says where: the setting says that, too. */
static jeton_status refused(const PGconn *pq, jeton_err *err)
{
    static const char before[] = " failed: ";
    const char *text = PQerrorMessage(pq);
    size_t len = strcspn(text, "\n");
    const char *why = strstr(text, before);
    if (len > SAID_MOST && why != NULL && why < text + len) {
        len -= (size_t)(why - text) + strlen(before);
        text = why + strlen(before);
    }
    return jt_fail(err, JETON_E_STORE, "PostgreSQL: %.*s", (int)(len < SAID_MOST ? len : SAID_MOST),
                   text);
}

static void finish(PGconn **pq)
{
    PQfinish(*pq);
}

#define OPTIONS 10U

typedef struct options {
    const char *names[OPTIONS], *values[OPTIONS];
    size_t count;
} options;

/* libpq passes over those without a value. */
static void add(options *to, const char *name, const char *value)
{
    to->names[to->count] = name;
    to->values[to->count++] = value;
}

/* What the address does not say; and behind it what it must not say otherwise. */
static PGconn *start(const char *url, const jd_pg_place *place, const jd_pg_limits *limits)
{
    char user[16];
    options to = {.count = 0};
    (void)snprintf(user, sizeof user, "%d", limits->statement);
    add(&to, "tcp_user_timeout", user);
    add(&to, "fallback_application_name", "jeton");
    add(&to, "password", limits->password);
    add(&to, "dbname", url);
    add(&to, "host", place->host);
    add(&to, "hostaddr", place->address);
    add(&to, "port", place->port);
    add(&to, "target_session_attrs", "read-write");
    add(&to, "client_encoding", "UTF8");
    add(&to, NULL, NULL);
    return PQconnectStartParams(to.names, to.values, 1);
}

/* Goes on until there is an outcome. False: there is none in time. */
static bool meet(PGconn *pq, int milliseconds)
{
    const int64_t deadline = jd_monotonic() + milliseconds;
    PostgresPollingStatusType want = PGRES_POLLING_WRITING;
    if (PQstatus(pq) == CONNECTION_BAD)
        return true;
    while (want == PGRES_POLLING_WRITING || want == PGRES_POLLING_READING) {
        const short events = want == PGRES_POLLING_WRITING ? POLLOUT : POLLIN;
        if (wait_socket(PQsocket(pq), events, deadline) == 0)
            return false;
        want = PQconnectPoll(pq);
    }
    return true;
}

/* One answer of a text with several statements: the last one that has rows. */
static PGresult *last_rows(jd_pg_conn *conn, int milliseconds, int *rc)
{
    PGresult *rows = NULL;
    PGresult *answer;
    *rc = 0;
    while ((answer = jd_pg_answer(conn, milliseconds)) != NULL) {
        const ExecStatusType status = PQresultStatus(answer);
        if (*rc == 0 && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            *rc = jd_pg_state(answer);
        if (status == PGRES_TUPLES_OK && rows == NULL)
            rows = answer;
        else
            PQclear(answer);
    }
    if (conn->broken && *rc == 0)
        *rc = JD_PG_GONE;
    return rows;
}

/* A commit is on disk when it is acknowledged, whatever the database's own setting; an operation
 * that a frozen node has begun holds the others up only for so long. */
static const char setup[] =
    "%sSET statement_timeout = %d; SET lock_timeout = %d; "
    "SET idle_in_transaction_session_timeout = %d; SET plan_cache_mode = force_generic_plan; "
    "SET jit = off; SET standard_conforming_strings = on; "
    "SELECT CASE WHEN pg_is_in_recovery() THEN 1 WHEN getdatabaseencoding() <> 'UTF8' THEN 2 "
    "WHEN current_schema() IS NULL THEN 3 ELSE 0 END, set_config('synchronous_commit', "
    "CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' "
    "ELSE current_setting('synchronous_commit') END, false)";

static const char *const unfit[] = {
    ['1'] = "the database is a standby, which cannot write",
    ['2'] = "the database has another encoding than UTF8",
    ['3'] = "the database has no schema of the search_path",
};

static jeton_status judge(const PGresult *rows, int rc, jeton_err *err)
{
    if (rc != 0 || PQntuples(rows) != 1)
        return jd_pg_fail(err, rc != 0 ? rc : JD_PG_GONE, "PostgreSQL cannot be used");
    const size_t found = (unsigned char)PQgetvalue(rows, 0, 0)[0];
    if (found < JT_COUNT(unfit) && unfit[found] != NULL)
        return jt_fail(err, JETON_E_STORE, "%s", unfit[found]);
    return JETON_OK;
}

/* One that is made by several connections at once is made by one of them; the others fail, and try
 * again. */
static void print_schema(const char *schema, char *to, size_t size)
{
    to[0] = '\0';
    if (schema != NULL && schema[0] != '\0')
        (void)snprintf(to, size, "CREATE SCHEMA IF NOT EXISTS %s; SET search_path = %s; ", schema,
                       schema);
}

static jeton_status set_up(jd_pg_conn *conn, const jd_pg_limits *limits, jeton_err *err)
{
    char schema[192];
    char sql[sizeof setup + 48 + sizeof schema];
    int rc = JD_PG_GONE;
    if (PQserverVersion(conn->pq) < OLDEST)
        return jt_fail(err, JETON_E_STORE, "PostgreSQL 12 or newer is needed");
    print_schema(limits->schema, schema, sizeof schema);
    (void)snprintf(sql, sizeof sql, setup, schema, limits->statement, limits->statement * 4 / 5,
                   limits->statement / 2);
    PGresult *rows = NULL;
    if (PQsetnonblocking(conn->pq, 1) == 0 && PQsendQuery(conn->pq, sql) == 1)
        rows = last_rows(conn, conn->limit, &rc);
    const jeton_status status = judge(rows, rc, err);
    PQclear(rows);
    if (status == JETON_OK && PQenterPipelineMode(conn->pq) != 1)
        return jt_fail(err, JETON_E_STORE, "PostgreSQL cannot be used");
    return status;
}

/* What the server has to say beside its answers is not for our standard error. */
static void ignore(void *nothing, const PGresult *notice)
{
    (void)nothing;
    (void)notice;
}

static jeton_status reach(PGconn **pq, const char *url, const jd_pg_place *place,
                          const jd_pg_limits *limits, jeton_err *err)
{
    *pq = start(url, place, limits);
    if (*pq == NULL)
        return jt_fail(err, JETON_E_NOMEM, "connection");
    if (!meet(*pq, limits->connect))
        return jt_fail(err, JETON_E_STORE, "PostgreSQL: %.90s does not answer in time",
                       place->host[0] != '\0' ? place->host : "the server");
    return PQstatus(*pq) == CONNECTION_OK ? JETON_OK : refused(*pq, err);
}

static jeton_status connect_to(const jeton_ctx *ctx, const char *url, const jd_pg_place *place,
                               const jd_pg_limits *limits, jd_pg_conn **conn, jeton_err *err)
{
    JT_AUTO(finish) PGconn *pq = NULL;
    JT_TRY(reach(&pq, url, place, limits, err));
    jd_pg_conn *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "connection");
    made->conn.driver = &jd_postgres_driver;
    made->limit = limits->connect;
    made->until = INT64_MAX;
    made->pq = pq;
    pq = NULL;
    (void)PQsetNoticeReceiver(made->pq, ignore, NULL);
    const jeton_status status = set_up(made, limits, err);
    made->limit = limits->statement * 2;
    if (status != JETON_OK)
        jd_pg_disconnect(ctx, &made);
    *conn = made;
    return status;
}

jeton_status jd_pg_connect(const jeton_ctx *ctx, const char *url, const jd_pg_limits *limits,
                           unsigned *first, jd_pg_conn **conn, jeton_err *err)
{
    jd_pg_place places[JD_PG_PLACES];
    const unsigned count = (unsigned)jd_pg_places(url, places);
    const unsigned from = *first % count;
    jeton_err why = {0}; /* keeps the first */
    *conn = NULL;
    for (unsigned i = 0; i < count; i++) {
        const unsigned at = (from + i) % count;
        if (connect_to(ctx, url, &places[at], limits, conn, &why) == JETON_OK) {
            *first = at;
            return JETON_OK;
        }
    }
    return jt_fail(err, why.status, "%s", why.text);
}

void jd_pg_disconnect(const jeton_ctx *ctx, jd_pg_conn **conn)
{
    if (*conn == NULL)
        return;
    PQfinish((*conn)->pq);
    jt_release(ctx, *conn);
    *conn = NULL;
}

/* --- scripts -------------------------------------------------------------------------------- */

#define SCRIPT_LIMIT (11 * 60 * 1000)

/* Several statements at once go outside of the pipeline, which is empty: a script is first in its
 * transaction or comes after an answer. */
jeton_status jd_pg_script(jd_conn *base, const char *sql, jeton_err *err)
{
    static const char what[] = "the schema cannot be made";
    jd_pg_conn *conn = (jd_pg_conn *)base;
    int rc = JD_PG_GONE;
    if (conn->broken || PQexitPipelineMode(conn->pq) != 1)
        return jd_pg_fail(err, rc, what);
    if (PQsendQuery(conn->pq, sql) == 1)
        PQclear(last_rows(conn, SCRIPT_LIMIT, &rc));
    if (!conn->broken && PQenterPipelineMode(conn->pq) != 1)
        conn->broken = true;
    return rc == 0 ? JETON_OK : jd_pg_fail(err, rc, what);
}
