/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_plans.c - what PostgreSQL does for the statements that meet the whole log: with
 * millions of entries, reading all of them would take seconds each time. */
#include "store/sql_list.h"
#include "suite.h"

#include <libpq-fe.h>
#include <stdio.h>

static const char fill[] =
    "INSERT INTO log (n, kind, subject, expires, mac) SELECT i, 6, decode(md5(i::text), 'hex'), "
    "i, decode(md5(i::text), 'hex') FROM generate_series(1, 20000) AS i; "
    "INSERT INTO users (id, name, email, password, created) VALUES "
    "(decode(md5('u'), 'hex'), 'u', '', '', 1); "
    "INSERT INTO sessions (id, \"user\", client, sealed_key, created, rotated, idle_expires, "
    "expires, auth_time, device, address) SELECT decode(md5(i::text), 'hex'), "
    "decode(md5('u'), 'hex'), 'c', '', 1, 1, i, i, 1, '', '' FROM generate_series(1, 20000) AS i; "
    "ANALYZE log; ANALYZE sessions; SET plan_cache_mode = force_generic_plan";

static const char *const texts[] = {
#define SAME(name, text)             [JD_SQL_##name] = text,
#define OURS(name, sqlite, postgres) [JD_SQL_##name] = postgres,
    JD_SQL_LIST(SAME, OURS)
#undef SAME
#undef OURS
};

static const struct {
    const char *name, *index;
    jd_sql sql;
} statements[] = {
    {"entries behind a number", "log_pkey", JD_SQL_LOG_AFTER},
    {"entries that have expired", "log_by_expires", JD_SQL_LOG_PURGE},
    {"sessions that have expired", "sessions_by_expires", JD_SQL_SESSION_PURGE},
};

/* Each ? is a parameter, and there are two in each of them. */
static void number(const char *from, char to[1000])
{
    int count = 0;
    size_t len = 0;
    for (; *from != '\0' && len < 990; from++)
        if (*from == '?')
            len += (size_t)snprintf(to + len, 8, "$%d", ++count);
        else
            to[len++] = *from;
    to[len] = '\0';
    assert_int_equal(count, 2);
}

static PGresult *run(PGconn *conn, const char *sql)
{
    PGresult *done = PQexec(conn, sql);
    if (PQresultStatus(done) != PGRES_COMMAND_OK && PQresultStatus(done) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(conn));
    return done;
}

static void look_at(PGconn *conn, size_t i)
{
    char text[1000];
    char sql[1100];
    bool index = false;
    print_message("  %s\n", statements[i].name);
    number(texts[statements[i].sql], text);
    (void)snprintf(sql, sizeof sql, "PREPARE p%zu(bigint, bigint) AS %s", i, text);
    PQclear(run(conn, sql));
    (void)snprintf(sql, sizeof sql, "EXPLAIN EXECUTE p%zu(10, 1000)", i);
    PGresult *plan = run(conn, sql);
    for (int row = 0; row < PQntuples(plan); row++) {
        const char *line = PQgetvalue(plan, row, 0);
        if (strstr(line, "Seq Scan") != NULL)
            fail_msg("%s: %s", statements[i].name, line);
        index = index || strstr(line, statements[i].index) != NULL;
    }
    PQclear(plan);
    assert_true(index);
}

static void nothing_reads_the_whole_log(void **state)
{
    const suite *s = *state;
    if (!s->back_end->has_server)
        return; /* SQLite looks up one row after the other, whatever is in the table */
    PGconn *conn = PQconnectdb(s->address);
    PQclear(run(conn, fill));
    for (size_t i = 0; i < COUNT(statements); i++)
        look_at(conn, i);
    PQfinish(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_reads_the_whole_log),
    };
    return suite_run("plans", tests, COUNT(tests));
}
