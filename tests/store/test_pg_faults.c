/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_pg_faults.c - PostgreSQL fails at each point of an operation: the connection
 * breaks before a statement, before the commit, and before its answer; the server refuses with each
 * of the SQLSTATEs that mean something to us. An operation that says it failed has done nothing, or
 * says that nobody knows; one that says it worked is there; and the store goes on afterwards.
 *
 * Also: how many answers an operation waits for.
 */
#include "faulty_wire.h"
#include "operations.h"
#include "store/schema.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <sys/time.h>

#define MOST 100U /* places in one operation */

static const char nobody_knows[] = "nobody knows";

/* The store of the suite, and a way to it on which something fails. */
typedef struct faulty {
    suite *direct;
    suite via; /* the same tables */
    faulty_wire *wire;
} faulty;

static void open_faulty(suite *s, faulty *of)
{
    const jd_store_limits limits = {.connections = 1, .milliseconds = 20000};
    *of = (faulty){.direct = s, .via = {.back_end = s->back_end}};
    of->wire = faulty_wire_open(s->address, of->via.address, sizeof of->via.address);
    assert_ok(jd_store_open_within(NULL, of->via.address, &limits, &of->via.store, NULL));
}

static void empty(suite *s)
{
    jd_store_close(&s->store);
    s->back_end->remove(s->address);
    s->back_end->make(s->address, sizeof s->address);
    suite_reopen(s);
}

static void close_faulty(faulty *of)
{
    jd_store_close(&of->via.store);
    faulty_wire_close(&of->wire);
    jt_arena_done(&of->via.arena);
}

/* --- a connection that is cut ---------------------------------------------------------------- */

/* What came of the tries: all of these have to happen. */
typedef struct tally {
    unsigned failed, unknown_done, unknown_undone;
} tally;

/* One try with the cut at place `after`; whether it came to that. */
static bool try_once(faulty *of, const operation *op, faulty_way way, uint8_t byte, unsigned after,
                     tally *counts)
{
    jeton_err err = {0};
    op->prepare(&of->via, byte);
    const uint64_t before = operations_head(of->direct);
    faulty_wire_arm(of->wire, way, after);
    const jeton_status status = op->run(&of->via, byte, &err);
    const bool fired = faulty_wire_disarm(of->wire);
    const bool done = op->is_done(of->direct, byte);
    const bool unknown = strstr(err.text, nobody_knows) != NULL;

    assert_true(status == JETON_OK || status == JETON_E_STORE);
    if (status == JETON_OK)
        assert_true(done);
    else
        assert_true(!done || unknown);
    if (!done)
        assert_int_equal(operations_head(of->direct), before);
    if (!fired)
        assert_int_equal(status, JETON_OK);
    counts->failed += status != JETON_OK && !unknown;
    counts->unknown_done += unknown && done;
    counts->unknown_undone += unknown && !done;
    /* The same again: nothing is in its way, and nothing is done twice. */
    assert_int_equal(op->run(&of->via, byte, NULL), done ? op->again : JETON_OK);
    assert_true(op->is_done(of->direct, byte));
    return fired;
}

static unsigned try_all(faulty *of, const operation *op, faulty_way way, uint8_t *byte,
                        tally *counts)
{
    for (unsigned after = 0; after < MOST; after++)
        if (!try_once(of, op, way, ++*byte, after, counts))
            return after;
    fail_msg("the connection is cut for ever");
    return MOST;
}

static void an_operation_is_whole_or_not_there_when_the_connection_is_cut(void **state)
{
    for (size_t i = 0; i < operation_count; i++) {
        const operation *op = &operations[i];
        suite *s = *state;
        faulty of;
        tally counts = {0};
        uint8_t byte = 0;
        empty(s);
        open_faulty(s, &of);
        const unsigned up = try_all(&of, op, FAULTY_UP, &byte, &counts);
        const unsigned down = try_all(&of, op, FAULTY_DOWN, &byte, &counts);
        print_message("  %s: cut at %u places up and %u down; %u plain failures, %u not known\n",
                      op->name, up, down, counts.failed,
                      counts.unknown_done + counts.unknown_undone);
        assert_true(counts.failed > 0 && counts.unknown_done > 0 && counts.unknown_undone > 0);
        operations_assert_sound(s);
        close_faulty(&of);
    }
}

