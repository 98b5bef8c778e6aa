/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_passwords.c - passwords changed by their owner or by a one-time code, and users
 * who must change theirs. */
#include "store/log.h"
#include "store/passwords.h"
#include "store/purge.h"
#include "suite.h"

static const char code_bytes[2][JD_RESET_DIGEST] = {"code of the first", "code of another one"};

static jeton_span code(int which)
{
    return jeton_bytes(code_bytes[which], JD_RESET_DIGEST);
}

static jd_user user_now(suite *s, uint8_t byte)
{
    const jd_id id = suite_id(byte);
    jd_user user;
    assert_ok(jd_store_user_get(s->store, &id, &s->arena, &user, NULL));
    return user;
}

static jd_password_change change_of(uint8_t byte, uint64_t n, const char *hash)
{
    return (jd_password_change){.user = suite_id(byte),
                                .password_n = n,
                                .password = jeton_str(hash),
                                .now = NOW,
                                .expires = NOW + DAY};
}

static jeton_status set(suite *s, const jd_password_change *change, jd_entries *entries)
{
    *entries = (jd_entries){BOGUS, 99};
    const jeton_status status = jd_store_password_set(s->store, change, &s->arena, entries, NULL);
    if (status != JETON_OK)
        assert_int_equal(entries->count, 0);
    return status;
}

static void a_change_counts_up_and_ends_the_other_sessions(void **state)
{
    suite *s = *state;
    jd_entries entries;
    const jd_id keep = suite_id(21);
    suite_add_user(s, 1);
    suite_add_user(s, 2);
    suite_add_session(s, 20, 1);
    suite_add_session(s, 21, 1);
    suite_add_session(s, 22, 2);
    jd_password_change change = change_of(1, 0, "the new hash");
    change.keep = &keep;
    assert_ok(set(s, &change, &entries));
    assert_int_equal(entries.count, 1);
    assert_int_equal(entries.at[0].kind, JT_REVOKED_SESSION);
    assert_int_equal(entries.at[0].id[0], 20);
    suite_reopen(s);
    unit_assert_span(user_now(s, 1).password, "the new hash");
    assert_int_equal(user_now(s, 1).password_n, 1);
    jd_session_view view;
    assert_ok(jd_store_session_get(s->store, &keep, &s->arena, &view, NULL));
    assert_int_equal(view.session.ended, 0);

    /* Who read the old count has lost. */
    change.password = jeton_str("a third hash");
    assert_int_equal(set(s, &change, &entries), JETON_E_CREDENTIALS);
    unit_assert_span(user_now(s, 1).password, "the new hash");
    change.password_n = 1;
    change.keep = NULL;
    assert_ok(set(s, &change, &entries));
    assert_int_equal(entries.count, 1);
    change = change_of(9, 0, "of nobody");
    assert_int_equal(set(s, &change, &entries), JETON_E_CREDENTIALS);
}

static void a_session_begins_only_with_the_password_that_was_checked(void **state)
{
    suite *s = *state;
    jd_entries entries;
    uint64_t rev;
    suite_add_user(s, 1);
    jd_session session = suite_session(20, 1);
    const jd_id id = suite_id(1);
    const jd_user before = user_now(s, 1);
    const jd_password_change change = change_of(1, 0, "the new hash");
    assert_ok(set(s, &change, &entries));
    assert_int_equal(jd_store_session_add(s->store, &session, &rev, NULL), JETON_E_CREDENTIALS);
    /* and a better hash of the old password does not undo the change */
    assert_int_equal(
        jd_store_user_rehash(s->store, &id, before.password, jeton_str("better"), NULL),
        JETON_E_CREDENTIALS);
    session.password_n = 1;
    assert_ok(jd_store_session_add(s->store, &session, &rev, NULL));
    /* while hashing the same password anew is no change */
    assert_ok(jd_store_user_rehash(s->store, &id, change.password, jeton_str("better"), NULL));
    jd_session second = suite_session(21, 1);
    second.password_n = 1;
    assert_ok(jd_store_session_add(s->store, &second, &rev, NULL));
}

