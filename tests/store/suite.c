/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/suite.c - the back ends, and what their tests share. */
#include "suite.h"
#include "store/schema.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- SQLite: a file in a folder of its own --------------------------------------------------- */

static void sqlite_make(char *address, size_t size)
{
    char dir[] = "/tmp/jeton-store-XXXXXX";
    assert_non_null(mkdtemp(dir));
    (void)snprintf(address, size, "sqlite:%s/jeton.db", dir);
}

static void sqlite_remove(const char *address)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char path[160];
    for (size_t i = 0; i < COUNT(endings); i++) {
        (void)snprintf(path, sizeof path, "%s%s", address + strlen("sqlite:"), endings[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s", address + strlen("sqlite:"));
    *strrchr(path, '/') = '\0';
    assert_int_equal(rmdir(path), 0); /* nothing else was left there */
}

static void sqlite_run(const char *address, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(address + strlen("sqlite:"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* --- PostgreSQL: a schema of its own in the database ------------------------------------------ */

static const char *database(void)
{
    return getenv("JETON_TEST_POSTGRES");
}

static void postgres_run(const char *address, const char *sql)
{
    PGconn *conn = PQconnectdb(address);
    assert_int_equal(PQstatus(conn), CONNECTION_OK);
    PGresult *done = PQexec(conn, sql);
    assert_int_equal(PQresultStatus(done), PGRES_COMMAND_OK);
    PQclear(done);
    PQfinish(conn);
}

static void run_sql(const char *before, const char *name, const char *behind)
{
    char sql[160];
    (void)snprintf(sql, sizeof sql, "%s %s %s", before, name, behind);
    postgres_run(database(), sql);
}

static void postgres_make(char *address, size_t size)
{
    static unsigned made;
    char name[40];
    (void)snprintf(name, sizeof name, "store_%ld_%u", (long)getpid(), ++made);
    run_sql("CREATE SCHEMA", name, "");
    (void)snprintf(address, size, "%s&options=-csearch_path%%3D%s", database(), name);
}

static void postgres_remove(const char *address)
{
    run_sql("SET client_min_messages = error; DROP SCHEMA", strstr(address, "%3D") + strlen("%3D"),
            "CASCADE");
}

static const suite_back_end sqlite = {"sqlite", sqlite_make, sqlite_remove,
                                      true,     false,       sqlite_run};
static const suite_back_end postgres = {"postgres", postgres_make, postgres_remove,
                                        false,      true,          postgres_run};

/* --- one test -------------------------------------------------------------------------------- */

static void open_store(suite *s)
{
    unsigned applied;
    assert_ok(jd_store_open(NULL, s->address, &s->store, NULL));
    assert_ok(jd_store_migrate(s->store, &applied, NULL));
}

void suite_reopen(suite *s)
{
    jd_store_close(&s->store);
    assert_null(s->store);
    open_store(s);
}

static const suite_back_end *current; /* cmocka hands nothing to a set-up but its own pointer */

static int set_up(void **state)
{
    suite *made = calloc(1, sizeof *made);
    if (made == NULL)
        return -1;
    made->back_end = current;
    current->make(made->address, sizeof made->address);
    open_store(made);
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    suite *made = *state;
    jd_store_close(&made->store);
    jt_arena_done(&made->arena);
    made->back_end->remove(made->address);
    free(made);
    return 0;
}

void suite_sql(suite *s, const char *sql)
{
    s->back_end->run(s->address, sql);
}

int suite_run(const char *group, const struct CMUnitTest *tests, size_t count)
{
    int failed = 0;
    struct CMUnitTest *with_store = calloc(count, sizeof *with_store);
    if (with_store == NULL)
        return 1;
    for (size_t i = 0; i < count; i++) {
        with_store[i] = tests[i];
        with_store[i].setup_func = set_up;
        with_store[i].teardown_func = tear_down;
    }
    char name[64];
    current = database() != NULL ? &postgres : &sqlite;
    (void)snprintf(name, sizeof name, "%s on %s", group, current->name);
    failed += _cmocka_run_group_tests(name, with_store, count, NULL, NULL);
    free(with_store);
    return failed;
}

/* --- users and sessions ---------------------------------------------------------------------- */

jd_id suite_id(uint8_t byte)
{
    jd_id id;
    memset(id.bytes, byte, sizeof id.bytes);
    return id;
}

jd_user suite_user(suite *s, uint8_t byte)
{
    static const jeton_span roles[] = {{(const uint8_t *)"reader", 6},
                                       {(const uint8_t *)"editor", 6}};
    char name[16];
    (void)snprintf(name, sizeof name, "User-%03u", byte);
    return (jd_user){
        .id = suite_id(byte),
        .name = jeton_str(jt_arena_text(&s->arena, jeton_str(name))),
        .password = jeton_str("$argon2id$first"),
        .roles = roles,
        .role_count = COUNT(roles),
        .created = NOW,
    };
}

jd_session suite_session(uint8_t session, uint8_t user)
{
    return (jd_session){
        .id = suite_id(session),
        .user = suite_id(user),
        .client = jeton_str("web"),
        .sealed_key = {(const uint8_t *)"sealed\0key", 10},
        .created = NOW,
        .idle_expires = NOW + DAY,
        .expires = NOW + 2 * DAY,
        .auth_time = NOW - MINUTE,
        .device = jeton_str("Firefox on a ship"),
        .address = jeton_str("192.0.2.7"),
    };
}

void suite_add_user(suite *s, uint8_t byte)
{
    const jd_user user = suite_user(s, byte);
    assert_ok(jd_store_user_add(s->store, &user, NULL));
}

uint64_t suite_add_session(suite *s, uint8_t session, uint8_t user)
{
    const jd_session added = suite_session(session, user);
    uint64_t rev = 99;
    assert_ok(jd_store_session_add(s->store, &added, &rev, NULL));
    return rev;
}
