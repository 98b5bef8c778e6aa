/* SPDX-License-Identifier: Apache-2.0 */
/* store/postgres_query.c - statements: sent, answered, taken. */
#include "core/auto.h"
#include "core/err.h"
#include "core/utf8.h"
#include "store/postgres.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#define SQL_MAX 8192U

/* Types of parameters: bigint, text, bytea. All travel in their binary form. */
static const Oid types[] = {
    [JD_PARAM_INT] = 20, [JD_PARAM_TEXT] = 25, [JD_PARAM_BLOB] = 17, [JD_PARAM_OCTETS] = 17};

static const char *const sql_texts[] = {
#define SAME(name, text)             [JD_SQL_##name] = text,
#define OURS(name, sqlite, postgres) [JD_SQL_##name] = postgres,
    JD_SQL_LIST(SAME, OURS)
#undef SAME
#undef OURS
};

static jd_pg_conn *of_conn(jd_conn *conn)
{
    return (jd_pg_conn *)conn;
}

/* --- outcomes ------------------------------------------------------------------------------- */

int jd_pg_state(const PGresult *answer)
{
    const char *state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    if (state == NULL || strlen(state) != 5)
        return JD_PG_GONE;
    return JD_PG_STATE(state[0], state[1], state[2], state[3], state[4]);
}

static void print_state(int rc, char text[6])
{
    text[0] = (char)(rc % 128);
    rc /= 128;
    for (size_t i = 1; i < 5; i++) {
        text[i] = (char)('0' + rc % 75);
        rc /= 75;
    }
    text[5] = '\0';
}

/* By the beginning of the SQLSTATE; all others are JETON_E_STORE. Longer ones come first. */
static const struct {
    const char *state;
    jeton_status status;
    const char *why;
} outcomes[] = {
    {"23505", JETON_E_EXISTS, NULL},
    {"22021", JETON_E_ARGUMENT, "a text is not UTF-8, or has a NUL in it"},
    {"40", JETON_E_BUSY, "others change the same"},
    {"55P03", JETON_E_BUSY, "others hold it for too long"},
    {"57014", JETON_E_BUSY, "it takes too long"},
    {"53300", JETON_E_BUSY, "PostgreSQL has no connection left"},
    {"08007", JETON_E_STORE,
     "the connection to PostgreSQL broke during the commit: nobody knows whether it has happened"},
    {"08", JETON_E_STORE, "the connection to PostgreSQL is broken"},
    {"57P", JETON_E_STORE, "PostgreSQL is being shut down"},
    {"25P03", JETON_E_STORE, "PostgreSQL has ended a transaction that stood still"},
    {"25006", JETON_E_STORE, "PostgreSQL cannot write here"},
    {"28", JETON_E_STORE, "PostgreSQL lets this user not in"},
    {"42501", JETON_E_STORE, "PostgreSQL does not permit it to this user"},
    {"53100", JETON_E_STORE, "PostgreSQL's disk is full"},
    {"53200", JETON_E_STORE, "PostgreSQL is out of memory"},
    {"53", JETON_E_STORE, "PostgreSQL has not what it needs"},
    {"58", JETON_E_STORE, "PostgreSQL cannot read or write its files"},
    {"42P01", JETON_E_STORE, "a table is missing in the database"},
    {"42703", JETON_E_STORE, "a column is missing in the database"},
    {"XX", JETON_E_STORE, "PostgreSQL finds its data damaged"},
};

/* Never the server's own sentence: it may quote what is stored. */
jeton_status jd_pg_fail(jeton_err *err, int rc, const char *what)
{
    char state[6];
    print_state(rc, state);
    for (size_t i = 0; i < JT_COUNT(outcomes); i++) {
        if (strncmp(state, outcomes[i].state, strlen(outcomes[i].state)) != 0)
            continue;
        if (outcomes[i].status == JETON_E_EXISTS)
            return jt_fail(err, JETON_E_EXISTS, "the name or the e-mail address is taken already");
        return jt_fail(err, outcomes[i].status, "%s: %s", what, outcomes[i].why);
    }
    return jt_fail(err, JETON_E_STORE, "%s: PostgreSQL says %s", what, state);
}

