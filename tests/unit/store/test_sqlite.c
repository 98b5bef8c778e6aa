/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/store/test_sqlite.c - the file of the SQLite back end: whose it is, what is refused,
 * which schema it has. What operations do is in tests/store. */
#include "store/migrations.h"
#include "store/store.h"

#include "../unit.h"
#include "store/meta.h"
#include "store/schema.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct place {
    char dir[32], path[64];
} place;

static int make_place(void **state)
{
    place *made = calloc(1, sizeof *made);
    if (made == NULL)
        return -1;
    (void)snprintf(made->dir, sizeof made->dir, "/tmp/jeton-sqlite-XXXXXX");
    assert_non_null(mkdtemp(made->dir));
    (void)snprintf(made->path, sizeof made->path, "%s/jeton.db", made->dir);
    *state = made;
    return 0;
}

static int remove_place(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    place *made = *state;
    for (size_t i = 0; i < COUNT(endings); i++) {
        char path[80];
        (void)snprintf(path, sizeof path, "%s%s", made->path, endings[i]);
        if (unlink(path) != 0)
            (void)rmdir(path);
    }
    (void)rmdir(made->dir);
    free(made);
    return 0;
}

static void write_file(const char *path, const char *bytes, size_t len, mode_t mode)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    assert_int_equal(close(fd), 0);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* Opens, migrates and closes; the first outcome that is not JETON_OK. */
static jeton_status try_store(const char *path, unsigned *applied, jeton_err *err)
{
    jd_store *store = BOGUS;
    *applied = 0;
    jeton_status status = jd_store_open(NULL, path, &store, err);
    if (status != JETON_OK) {
        assert_null(store);
        return status;
    }
    *applied = 99;
    status = jd_store_migrate(store, applied, err);
    jd_store_close(&store);
    return status;
}

static mode_t mode_of(const char *path)
{
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    return found.st_mode & 0777;
}

static void store_is_made_for_its_owner_alone(void **state)
{
    place *at = *state;
    const mode_t before = umask(0);
    jd_store *store = NULL;
    unsigned applied;
    char wal[80];
    (void)snprintf(wal, sizeof wal, "%s-wal", at->path);
    assert_int_equal(jd_store_open(NULL, at->path, &store, NULL), JETON_OK);
    assert_int_equal(jd_store_migrate(store, &applied, NULL), JETON_OK);
    assert_int_equal(mode_of(at->path), 0600);
    assert_int_equal(mode_of(wal), 0600);
    jd_store_close(&store);
    (void)umask(before);
}

static void store_that_others_could_read_is_closed_to_them(void **state)
{
    place *at = *state;
    unsigned applied;
    assert_int_equal(try_store(at->path, &applied, NULL), JETON_OK);
    assert_int_equal(chmod(at->path, 0644), 0);
    assert_int_equal(try_store(at->path, &applied, NULL), JETON_OK);
    assert_int_equal(mode_of(at->path), 0600);
}

static void migrations_are_applied_once(void **state)
{
    place *at = *state;
    unsigned applied;
    assert_int_equal(try_store(at->path, &applied, NULL), JETON_OK);
    assert_int_equal(applied, jd_sqlite_migrations.count);
    assert_int_equal(try_store(at->path, &applied, NULL), JETON_OK);
    assert_int_equal(applied, 0);
}

static void migrations_are_numbered_and_hashed(void **state)
{
    (void)state;
    assert_true(jd_sqlite_migrations.count > 0);
    for (unsigned i = 0; i < jd_sqlite_migrations.count; i++) {
        assert_int_equal(jd_sqlite_migrations.at[i].number, i + 1);
        assert_int_equal(strlen(jd_sqlite_migrations.at[i].sha256), 64);
        assert_true(strlen(jd_sqlite_migrations.at[i].sql) > 0);
    }
}

static void open_refuses_a_file_that_is_no_database(void **state)
{
    place *at = *state;
    static const struct {
        const char *why, *bytes;
        size_t len; /* with zeros behind the bytes */
    } rows[] = {
        {"a sentence", "This is a letter to my aunt.", 1024},
        {"almost the header", "SQLite format 4", 1024},
        {"the header and nothing else", "SQLite format 3", 16},
        {"two bytes", "ab", 2}, /* SQLite takes a file of one byte for an empty one */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        const size_t len = rows[i].len;
        char bytes[1024] = {0};
        memcpy(bytes, rows[i].bytes, strlen(rows[i].bytes));
        write_file(at->path, bytes, len, 0600);
        jeton_err err = {0};
        unsigned applied;
        assert_int_equal(try_store(at->path, &applied, &err), JETON_E_STORE);
        assert_non_null(strstr(err.text, "is not a store of jeton"));
        char now[1024] = {0};
        const int fd = open(at->path, O_RDONLY | O_CLOEXEC);
        assert_int_equal(read(fd, now, sizeof now), len); /* it is left as it was */
        (void)close(fd);
        assert_memory_equal(now, bytes, len);
    }
}

