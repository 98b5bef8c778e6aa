/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_backup.c - a copy holds what was there, and going on from one refuses what was
 * issued before. */
#include "store/backup.h"
#include "store/log.h"
#include "store/passwords.h"
#include "store/schema.h"
#include "suite.h"

#include <stdio.h>
#include <unistd.h>

static void copy_of(suite *s, char *path, size_t size)
{
    (void)snprintf(path, size, "%s.copy", s->address + strlen("sqlite:"));
    assert_ok(jd_store_backup(s->store, path, NULL));
}

static void a_database_with_tools_of_its_own_is_left_to_them(suite *s)
{
    jeton_err err = {0};
    assert_int_equal(jd_store_backup(s->store, "/nowhere/copy", &err), JETON_E_UNSUPPORTED);
    assert_non_null(strstr(err.text, "pg_dump"));
}

static void a_copy_holds_the_moment_it_was_made(void **state)
{
    suite *s = *state;
    if (!s->back_end->copies) {
        a_database_with_tools_of_its_own_is_left_to_them(s);
        return;
    }
    char path[160];
    unsigned applied = 99;
    jd_user user;
    const jd_id one = suite_id(1);
    const jd_id two = suite_id(2);
    suite_add_user(s, 1);
    copy_of(s, path, sizeof path);
    suite_add_user(s, 2);
    jd_store *copy = NULL;
    assert_ok(jd_store_open(NULL, path, &copy, NULL));
    assert_ok(jd_store_migrate(copy, &applied, NULL));
    assert_int_equal(applied, 0);
    assert_ok(jd_store_user_get(copy, &one, &s->arena, &user, NULL));
    assert_int_equal(jd_store_user_get(copy, &two, &s->arena, &user, NULL), JETON_E_NOT_FOUND);
    jd_store_close(&copy);
    assert_int_equal(unlink(path), 0);
}

static void a_copy_does_not_take_the_place_of_a_file(void **state)
{
    suite *s = *state;
    if (!s->back_end->copies)
        return;
    char path[160];
    jeton_err err = {0};
    copy_of(s, path, sizeof path);
    assert_int_equal(jd_store_backup(s->store, path, &err), JETON_E_SYSTEM);
    assert_int_equal(err.status, JETON_E_SYSTEM);
    assert_int_equal(unlink(path), 0);
}

static void restarting_goes_far_ahead_and_ends_everything(void **state)
{
    suite *s = *state;
    const jd_id user = suite_id(1);
    const jd_id session = suite_id(11);
    const uint8_t digest[JD_RESET_DIGEST] = {1};
    const jeton_span code = jeton_bytes(digest, sizeof digest);
    jd_session_view view;
    jd_user found;
    jd_entries entries;
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    assert_ok(jd_store_reset_put(s->store, &user, code, NOW + DAY, NULL));
    assert_ok(jd_store_restart(s->store, 1000, NOW, NOW + DAY, NULL));
    suite_reopen(s);
    assert_ok(jd_store_log_after(s->store, 0, 10, &s->arena, &entries, NULL));
    assert_int_equal(entries.count, 1);
    assert_int_equal(entries.at[0].kind, JT_REVOKED_ALL);
    assert_true(entries.at[0].n > 1000 + UINT32_MAX);
    assert_ok(jd_store_session_get(s->store, &session, &s->arena, &view, NULL));
    assert_int_equal(view.session.ended, NOW);
    assert_int_equal(jd_store_reset_find(s->store, code, NOW, &s->arena, &found, NULL),
                     JETON_E_NOT_FOUND);
}

static void a_sound_store_is_found_so_beside_its_owner(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    jd_store *beside = NULL;
    assert_ok(jd_store_open(NULL, s->address, &beside, NULL));
    assert_ok(jd_store_check(beside, NULL));
    suite_add_user(s, 2);
    assert_ok(jd_store_check(beside, NULL));
    jd_store_close(&beside);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_store_is_found_so_beside_its_owner),
        cmocka_unit_test(a_copy_holds_the_moment_it_was_made),
        cmocka_unit_test(a_copy_does_not_take_the_place_of_a_file),
        cmocka_unit_test(restarting_goes_far_ahead_and_ends_everything),
    };
    return suite_run("backup", tests, COUNT(tests));
}