/* --- what is waited for ---------------------------------------------------------------------- */

static jeton_status read_user(suite *s, uint8_t byte, jeton_err *err)
{
    jd_user user;
    const jd_id id = suite_id(byte);
    return jd_store_user_get(s->store, &id, &s->arena, &user, err);
}

static jeton_status read_session(suite *s, uint8_t byte, jeton_err *err)
{
    jd_session_view view;
    const jd_id id = suite_id(byte);
    return jd_store_session_get(s->store, &id, &s->arena, &view, err);
}

/* What of these is waited for: a read's end is sent, and nobody waits for its answer. */
static const struct {
    const char *name, *operation; /* of the table, or */
    jeton_status (*run)(suite *s, uint8_t byte, jeton_err *err);
    unsigned syncs, quiet;
} waits[] = {
    {"a user is read", NULL, read_user, 2, 1},
    {"a session is read", NULL, read_session, 2, 1},
    {"a session is rotated", "a session is rotated", NULL, 2, 0},
    {"a session is begun", "a session is begun", NULL, 2, 0},
    {"a session is ended", "a session is ended", NULL, 3, 0},
    {"a user is disabled", "a user is disabled", NULL, 4, 0},
};

static void add_both(suite *s, uint8_t byte)
{
    suite_add_user(s, byte);
    (void)suite_add_session(s, byte, byte);
}

static const operation *find_operation(const char *name)
{
    for (size_t i = 0; i < operation_count; i++)
        if (strcmp(operations[i].name, name) == 0)
            return &operations[i];
    fail_msg("there is no operation: %s", name);
    return NULL;
}

/* Of a store that is opened, runs the operation so many times, and is closed. */
static unsigned count_syncs(suite *s, size_t row, uint8_t times)
{
    const operation *op = waits[row].run == NULL ? find_operation(waits[row].operation) : NULL;
    faulty of;
    for (uint8_t byte = 1; byte <= times; byte++)
        (op != NULL ? op->prepare : add_both)(s, byte);
    open_faulty(s, &of);
    for (uint8_t byte = 1; byte <= times; byte++)
        assert_ok((op != NULL ? op->run : waits[row].run)(&of.via, byte, NULL));
    jd_store_close(&of.via.store);
    const unsigned syncs = faulty_wire_syncs(of.wire);
    close_faulty(&of);
    return syncs;
}

static void an_operation_waits_for_few_answers(void **state)
{
    for (size_t i = 0; i < COUNT(waits); i++) {
        unsigned syncs[2];
        for (uint8_t times = 1; times <= 2; times++) {
            empty(*state);
            syncs[times - 1] = count_syncs(*state, i, times);
        }
        const unsigned more = syncs[1] - syncs[0];
        print_message("  %s: %u\n", waits[i].name, more - waits[i].quiet);
        assert_int_equal(more, waits[i].syncs);
    }
}

/* --- a server that refuses ------------------------------------------------------------------- */

static PGconn *administrator; /* of the tables at that address */
static char administered[1024];

static void run_sql(const suite *s, const char *sql)
{
    if (strcmp(administered, s->address) != 0) {
        PQfinish(administrator);
        administrator = PQconnectdb(s->address);
        PQclear(PQexec(administrator, "SET synchronous_commit = off"));
        (void)snprintf(administered, sizeof administered, "%s", s->address);
    }
    PGresult *done = PQexec(administrator, sql);
    if (PQresultStatus(done) != PGRES_COMMAND_OK && PQresultStatus(done) != PGRES_TUPLES_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(administrator));
    PQclear(done);
}

static const char no_trigger[] = "SET client_min_messages = error; "
                                 "DROP FUNCTION IF EXISTS fail() CASCADE; "
                                 "DROP SEQUENCE IF EXISTS tries";

