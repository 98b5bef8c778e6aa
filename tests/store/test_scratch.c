/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_scratch.c - a scratch store beside one that is in use: neither knows of the
 * other, and nothing of it stays. */
#include "suite.h"

#include "store/log.h"
#include "store/schema.h"
#include "store/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/jeton-scratch-XXXXXX";

/* In the same database; of SQLite a file, which is nobody else's anyway. */
static const char *address_of(const suite *s)
{
    return strncmp(s->address, "postgres", strlen("postgres")) == 0 ? s->address : "sqlite";
}

static void add_entry(jd_store *store)
{
    jeton_err err = {0};
    jt_revocation entry = {.kind = JT_REVOKED_SESSION, .expires = NOW};
    assert_ok(jd_store_log_add(store, &entry, &err));
}

static uint64_t head_of(jd_store *store)
{
    uint64_t head = 99;
    assert_ok(jd_store_log_head(store, &head, NULL));
    return head;
}

static unsigned schema_of(const jd_scratch *scratch)
{
    jd_store *store = NULL;
    jd_schema schema = {.has = 99};
    assert_ok(jd_scratch_open(scratch, 1, &store, NULL));
    assert_ok(jd_store_schema(store, &schema, NULL));
    jd_store_close(&store);
    return schema.has;
}

static void a_scratch_store_is_empty_and_touches_no_other(void **state)
{
    suite *s = *state;
    jeton_err err = {0};
    jd_store *store = NULL;
    jd_scratch scratch;
    add_entry(s->store);
    add_entry(s->store);
    memset(&scratch, 0xff, sizeof scratch);
    assert_ok(jd_scratch_make(address_of(s), folder, &scratch, &err));
    assert_ok(jd_scratch_open(&scratch, 2, &store, &err));
    assert_int_equal(head_of(store), 0);
    add_entry(store);
    assert_int_equal(head_of(store), 1);
    jd_store_close(&store);
    assert_int_equal(head_of(s->store), 2);
    assert_ok(jd_scratch_drop(&scratch, &err));
    assert_int_equal(head_of(s->store), 2);
}

static void nothing_of_it_stays_when_it_is_dropped(void **state)
{
    const suite *s = *state;
    jeton_err err = {0};
    jd_scratch scratch;
    assert_ok(jd_scratch_make(address_of(s), folder, &scratch, &err));
    assert_true(schema_of(&scratch) > 0);
    const jd_scratch again = scratch;
    assert_ok(jd_scratch_drop(&scratch, &err));
    assert_null(scratch.address);
    assert_ok(jd_scratch_drop(&scratch, &err)); /* there is none */
    if (again.address == NULL)
        assert_int_equal(unlink(again.file.chars), 0); /* the folder's owner does that */
    assert_int_equal(schema_of(&again), 0);            /* it was made anew by opening it */
    jd_scratch once_more = again;
    assert_ok(jd_scratch_drop(&once_more, &err));
}

static void two_have_two_names(void **state)
{
    const suite *s = *state;
    jeton_err err = {0};
    jd_scratch one;
    jd_scratch other;
    if (strcmp(address_of(s), "sqlite") == 0)
        return; /* a folder has one */
    assert_ok(jd_scratch_make(s->address, folder, &one, &err));
    assert_ok(jd_scratch_make(s->address, folder, &other, &err));
    assert_string_not_equal(one.schema, other.schema);
    assert_ok(jd_scratch_drop(&one, &err));
    assert_true(schema_of(&other) > 0);
    assert_ok(jd_scratch_drop(&other, &err));
}

static const struct {
    const char *why, *address;
    jeton_status want;
} refused[] = {
    {"nothing", "", JETON_E_ARGUMENT},
    {"another database", "mysql://jeton@db/jeton", JETON_E_ARGUMENT},
    {"a file of somebody's choice", "sqlite:/tmp/jeton.db", JETON_E_ARGUMENT},
    {"a socket that is not there", "postgres://jeton@/jeton?host=/nowhere/at/all", JETON_E_STORE},
};

static void there_is_none_where_none_can_be(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jeton_err err = {0};
        jd_scratch scratch;
        memset(&scratch, 0xff, sizeof scratch);
        assert_int_equal(jd_scratch_make(refused[i].address, folder, &scratch, &err),
                         refused[i].want);
        assert_int_equal(err.status, refused[i].want);
        assert_null(scratch.address);
        assert_int_equal(scratch.schema[0], '\0');
        assert_int_equal(scratch.file.chars[0], '\0');
    }
}

static void remove_folder(void)
{
    static const char *const ends[] = {"", "-wal", "-shm"};
    char path[64];
    for (size_t i = 0; i < COUNT(ends); i++) {
        (void)snprintf(path, sizeof path, "%s/bench.db%s", folder, ends[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scratch_store_is_empty_and_touches_no_other),
        cmocka_unit_test(nothing_of_it_stays_when_it_is_dropped),
        cmocka_unit_test(two_have_two_names),
        cmocka_unit_test(there_is_none_where_none_can_be),
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    const int failed = suite_run("scratch", tests, COUNT(tests));
    remove_folder();
    return failed;
}
