/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/suite.h - one suite for every back end: each test runs once for each row of
 * `back_ends` in suite.c, on a store of its own.
 */
#ifndef JD_STORE_SUITE_H
#define JD_STORE_SUITE_H

#include "../unit/unit.h"
#include "core/arena.h"
#include "core/auto.h"
#include "store/sessions.h"
#include "store/users.h"

/* A back end: how a test gets a place for an empty store, and gets rid of it. SQLite is tested
 * unless the environment names a database of PostgreSQL (JETON_TEST_POSTGRES), which then is:
 *
 *     tests/cluster/postgres.py run build/tests/store/store.users */
typedef struct suite_back_end {
    const char *name;
    void (*make)(char *address, size_t size);
    void (*remove)(const char *address);
    bool copies; /* jd_store_backup() */
    bool has_server;
    void (*run)(const char *address, const char *sql);
} suite_back_end;

/* What a test finds in *state: an empty, migrated store and an arena. */
typedef struct suite {
    const suite_back_end *back_end;
    char address[1024];
    jd_store *store;
    jt_arena arena;
} suite;

/* Closes the store and opens it again: what a test sees afterwards was kept. */
void suite_reopen(suite *s);

/* Does to the store what no operation does: statements that give no rows. */
void suite_sql(suite *s, const char *sql);

/* Runs the tests for each back end; the exit status of the program. */
int suite_run(const char *group, const struct CMUnitTest *tests, size_t count);

/* 2030-01-01T00:00:00Z, and what lies around it. */
#define NOW    ((jeton_time)1893456000000)
#define MINUTE ((jeton_time)60000)
#define DAY    (1440 * MINUTE)

/* Fixed ids that tests name things by: all bytes are `byte`. */
jd_id suite_id(uint8_t byte);

/* A user "user-<byte>" with the roles editor and reader; and a session of that user that lives for
 * DAY after NOW. Neither is added. */
jd_user suite_user(suite *s, uint8_t byte);
jd_session suite_session(uint8_t session, uint8_t user);

/* Adds them, and fails the test if that fails. */
void suite_add_user(suite *s, uint8_t byte);
uint64_t suite_add_session(suite *s, uint8_t session, uint8_t user);

#define assert_ok(call) assert_int_equal((call), JETON_OK)

#endif