static void who_must_change_the_password_has_no_session_until_then(void **state)
{
    suite *s = *state;
    jt_revocation entry = {.n = 99};
    jd_entries entries;
    uint64_t rev;
    const jd_id id = suite_id(1);
    const jd_id nobody = suite_id(9);
    suite_add_user(s, 1);
    suite_add_session(s, 20, 1);
    const jd_user_changes demand = {.must_change = true};
    assert_ok(jd_store_user_change(s->store, &id, &demand, NOW, NOW + DAY, &entry, NULL));
    assert_int_equal(entry.kind, JT_REVOKED_SUBJECT);
    assert_int_equal(entry.n, 1);
    assert_true(user_now(s, 1).must_change);
    jd_session session = suite_session(21, 1);
    assert_int_equal(jd_store_session_add(s->store, &session, &rev, NULL), JETON_E_CREDENTIALS);
    jd_sessions sessions;
    assert_ok(jd_store_session_list(s->store, &id, NOW, &s->arena, &sessions, NULL));
    assert_int_equal(sessions.count, 0);

    const jd_password_change change = change_of(1, 0, "the new hash");
    assert_ok(set(s, &change, &entries));
    assert_false(user_now(s, 1).must_change);
    session.password_n = 1;
    assert_ok(jd_store_session_add(s->store, &session, &rev, NULL));
    entry.n = 99;
    assert_int_equal(jd_store_user_change(s->store, &nobody, &demand, NOW, NOW + DAY, &entry, NULL),
                     JETON_E_NOT_FOUND);
    assert_int_equal(entry.n, 0);
}

static void a_code_is_found_until_it_expires_and_works_once(void **state)
{
    suite *s = *state;
    jd_entries entries;
    jd_user user;
    const jd_id id = suite_id(1);
    const jd_id nobody = suite_id(9);
    suite_add_user(s, 1);
    suite_add_session(s, 20, 1);
    assert_int_equal(jd_store_reset_put(s->store, &nobody, code(0), NOW + MINUTE, NULL),
                     JETON_E_NOT_FOUND);
    assert_ok(jd_store_reset_put(s->store, &id, code(0), NOW + MINUTE, NULL));
    suite_reopen(s);
    assert_ok(jd_store_reset_find(s->store, code(0), NOW, &s->arena, &user, NULL));
    assert_true(jd_id_equal(&user.id, &id));
    assert_int_equal(jd_store_reset_find(s->store, code(1), NOW, &s->arena, &user, NULL),
                     JETON_E_NOT_FOUND);
    assert_int_equal(user.name.len, 0);
    assert_int_equal(jd_store_reset_find(s->store, code(0), NOW + MINUTE, &s->arena, &user, NULL),
                     JETON_E_NOT_FOUND);

    jd_password_change change = change_of(1, 0, "the new hash");
    change.code = code(1);
    assert_int_equal(set(s, &change, &entries), JETON_E_CREDENTIALS);
    change.code = code(0);
    change.now = NOW + MINUTE;
    assert_int_equal(set(s, &change, &entries), JETON_E_CREDENTIALS);
    change.now = NOW;
    assert_ok(set(s, &change, &entries));
    assert_int_equal(entries.count, 1);
    change.password_n = 1;
    assert_int_equal(set(s, &change, &entries), JETON_E_CREDENTIALS);
    unit_assert_span(user_now(s, 1).password, "the new hash");
}