/* The next `times` changes of a session fail with this SQLSTATE, at once or when they commit. */
static void refuse_sessions(const suite *s, const char *sqlstate, unsigned times, bool at_commit)
{
    char sql[700];
    (void)snprintf(sql, sizeof sql,
                   "%s; CREATE SEQUENCE tries; CREATE FUNCTION fail() RETURNS trigger "
                   "LANGUAGE plpgsql AS $$ BEGIN IF nextval('tries') <= %u THEN RAISE EXCEPTION "
                   "'as told' USING ERRCODE = '%s'; END IF; RETURN NEW; END $$; "
                   "CREATE %s TRIGGER fail AFTER INSERT OR UPDATE ON sessions %s "
                   "FOR EACH ROW EXECUTE FUNCTION fail()",
                   no_trigger, times, sqlstate, at_commit ? "CONSTRAINT" : "",
                   at_commit ? "DEFERRABLE INITIALLY DEFERRED" : "");
    run_sql(s, sql);
}

static const struct {
    const char *sqlstate;
    jeton_status status;
    const char *says;
    bool retried, at_commit;
} refusals[] = {
    {"40001", JETON_E_BUSY, "others change the same", true, true},
    {"40P01", JETON_E_BUSY, "others change the same", true, true},
    {"55P03", JETON_E_BUSY, "others hold it for too long", false, false},
    {"57014", JETON_E_BUSY, "it takes too long", false, false},
    {"53100", JETON_E_STORE, "PostgreSQL's disk is full", false, true},
    {"53200", JETON_E_STORE, "PostgreSQL is out of memory", false, false},
    {"53300", JETON_E_BUSY, "PostgreSQL has no connection left", false, false},
    {"53400", JETON_E_STORE, "PostgreSQL has not what it needs", false, false},
    {"25006", JETON_E_STORE, "PostgreSQL cannot write here", false, false},
    {"57P01", JETON_E_STORE, "PostgreSQL is being shut down", false, true},
    {"57P02", JETON_E_STORE, "PostgreSQL is being shut down", false, false},
    {"58030", JETON_E_STORE, "PostgreSQL cannot read or write its files", false, false},
    {"XX001", JETON_E_STORE, "PostgreSQL finds its data damaged", false, false},
    {"42501", JETON_E_STORE, "PostgreSQL does not permit it to this user", false, false},
    {"42P01", JETON_E_STORE, "a table is missing in the database", false, false},
    {"P0001", JETON_E_STORE, "PostgreSQL says P0001", false, false},
};

/* As many failures as are tried over, and one more. */
static void judge_refusal(suite *s, const operation *op, size_t row, bool at_commit, uint8_t *byte)
{
    const bool retried = refusals[row].retried;
    /* A server that says at the commit that it ends may have been past it. */
    const bool ends = at_commit && strncmp(refusals[row].sqlstate, "57P", 3) == 0;
    for (unsigned times = retried ? 2 : 1; times <= (retried ? 3 : 1); times++) {
        jeton_err err = {0};
        const bool holds = retried && times == 2;
        run_sql(s, no_trigger);
        op->prepare(s, ++*byte);
        const uint64_t before = operations_head(s);
        refuse_sessions(s, refusals[row].sqlstate, times, at_commit);
        assert_int_equal(op->run(s, *byte, &err), holds ? JETON_OK : refusals[row].status);
        assert_int_equal(op->is_done(s, *byte), holds);
        if (!holds) {
            assert_non_null(strstr(err.text, ends ? nobody_knows : refusals[row].says));
            assert_int_equal(operations_head(s), before);
            assert_ok(op->run(s, *byte, NULL)); /* the server is well again */
        }
    }
}

static void what_the_server_refuses_is_said_and_undone(void **state)
{
    static const char *const names[] = {"a session is rotated", "a user is disabled"};
    suite *s = *state;
    for (size_t i = 0; i < COUNT(names); i++) {
        uint8_t byte = 0;
        empty(s);
        for (size_t row = 0; row < COUNT(refusals); row++) {
            print_message("  %s: %s\n", names[i], refusals[row].sqlstate);
            judge_refusal(s, find_operation(names[i]), row, false, &byte);
            if (refusals[row].at_commit)
                judge_refusal(s, find_operation(names[i]), row, true, &byte);
        }
        run_sql(s, no_trigger);
        operations_assert_sound(s);
    }
}

/* Rows of the logs are sent and not waited for: what comes of them is heard with the next answer.
 */
