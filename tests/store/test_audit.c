/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_audit.c - the audit log: each change has its row, what failed has none, and the
 * chain holds. */
#include "store/audit.h"
#include "store/meta.h"
#include "suite.h"

static jd_audit_rows rows_after(suite *s, uint64_t n)
{
    jd_audit_rows rows = {BOGUS, 7};
    assert_ok(jd_store_audit_list(s->store, n, 1000, &s->arena, &rows, NULL));
    return rows;
}

static jd_audit_head check(suite *s)
{
    jd_audit_head head = {.n = 99};
    assert_ok(jd_store_audit_check(s->store, &head, NULL));
    return head;
}

static void assert_span(jeton_span got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.ptr, want, got.len);
}

static void audit_starts_empty_and_sound(void **state)
{
    suite *s = *state;
    assert_int_equal(rows_after(s, 0).count, 0);
    assert_int_equal(check(s).n, 0);
}

static void a_change_writes_one_row(void **state)
{
    suite *s = *state;
    const jd_audit_who who = {.actor = "me", .address = "192.0.2.9", .request = "r1"};
    const jd_id id = suite_id(1);
    char text[JD_ID_CHARS + 1];
    jd_id_print(&id, text);
    suite_add_user(s, 1);
    jd_audit_within(&who);
    const jeton_span email = jeton_str("u@example.com");
    const bool off = false;
    const jd_user_changes change = {.email = &email, .disabled = &off};
    jt_revocation entry;
    assert_ok(jd_store_user_change(s->store, &id, &change, 1, 2, &entry, NULL));
    jd_audit_within(NULL);
    suite_reopen(s);
    const jd_audit_rows rows = rows_after(s, 1);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.at[0].n, 2);
    assert_true(rows.at[0].time > 0);
    assert_span(rows.at[0].actor, "me");
    assert_span(rows.at[0].address, "192.0.2.9");
    assert_span(rows.at[0].request, "r1");
    assert_span(rows.at[0].action, "user.change");
    assert_span(rows.at[0].detail, "email enabled");
    assert_span(rows.at[0].target, text);
    assert_span(rows.at[0].outcome, "ok");
    assert_int_equal(check(s).n, 2);
}

static void a_change_that_fails_writes_none(void **state)
{
    suite *s = *state;
    const jd_id nobody = suite_id(200);
    jt_revocation entry;
    suite_add_user(s, 1);
    assert_int_equal(jd_store_user_enable(s->store, &nobody, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(jd_store_user_disable(s->store, &nobody, NOW, NOW, &entry, NULL),
                     JETON_E_NOT_FOUND);
    assert_int_equal(rows_after(s, 0).count, 1);
    /* Nor does what follows it inherit the note. */
    assert_ok(jd_store_meta_set(s->store, "x", jeton_str("y"), NULL));
    assert_int_equal(rows_after(s, 0).count, 1);
    assert_int_equal(check(s).n, 1);
}

static void reading_and_refreshing_write_none(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    const jd_rotation rotation = {.session = suite_id(11), .now = NOW, .idle_expires = NOW + DAY};
    uint64_t rev;
    jd_user user;
    const jd_id id = suite_id(1);
    assert_ok(jd_store_session_rotate(s->store, &rotation, &rev, NULL));
    assert_ok(jd_store_user_get(s->store, &id, &s->arena, &user, NULL));
    assert_int_equal(rows_after(s, 0).count, 2);
}

static void a_session_is_its_users_act(void **state)
{
    suite *s = *state;
    char user[JD_ID_CHARS + 1];
    const jd_id id = suite_id(1);
    jd_id_print(&id, user);
    suite_add_user(s, 1);
    (void)suite_add_session(s, 11, 1);
    const jd_audit_rows rows = rows_after(s, 1);
    assert_int_equal(rows.count, 1);
    assert_span(rows.at[0].action, "session.add");
    assert_span(rows.at[0].actor, user);
    assert_span(rows.at[0].address, "192.0.2.7");
}

static void a_row_without_a_change_can_be_added(void **state)
{
    suite *s = *state;
    /* Bytes that are no UTF-8, and a NUL: a stranger's name is what it is. */
    const jd_audit_row row = {.action = jeton_str("login"),
                              .target = jeton_bytes("a\0b\xff", 4),
                              .outcome = jeton_str("E_CREDENTIALS")};
    assert_ok(jd_store_audit_add(s->store, &row, NULL));
    const jd_audit_rows rows = rows_after(s, 0);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.at[0].target.len, 4);
    assert_memory_equal(rows.at[0].target.ptr, row.target.ptr, 4);
    assert_span(rows.at[0].outcome, "E_CREDENTIALS");
    assert_int_equal(check(s).n, 1);
}

static void a_batch_keeps_the_rows_of_what_it_keeps(void **state)
{
    suite *s = *state;
    const jd_id nobody = suite_id(200);
    assert_ok(jd_store_batch_begin(s->store, NULL));
    suite_add_user(s, 1);
    assert_int_equal(jd_store_user_enable(s->store, &nobody, NULL), JETON_E_NOT_FOUND);
    suite_add_user(s, 2);
    assert_ok(jd_store_batch_end(s->store, NULL));
    assert_int_equal(rows_after(s, 0).count, 2);
    assert_int_equal(check(s).n, 2);
}

static void another_key_does_not_find_the_log_sound(void **state)
{
    suite *s = *state;
    jd_audit_head head = {.n = 99};
    jeton_err err = {0};
    suite_add_user(s, 1);
    jd_store_audit_key(s->store, jeton_str("another key"));
    assert_int_equal(jd_store_audit_check(s->store, &head, &err), JETON_E_SIGNATURE);
    assert_string_equal(err.text, "row 1 is not what was written");
    assert_int_equal(head.n, 0);
}

static void audit_list_gives_pages(void **state)
{
    suite *s = *state;
    jd_audit_rows rows;
    for (uint8_t i = 1; i <= 5; i++)
        suite_add_user(s, i);
    assert_ok(jd_store_audit_list(s->store, 2, 2, &s->arena, &rows, NULL));
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.at[0].n, 3);
    assert_int_equal(rows.at[1].n, 4);
    assert_ok(jd_store_audit_list(s->store, UINT64_MAX, 2, &s->arena, &rows, NULL));
    assert_int_equal(rows.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(audit_starts_empty_and_sound),
        cmocka_unit_test(a_change_writes_one_row),
        cmocka_unit_test(a_change_that_fails_writes_none),
        cmocka_unit_test(reading_and_refreshing_write_none),
        cmocka_unit_test(a_session_is_its_users_act),
        cmocka_unit_test(a_row_without_a_change_can_be_added),
        cmocka_unit_test(a_batch_keeps_the_rows_of_what_it_keeps),
        cmocka_unit_test(another_key_does_not_find_the_log_sound),
        cmocka_unit_test(audit_list_gives_pages),
    };
    return suite_run("audit", tests, COUNT(tests));
}