static void a_code_gives_way_to_the_next_one_and_to_any_change(void **state)
{
    suite *s = *state;
    jd_entries entries;
    jd_user user;
    size_t removed;
    const jd_id id = suite_id(1);
    suite_add_user(s, 1);
    assert_ok(jd_store_reset_put(s->store, &id, code(0), NOW + MINUTE, NULL));
    assert_ok(jd_store_reset_put(s->store, &id, code(1), NOW + MINUTE, NULL));
    assert_int_equal(jd_store_reset_find(s->store, code(0), NOW, &s->arena, &user, NULL),
                     JETON_E_NOT_FOUND);
    assert_ok(jd_store_reset_find(s->store, code(1), NOW, &s->arena, &user, NULL));
    const jd_password_change change = change_of(1, 0, "the new hash");
    assert_ok(set(s, &change, &entries));
    assert_int_equal(jd_store_reset_find(s->store, code(1), NOW, &s->arena, &user, NULL),
                     JETON_E_NOT_FOUND);
    assert_ok(jd_store_reset_put(s->store, &id, code(1), NOW + MINUTE, NULL));
    assert_ok(jd_store_purge(s->store, NOW, &removed, NULL));
    assert_int_equal(removed, 0);
    assert_ok(jd_store_purge(s->store, NOW + DAY, &removed, NULL));
    assert_int_equal(removed, 1);
}

static void a_disabled_user_changes_no_password(void **state)
{
    suite *s = *state;
    jd_entries entries;
    jt_revocation entry;
    const jd_id id = suite_id(1);
    suite_add_user(s, 1);
    assert_ok(jd_store_user_disable(s->store, &id, NOW, NOW + DAY, &entry, NULL));
    const jd_password_change change = change_of(1, 0, "the new hash");
    assert_int_equal(set(s, &change, &entries), JETON_E_CREDENTIALS);
    assert_ok(jd_store_user_enable(s->store, &id, NULL));
    assert_ok(set(s, &change, &entries));
}