static void what_nobody_waited_for_undoes_the_operation_too(void **state)
{
    static const char *const tables[] = {"audit", "log", "audit_head"};
    suite *s = *state;
    uint8_t byte = 0;
    for (size_t i = 0; i < COUNT(tables); i++) {
        char sql[500];
        jeton_err err = {0};
        const operation *op = find_operation("a session is ended");
        print_message("  %s\n", tables[i]);
        op->prepare(s, ++byte);
        (void)snprintf(sql, sizeof sql,
                       "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                       "RAISE EXCEPTION 'as told' USING ERRCODE = '53100'; END $$; "
                       "CREATE TRIGGER fail BEFORE INSERT OR UPDATE ON %s "
                       "FOR EACH ROW EXECUTE FUNCTION fail()",
                       tables[i]);
        run_sql(s, sql);
        assert_int_equal(op->run(s, byte, &err), JETON_E_STORE);
        assert_non_null(strstr(err.text, "disk is full"));
        run_sql(s, no_trigger);
        assert_false(op->is_done(s, byte));
        assert_ok(op->run(s, byte, NULL));
    }
    operations_assert_sound(s);
}

/* In a batch the failure comes to light when the next operation is under way, or at the end: those
 * before it must not stay, since their callers are told that nothing has happened. */
static void what_nobody_waited_for_undoes_the_batch(void **state)
{
    suite *s = *state;
    const operation *op = find_operation("a session is ended");
    for (uint8_t byte = 1; byte <= 4; byte++)
        op->prepare(s, byte);
    assert_ok(jd_store_batch_begin(s->store, NULL));
    assert_ok(op->run(s, 1, NULL));
    assert_ok(jd_store_batch_end(s->store, NULL)); /* it does without the trigger */
    run_sql(s, "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
               "EXCEPTION 'as told' USING ERRCODE = '53100'; END $$; CREATE TRIGGER fail BEFORE "
               "INSERT ON audit FOR EACH ROW EXECUTE FUNCTION fail()");
    for (unsigned more = 0; more < 2; more++) {
        jeton_err err = {0};
        assert_ok(jd_store_batch_begin(s->store, NULL));
        (void)op->run(s, 2, NULL);
        if (more > 0)
            assert_int_equal(op->run(s, 3, NULL), JETON_E_STORE);
        assert_int_equal(jd_store_batch_end(s->store, &err), JETON_E_STORE);
        assert_true(err.text[0] != '\0');
    }
    run_sql(s, no_trigger);
    assert_true(op->is_done(s, 1));
    assert_false(op->is_done(s, 2));
    assert_false(op->is_done(s, 3));
    assert_ok(op->run(s, 4, NULL));
    operations_assert_sound(s);
}

/* --- connections, locks, tables -------------------------------------------------------------- */

static const char end_others[] = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                                 "WHERE application_name = 'jeton' AND pid <> pg_backend_pid()";