/* serialization_failure and deadlock_detected: nothing of it was done. */
bool jd_pg_lost_race(const jd_conn *conn)
{
    const int last = ((const jd_pg_conn *)conn)->last;
    return last == JD_PG_STATE('4', '0', '0', '0', '1') ||
           last == JD_PG_STATE('4', '0', 'P', '0', '1');
}

/* After these the connection is of no use: the server goes away, or is no primary any more. */
static bool is_end(int rc)
{
    char state[6];
    print_state(rc, state);
    return strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0 ||
           strcmp(state, "25006") == 0 || strcmp(state, "25P03") == 0;
}

/* As the answer to a commit: the server may have been past it. */
static bool is_cut_off(int rc)
{
    char state[6];
    print_state(rc, state);
    return strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0;
}

/* --- sending -------------------------------------------------------------------------------- */

/* ? and ?1 become $1. */
static void number_params(const char *from, char to[SQL_MAX])
{
    size_t len = 0;
    int number = 0;
    for (; *from != '\0'; from++) {
        assert(len + 8 < SQL_MAX);
        if (*from != '?')
            to[len++] = *from;
        else if (from[1] >= '0' && from[1] <= '9')
            to[len++] = '$';
        else
            len += (size_t)snprintf(to + len, 8, "$%d", ++number);
    }
    to[len] = '\0';
}

static bool note(jd_pg_conn *conn, jd_pg_sent sent, int accepted)
{
    if (accepted == 1 && conn->sent_count < JD_PG_SENT_MAX)
        conn->sent[conn->sent_count++] = sent;
    else
        conn->broken = true;
    return !conn->broken;
}

static bool send_prepare(jd_pg_conn *conn, jd_sql sql, const char *name, const Oid *oids, int count)
{
    char text[SQL_MAX];
    if (conn->prepared[sql] != JD_PG_UNKNOWN)
        return true;
    number_params(sql_texts[sql], text);
    conn->prepared[sql] = JD_PG_ASKED;
    return note(conn, (jd_pg_sent){.what = JD_PG_PREPARE, .sql = sql},
                PQsendPrepare(conn->pq, name, text, count, oids));
}

/* A parameter as it travels. A number's bytes are in `wide`. */
static void encode(const jd_param *param, uint8_t wide[8], const char **value, int *len)
{
    if (param->kind != JD_PARAM_INT) {
        *value = param->as.bytes.len > 0 ? (const char *)param->as.bytes.ptr : "";
        *len = (int)param->as.bytes.len;
        return;
    }
    for (size_t i = 0; i < 8; i++)
        wide[i] = (uint8_t)((uint64_t)param->as.number >> (56 - 8 * i));
    *value = (const char *)wide;
    *len = 8;
}

/* `how` says what is to become of its answer. */
static bool send_one(jd_pg_conn *conn, jd_pg_sent how, const jd_param *params, int count)
{
    const char *values[JD_PARAMS_WIDE];
    uint8_t wide[JD_PARAMS_WIDE][8];
    int lengths[JD_PARAMS_WIDE];
    int binary[JD_PARAMS_WIDE];
    Oid oids[JD_PARAMS_WIDE];
    char name[16];
    assert(count <= JD_PARAMS_WIDE);
    how.what = JD_PG_RUN;
    (void)snprintf(name, sizeof name, "jeton_%d", (int)how.sql);
    for (int i = 0; i < count; i++) {
        encode(&params[i], wide[i], &values[i], &lengths[i]);
        oids[i] = types[params[i].kind];
        binary[i] = 1;
    }
    return send_prepare(conn, how.sql, name, oids, count) &&
           note(conn, how, PQsendQueryPrepared(conn->pq, name, count, values, lengths, binary, 1));
}

static bool send_kept(jd_pg_conn *conn)
{
    bool sent = true;
    for (unsigned i = 0; sent && i < conn->kept_count; i++)
        sent = send_one(conn, (jd_pg_sent){.sql = conn->kept[i]}, NULL, 0);
    conn->kept_count = 0;
    return sent;
}

static bool send_sync(jd_pg_conn *conn)
{
    return note(conn, (jd_pg_sent){.what = JD_PG_SYNC}, PQpipelineSync(conn->pq)) &&
           PQflush(conn->pq) >= 0;
}