static void a_removed_user_leaves_nothing_but_the_mark(void **state)
{
    suite *s = *state;
    jt_revocation entry = {.n = 99};
    jd_session_view view;
    jd_user user;
    const jd_id id = suite_id(1);
    const jd_id session = suite_id(20);
    suite_add_user(s, 1);
    suite_add_session(s, 20, 1);
    assert_ok(jd_store_reset_put(s->store, &id, code(0), NOW + MINUTE, NULL));
    assert_ok(jd_store_user_remove(s->store, &id, NOW + DAY, &entry, NULL));
    assert_int_equal(entry.kind, JT_REVOKED_SUBJECT);
    assert_memory_equal(entry.id, id.bytes, JD_ID_BYTES);
    suite_reopen(s);
    assert_int_equal(jd_store_user_get(s->store, &id, &s->arena, &user, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(jd_store_session_get(s->store, &session, &s->arena, &view, NULL),
                     JETON_E_NOT_FOUND);
    assert_int_equal(jd_store_reset_find(s->store, code(0), NOW, &s->arena, &user, NULL),
                     JETON_E_NOT_FOUND);
    assert_int_equal(jd_store_user_remove(s->store, &id, NOW + DAY, &entry, NULL),
                     JETON_E_NOT_FOUND);
    suite_add_user(s, 1); /* the name is free again */
}

static jeton_status set_email(suite *s, const jd_id *id, const char *email)
{
    jt_revocation entry = {.n = 99};
    const jeton_span text = jeton_str(email);
    const jd_user_changes change = {.email = &text};
    const jeton_status status =
        jd_store_user_change(s->store, id, &change, NOW, NOW + DAY, &entry, NULL);
    assert_int_equal(entry.n, 0); /* no mark: nothing is revoked */
    return status;
}

static void an_email_is_one_users_whatever_its_case(void **state)
{
    suite *s = *state;
    const jd_id first = suite_id(1);
    const jd_id second = suite_id(2);
    const jd_id nobody = suite_id(9);
    suite_add_user(s, 1);
    suite_add_user(s, 2); /* two users without one */
    assert_ok(set_email(s, &first, "a@example.com"));
    assert_int_equal(set_email(s, &second, "A@EXAMPLE.com"), JETON_E_EXISTS);
    assert_int_equal(set_email(s, &nobody, "b@example.com"), JETON_E_NOT_FOUND);
    jd_user found;
    assert_ok(
        jd_store_user_find_email(s->store, jeton_str("A@example.COM"), &s->arena, &found, NULL));
    assert_true(jd_id_equal(&found.id, &first));
    assert_int_equal(
        jd_store_user_find_email(s->store, jeton_str("b@example.com"), &s->arena, &found, NULL),
        JETON_E_NOT_FOUND);
    assert_int_equal(found.name.len, 0);
    assert_int_equal(jd_store_user_find_email(s->store, jeton_str(""), &s->arena, &found, NULL),
                     JETON_E_NOT_FOUND); /* of those who have none */
    suite_reopen(s);
    unit_assert_span(user_now(s, 1).email, "a@example.com");
    assert_int_equal(user_now(s, 2).email.len, 0);
    jd_user third = suite_user(s, 3);
    third.email = jeton_str("a@Example.com");
    assert_int_equal(jd_store_user_add(s->store, &third, NULL), JETON_E_EXISTS);
    assert_ok(set_email(s, &first, ""));
    assert_ok(jd_store_user_add(s->store, &third, NULL));
    unit_assert_span(user_now(s, 3).email, "a@Example.com");
}

static void an_import_adds_what_is_free_and_tells_the_rest(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    jd_import imports[5] = {
        {.digest = {1}}, {.digest = {2}}, {.digest = {3}}, {.digest = {4}}, {.digest = {2}}};
    imports[0].user = suite_user(s, 1);
    imports[1].user = suite_user(s, 2);
    imports[1].user.email = jeton_str("two@example.com");
    imports[2].user = suite_user(s, 3);
    imports[2].user.email = jeton_str("TWO@example.com");
    imports[3].user = suite_user(s, 2);
    imports[3].user.id = suite_id(4);
    imports[4].user = suite_user(s, 2);
    imports[4].user.id = suite_id(5);
    static const jd_import_outcome want[] = {JD_IMPORT_NAME, JD_IMPORT_ADDED, JD_IMPORT_EMAIL,
                                             JD_IMPORT_NAME, JD_IMPORT_ALREADY};
    /* dry: nothing is added, so nothing is in the way of a later line */
    jd_users users;
    assert_ok(jd_store_user_import(s->store, imports, 5, true, NULL));
    assert_int_equal(imports[0].outcome, JD_IMPORT_NAME);
    assert_int_equal(imports[1].outcome, JD_IMPORT_ADDED);
    assert_ok(
        jd_store_user_list(s->store, &(const jd_user_page){.most = 10}, &s->arena, &users, NULL));
    assert_int_equal(users.count, 1);

    assert_ok(jd_store_user_import(s->store, imports, 5, false, NULL));
    for (size_t i = 0; i < COUNT(want); i++)
        assert_int_equal(imports[i].outcome, want[i]);
    suite_reopen(s);
    assert_ok(
        jd_store_user_list(s->store, &(const jd_user_page){.most = 10}, &s->arena, &users, NULL));
    assert_int_equal(users.count, 2);
    assert_int_equal(user_now(s, 2).role_count, 2);
    /* and once more: what was added is recognised, also after a login has replaced the hash */
    const jd_id second = suite_id(2);
    assert_ok(jd_store_user_rehash(s->store, &second, imports[1].user.password, jeton_str("better"),
                                   NULL));
    assert_ok(jd_store_user_import(s->store, imports, 5, false, NULL));
    assert_int_equal(imports[1].outcome, JD_IMPORT_ALREADY);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_counts_up_and_ends_the_other_sessions),
        cmocka_unit_test(a_session_begins_only_with_the_password_that_was_checked),
        cmocka_unit_test(who_must_change_the_password_has_no_session_until_then),
        cmocka_unit_test(a_code_is_found_until_it_expires_and_works_once),
        cmocka_unit_test(a_code_gives_way_to_the_next_one_and_to_any_change),
        cmocka_unit_test(a_disabled_user_changes_no_password),
        cmocka_unit_test(a_removed_user_leaves_nothing_but_the_mark),
        cmocka_unit_test(an_email_is_one_users_whatever_its_case),
        cmocka_unit_test(an_import_adds_what_is_free_and_tells_the_rest),
    };
    return suite_run("passwords", tests, COUNT(tests));
}