static void connections_that_the_server_ended_are_made_anew(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    run_sql(s, end_others);
    suite_add_user(s, 2);
    assert_ok(jd_store_batch_begin(s->store, NULL));
    suite_add_user(s, 3);
    run_sql(s, end_others);
    const jd_user user = suite_user(s, 4);
    jeton_err err = {0};
    assert_int_equal(jd_store_user_add(s->store, &user, &err), JETON_E_STORE);
    assert_true(err.text[0] != '\0');
    assert_int_equal(jd_store_batch_end(s->store, NULL), JETON_E_STORE);
    assert_int_equal(read_user(s, 3, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(read_user(s, 4, NULL), JETON_E_NOT_FOUND);
    assert_ok(read_user(s, 2, NULL));
    operations_assert_sound(s);
}

static void a_lock_that_another_keeps_is_waited_for_and_told(void **state)
{
    suite *s = *state;
    const jd_store_limits limits = {.connections = 1, .milliseconds = 200};
    suite quick = {.back_end = s->back_end};
    const operation *op = find_operation("a session is rotated");
    op->prepare(s, 1);
    assert_ok(jd_store_open_within(NULL, s->address, &limits, &quick.store, NULL));
    PGconn *other = PQconnectdb(s->address);
    PQclear(PQexec(other, "BEGIN; LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE"));
    jeton_err err = {0};
    assert_int_equal(op->run(&quick, 1, &err), JETON_E_BUSY);
    assert_non_null(strstr(err.text, "others hold it for too long"));
    assert_int_equal(read_session(&quick, 1, &err), JETON_E_BUSY);
    PQclear(PQexec(other, "ROLLBACK"));
    PQfinish(other);
    assert_ok(op->run(&quick, 1, NULL));
    jd_store_close(&quick.store);
    jt_arena_done(&quick.arena);
}

/* Tables that are not there, and a schema that this program does not know. */
static void a_database_that_is_not_as_it_was_is_told(void **state)
{
    static const struct {
        const char *sql, *says;
    } changes[] = {
        {"ALTER TABLE sessions RENAME TO elsewhere", "a table is missing in the database"},
        {"ALTER TABLE elsewhere RENAME TO sessions; ALTER TABLE sessions RENAME client TO other",
         "a column is missing in the database"},
    };
    suite *s = *state;
    for (size_t i = 0; i < COUNT(changes); i++) {
        jeton_err err = {0};
        run_sql(s, changes[i].sql);
        suite_reopen(s); /* what was prepared would be found all the same */
        assert_int_equal(read_session(s, 1, &err), JETON_E_STORE);
        assert_non_null(strstr(err.text, changes[i].says));
    }
    jeton_err err = {0};
    unsigned applied = 9;
    run_sql(s, "INSERT INTO migrations (number, name, sha256, applied) "
               "SELECT max(number) + 1, 'later', 'x', 0 FROM migrations");
    assert_int_equal(jd_store_migrate(s->store, &applied, &err), JETON_E_STORE);
    assert_int_equal(applied, 0);
    assert_non_null(strstr(err.text, "it was used by a newer one"));
}

/* --- doors that are shut --------------------------------------------------------------------- */

static void with_parameter(const suite *s, const char *parameter, char url[1200])
{
    (void)snprintf(url, 1200, "%s&%s", s->address, parameter);
}

static const struct {
    const char *why, *parameter, *says;
} doors[] = {
    {"a wrong password", "password=wrong", "password authentication failed"},
    {"a database that is not there", "dbname=elsewhere", "database \"elsewhere\" does not exist"},
    {"a user who is not there", "user=nobody", "password authentication failed"},
    {"a schema that is not there", "options=-csearch_path%3Delsewhere",
     "the database has no schema of the search_path"},
    {"transactions that only read", "options=-cdefault_transaction_read_only%3Don",
     "session is read-only"},
    {"a plain server where TLS is asked for", "sslmode=require&host=127.0.0.1&port=1",
     "Connection refused"},
};

static void a_door_that_is_shut_says_why(void **state)
{
    suite *s = *state;
    for (size_t i = 0; i < COUNT(doors); i++) {
        char url[1200];
        jd_store *store = BOGUS;
        jeton_err err = {0};
        with_parameter(s, doors[i].parameter, url);
        print_message("  %s\n", doors[i].why);
        assert_int_equal(jd_store_open(NULL, url, &store, &err), JETON_E_STORE);
        assert_null(store);
        if (strstr(err.text, doors[i].says) == NULL)
            fail_msg("%s", err.text);
        assert_null(strstr(err.text, "wrong"));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_operation_is_whole_or_not_there_when_the_connection_is_cut),
        cmocka_unit_test(an_operation_waits_for_few_answers),
        cmocka_unit_test(what_the_server_refuses_is_said_and_undone),
        cmocka_unit_test(what_nobody_waited_for_undoes_the_operation_too),
        cmocka_unit_test(what_nobody_waited_for_undoes_the_batch),
        cmocka_unit_test(connections_that_the_server_ended_are_made_anew),
        cmocka_unit_test(a_lock_that_another_keeps_is_waited_for_and_told),
        cmocka_unit_test(a_database_that_is_not_as_it_was_is_told),
        cmocka_unit_test(a_door_that_is_shut_says_why),
    };
    if (getenv("JETON_TEST_POSTGRES") == NULL) {
        print_error("JETON_TEST_POSTGRES does not name a database\n");
        return 1;
    }
    const int failed = suite_run("faults of PostgreSQL", tests, COUNT(tests));
    PQfinish(administrator);
    return failed;
}