static void open_refuses_what_is_no_file(void **state)
{
    place *at = *state;
    unsigned applied;
    jeton_err err = {0};
    assert_int_equal(mkdir(at->path, 0700), 0);
    assert_int_equal(try_store(at->path, &applied, &err), JETON_E_STORE);
    assert_non_null(strstr(err.text, "is not a file"));
    err = (jeton_err){0};
    assert_int_equal(try_store("/no/such/folder/jeton.db", &applied, &err), JETON_E_STORE);
    assert_non_null(strstr(err.text, "cannot make"));
}

static void migrate_refuses_what_is_not_ours_or_newer(void **state)
{
    place *at = *state;
    static const struct {
        const char *why, *sql, *text;
        bool ours; /* done to a store of ours, not to an empty file */
    } rows[] = {
        {"a database of another program", "CREATE TABLE letters (text TEXT)", "another program",
         false},
        {"a newer schema", "INSERT INTO migrations VALUES (900, '0900_later', 'ff', 1)",
         "a newer one", true},
        {"a schema made by another text", "UPDATE migrations SET sha256 = 'ff' WHERE number = 1",
         "another text", true},
        {"a gap", "DELETE FROM migrations; INSERT INTO migrations VALUES (0, 'x', 'ff', 1)", "gap",
         true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        unsigned applied;
        (void)unlink(at->path);
        if (rows[i].ours)
            assert_int_equal(try_store(at->path, &applied, NULL), JETON_OK);
        run_sql(at->path, rows[i].sql);
        jeton_err err = {0};
        assert_int_equal(try_store(at->path, &applied, &err), JETON_E_STORE);
        assert_int_equal(applied, 0);
        assert_non_null(strstr(err.text, rows[i].text));
    }
}

static void store_says_busy_when_another_program_holds_it(void **state)
{
    place *at = *state;
    unsigned applied;
    assert_int_equal(try_store(at->path, &applied, NULL), JETON_OK);
    jd_store *store = NULL;
    assert_int_equal(jd_store_open(NULL, at->path, &store, NULL), JETON_OK);
    sqlite3 *other = NULL;
    assert_int_equal(sqlite3_open(at->path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    jeton_err err = {0};
    assert_int_equal(jd_store_meta_set(store, "a", jeton_str("b"), &err), JETON_E_BUSY);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    assert_int_equal(jd_store_meta_set(store, "a", jeton_str("b"), NULL), JETON_OK);
    jd_store_close(&store);
}

static void store_reports_memory_that_runs_out(void **state)
{
    place *at = *state;
    unsigned applied;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    jd_store *store = BOGUS;
    assert_int_equal(jd_store_open(ctx, at->path, &store, NULL), JETON_E_NOMEM);
    assert_null(store);
    heap.left = 1;
    assert_int_equal(jd_store_open(ctx, at->path, &store, NULL), JETON_OK);
    assert_int_equal(jd_store_migrate(store, &applied, NULL), JETON_OK);
    assert_int_equal(jd_store_meta_set(store, "a", jeton_str("b"), NULL), JETON_OK);

    jt_arena arena = jt_arena_init(ctx);
    jeton_span value = {BOGUS, 7};
    assert_int_equal(jd_store_meta_get(store, "a", &arena, &value, NULL), JETON_E_NOMEM);
    assert_null(value.ptr);
    heap.left = 1;
    assert_int_equal(jd_store_meta_get(store, "a", &arena, &value, NULL), JETON_OK);
    unit_assert_span(value, "b");
    jt_arena_done(&arena);
    jd_store_close(&store);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(store_is_made_for_its_owner_alone, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(store_that_others_could_read_is_closed_to_them, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(migrations_are_applied_once, make_place, remove_place),
        cmocka_unit_test(migrations_are_numbered_and_hashed),
        cmocka_unit_test_setup_teardown(open_refuses_a_file_that_is_no_database, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(open_refuses_what_is_no_file, make_place, remove_place),
        cmocka_unit_test_setup_teardown(migrate_refuses_what_is_not_ours_or_newer, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(store_says_busy_when_another_program_holds_it, make_place,
                                        remove_place),
        cmocka_unit_test_setup_teardown(store_reports_memory_that_runs_out, make_place,
                                        remove_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