/* --- receiving ------------------------------------------------------------------------------ */

static bool is_good(const jd_pg_sent *sent, PGresult *answer)
{
    const ExecStatusType status = PQresultStatus(answer);
    if (sent->what == JD_PG_SYNC)
        return status == PGRES_PIPELINE_SYNC;
    /* A commit of what has failed is answered with ROLLBACK, and no error. */
    if (sent->what == JD_PG_RUN && sent->sql == JD_SQL_COMMIT)
        return status == PGRES_COMMAND_OK && strcmp(PQcmdStatus(answer), "COMMIT") == 0;
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static int code_of(const PGresult *answer)
{
    const ExecStatusType status = PQresultStatus(answer);
    return status == PGRES_FATAL_ERROR ? jd_pg_state(answer) : JD_PG_ABORTED;
}

/* What did not fail by itself, but behind something that did, is not to blame. */
static void blame(jd_pg_conn *conn, const jd_pg_sent *sent, const PGresult *answer, int code)
{
    if (sent->whom != NULL)
        sent->whom->rc = code;
    if (sent->late && !sent->forgotten && PQresultStatus(answer) == PGRES_FATAL_ERROR)
        conn->spoiled = true;
}

/* A name that is taken is no outcome of a statement that cannot fail so. */
static int code_for(const jd_pg_sent *sent, int code)
{
    return sent->late && code == JD_PG_TAKEN ? JD_PG_ABORTED : code;
}

/* The answer to one thing that was sent. Behind all but a sync there is a NULL. */
static PGresult *receive(jd_pg_conn *conn, const jd_pg_sent *sent, int *rc)
{
    PGresult *answer = jd_pg_answer(conn, conn->limit);
    const bool good = answer != NULL && is_good(sent, answer);
    int code = 0;
    if (!good)
        code = answer != NULL ? code_for(sent, code_of(answer)) : JD_PG_GONE;
    if (sent->what == JD_PG_RUN && sent->sql == JD_SQL_COMMIT && is_cut_off(code))
        code = JD_PG_UNKNOWN_END;
    if (code != 0)
        blame(conn, sent, answer, code);
    if (sent->what == JD_PG_PREPARE)
        conn->prepared[sent->sql] = good ? JD_PG_PREPARED : JD_PG_UNKNOWN;
    if (code != 0 && *rc == 0 && !sent->forgotten)
        *rc = code;
    if (answer != NULL && sent->what != JD_PG_SYNC)
        PQclear(jd_pg_answer(conn, conn->limit));
    if (answer == NULL || (sent->what == JD_PG_SYNC && !good) || (code != 0 && is_end(code)))
        conn->broken = true;
    return answer;
}

/* Rows that were asked for ahead are kept for who did. */
static PGresult *hand_over(const jd_pg_sent *sent, PGresult *answer)
{
    if (sent->whom == NULL || sent->whom->rc != 0)
        return answer;
    sent->whom->handle = answer;
    return NULL;
}

/* Reads the answers to all that was sent. The last one but the sync is the statement's own: it is
 * kept when all went well. */
static PGresult *receive_all(jd_pg_conn *conn, int *rc)
{
    PGresult *own = NULL;
    for (unsigned i = 0; i < conn->sent_count; i++) {
        const jd_pg_sent *sent = &conn->sent[i];
        PGresult *answer = conn->broken ? NULL : receive(conn, sent, rc);
        if (conn->broken && sent->whom != NULL && sent->whom->rc == 0)
            sent->whom->rc = JD_PG_GONE;
        if (sent->what == JD_PG_SYNC) {
            PQclear(answer);
            continue;
        }
        PQclear(own);
        own = hand_over(sent, answer);
    }
    conn->sent_count = 0;
    if (conn->broken && *rc == 0)
        *rc = JD_PG_GONE;
    if (*rc == 0)
        return own;
    PQclear(own);
    return NULL;
}

/* --- a statement ---------------------------------------------------------------------------- */

static void keep(jd_pg_conn *conn, jd_sql sql)
{
    assert(conn->kept_count < JD_PG_KEPT_MAX);
    conn->kept[conn->kept_count++] = sql;
}

static bool is_begin(jd_sql sql)
{
    return sql == JD_SQL_BEGIN_READ || sql == JD_SQL_BEGIN_WRITE;
}

/* A transaction whose beginning is still kept back: nothing was done in it. */
static bool is_untouched(const jd_pg_conn *conn)
{
    return conn->kept_count > 0 && is_begin(conn->kept[0]);
}

static bool kept_is(const jd_pg_conn *conn, unsigned at, jd_sql sql)
{
    return at < conn->kept_count && conn->kept[at] == sql;
}

/* Nothing of the connection's last transaction counts in the next. */
static void forget_last(jd_pg_conn *conn, jd_sql sql)
{
    conn->spoiled = false;
    conn->reading = sql == JD_SQL_BEGIN_READ;
}

static void begin(jd_pg_conn *conn, jd_sql sql)
{
    conn->open = true;
    forget_last(conn, sql);
    keep(conn, sql);
}

/* A part in which nothing was done leaves no trace. */
static void end_part(jd_pg_conn *conn, jd_sql sql)
{
    const bool empty =
        conn->kept_count > 0 && kept_is(conn, conn->kept_count - 1, JD_SQL_PART_BEGIN);
    if (empty && sql == JD_SQL_PART_UNDO)
        return;
    if (empty)
        conn->kept_count--;
    else
        keep(conn, sql);
}

/* What can wait until the next statement. */
static bool is_kept_back(jd_pg_conn *conn, jd_sql sql)
{
    switch ((int)sql) {
    case JD_SQL_BEGIN_READ:
    case JD_SQL_BEGIN_WRITE: begin(conn, sql); return true;
    case JD_SQL_HEAD_LOCK:
    case JD_SQL_PART_BEGIN: keep(conn, sql); return true;
    case JD_SQL_PART_END:
    case JD_SQL_PART_UNDO: end_part(conn, sql); return true;
    default: return false;
    }
}

/* Ends a transaction without waiting for the answer; one that was never begun has none. */
static void end_quietly(jd_pg_conn *conn, jd_sql sql)
{
    const bool begun = !is_untouched(conn);
    const jd_pg_sent how = {.sql = sql, .forgotten = true};
    conn->open = false;
    conn->kept_count = 0;
    for (unsigned i = 0; i < conn->sent_count; i++)
        conn->sent[i].forgotten = true;
    if (begun && !conn->broken && !(send_one(conn, how, NULL, 0) && send_sync(conn)))
        conn->broken = true;
}

static bool is_quiet(const jd_pg_conn *conn, jd_sql sql)
{
    return sql == JD_SQL_ROLLBACK ||
           (sql == JD_SQL_COMMIT && (conn->reading || is_untouched(conn)));
}

static bool is_text(jeton_span text)
{
    return text.len <= INT32_MAX &&
           memchr(text.len > 0 ? (const char *)text.ptr : "", 0, text.len) == NULL &&
           jt_is_utf8(text);
}

/* Before anything is sent: a text the server would refuse ends the whole transaction there. */
static int check(const jd_query *query)
{
    for (int i = 0; i < query->bound; i++) {
        const jd_param *param = &jd_query_params(query)[i];
        if (param->kind == JD_PARAM_TEXT && !is_text(param->as.bytes))
            return JD_PG_BAD_TEXT;
        if (param->kind > JD_PARAM_TEXT && param->as.bytes.len > INT32_MAX)
            return JD_PG_FULL;
    }
    return 0;
}

static void run(jd_query *query)
{
    jd_pg_conn *conn = of_conn(query->conn);
    const jd_pg_sent how = {.sql = query->sql};
    const bool tried = !conn->broken;
    int rc = conn->broken ? JD_PG_GONE : check(query);
    if (rc == 0 && send_kept(conn) && send_one(conn, how, jd_query_params(query), query->bound) &&
        send_sync(conn))
        query->handle = receive_all(conn, &rc);
    else if (rc == 0)
        rc = JD_PG_GONE;
    /* Whatever was the first answer that did not come: the commit was on its way behind it. */
    if (query->sql == JD_SQL_COMMIT && tried && rc == JD_PG_GONE)
        rc = JD_PG_UNKNOWN_END;
    /* As the server says: a commit behind something that failed was not even tried. */
    conn->open = !conn->broken && PQtransactionStatus(conn->pq) != PQTRANS_IDLE;
    conn->last = query->rc = rc;
}

static bool first_row(jd_query *query)
{
    jd_pg_conn *conn = of_conn(query->conn);
    if (query->sql == JD_SQL_BEGIN_SCHEMA) /* which a script follows: it is not kept back */
        forget_last(conn, query->sql);
    if (!conn->broken && is_kept_back(conn, query->sql))
        return false;
    if (is_quiet(conn, query->sql)) {
        end_quietly(conn, query->sql);
        return false;
    }
    /* Nothing that is kept is equal to a text that cannot be kept. */
    if (check(query) == JD_PG_BAD_TEXT && strncmp(sql_texts[query->sql], "SELECT", 6) == 0)
        return false;
    run(query);
    return query->rc == 0 && PQntuples(query->handle) > 0;
}

/* --- what is not waited for ----------------------------------------------------------------- */

#define AHEAD     (-1)                 /* jd_query.at of a row that is on its way */
#define MANY_SENT (JD_PG_SENT_MAX / 2) /* what is kept back has room behind them */

static void send_late(jd_query *query, jd_query *whom)
{
    jd_pg_conn *conn = of_conn(query->conn);
    const jd_pg_sent how = {.sql = query->sql, .late = true, .whom = whom};
    int rc = conn->broken ? JD_PG_GONE : check(query);
    if (rc == 0 && !(send_kept(conn) && send_one(conn, how, jd_query_params(query), query->bound)))
        rc = JD_PG_GONE;
    conn->last = query->rc = rc;
}

void jd_pg_send(jd_query *query)
{
    if (of_conn(query->conn)->sent_count < MANY_SENT)
        send_late(query, NULL);
    else
        run(query);
}

void jd_pg_ahead(jd_query *query)
{
    if (of_conn(query->conn)->sent_count >= MANY_SENT)
        return;
    query->at = AHEAD;
    send_late(query, query);
}

/* Nothing has been waited for since. */
static void collect(jd_query *query)
{
    jd_pg_conn *conn = of_conn(query->conn);
    int rc = 0;
    if (conn->broken || !send_sync(conn))
        query->rc = JD_PG_GONE;
    else
        PQclear(receive_all(conn, &rc));
    conn->last = query->rc = rc != 0 ? rc : query->rc;
}

bool jd_pg_row(jd_query *query)
{
    if (query->handle == NULL && query->at != AHEAD)
        return first_row(query);
    if (query->handle == NULL)
        collect(query);
    return query->rc == 0 && ++query->at < PQntuples(query->handle);
}

/* --- columns -------------------------------------------------------------------------------- */

/* In its binary form: a boolean has one byte, numbers have two, four or eight. */
int64_t jd_pg_int(jd_query *query, int column)
{
    if (query->handle == NULL || query->at >= PQntuples(query->handle))
        return 0;
    const char *value = PQgetvalue(query->handle, query->at, column);
    const int len = PQgetlength(query->handle, query->at, column);
    uint64_t number = len > 1 && (value[0] & 0x80) != 0 ? UINT64_MAX : 0;
    for (int i = 0; i < len; i++)
        number = number << 8 | (uint8_t)value[i];
    return (int64_t)number;
}

jeton_span jd_pg_bytes(jd_query *query, int column, jd_bytes as)
{
    (void)as;
    if (query->handle == NULL || query->at >= PQntuples(query->handle))
        return (jeton_span){0};
    return jeton_bytes(PQgetvalue(query->handle, query->at, column),
                       (size_t)PQgetlength(query->handle, query->at, column));
}

unsigned jd_pg_changed(const jd_query *query)
{
    if (query->handle == NULL)
        return 0;
    return (unsigned)strtoul(PQcmdTuples(query->handle), NULL, 10);
}

void jd_pg_done(jd_query *query)
{
    jd_pg_conn *conn = of_conn(query->conn);
    for (unsigned i = 0; i < conn->sent_count; i++)
        if (conn->sent[i].whom == query)
            conn->sent[i].whom = NULL;
    PQclear(query->handle);
}
