/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_users.c - users: added, found, listed, disabled, rehashed. */
#include "store/log.h"
#include "store/passwords.h"
#include "store/roles.h"
#include "suite.h"

#include <stdio.h>

static void assert_empty_user(const jd_user *user)
{
    const jd_user empty = {0};
    assert_memory_equal(user, &empty, sizeof empty);
}

static void assert_user(const jd_user *got, const jd_user *want)
{
    assert_true(jd_id_equal(&got->id, &want->id));
    assert_true(jeton_span_equal(got->name, want->name));
    assert_true(jeton_span_equal(got->password, want->password));
    assert_int_equal(got->disabled, want->disabled);
    assert_int_equal(got->must_change, want->must_change);
    assert_int_equal(got->created, want->created);
}

static void user_is_found_by_name_and_by_id_as_it_was_added(void **state)
{
    suite *s = *state;
    jd_user want = suite_user(s, 1);
    want.must_change = true;
    assert_ok(jd_store_user_add(s->store, &want, NULL));
    suite_reopen(s);

    jd_user by_name;
    jd_user by_id;
    assert_ok(jd_store_user_find(s->store, want.name, &s->arena, &by_name, NULL));
    assert_ok(jd_store_user_get(s->store, &want.id, &s->arena, &by_id, NULL));
    assert_user(&by_name, &want);
    assert_user(&by_id, &want);
    assert_int_equal(by_id.role_count, 2);
    unit_assert_span(by_id.roles[0], "editor"); /* by name, not as given */
    unit_assert_span(by_id.roles[1], "reader");
    assert_int_equal(by_id.name.ptr[by_id.name.len], '\0');
}

static void user_that_is_not_there_is_not_found(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    jeton_err err = {0};
    jd_user user;
    memset(&user, 0x5a, sizeof user);
    assert_int_equal(jd_store_user_find(s->store, jeton_str("nobody"), &s->arena, &user, &err),
                     JETON_E_NOT_FOUND);
    assert_empty_user(&user);
    assert_int_equal(err.status, JETON_E_NOT_FOUND);

    const jd_id id = suite_id(2);
    memset(&user, 0x5a, sizeof user);
    assert_int_equal(jd_store_user_get(s->store, &id, &s->arena, &user, NULL), JETON_E_NOT_FOUND);
    assert_empty_user(&user);
}

static void user_name_is_compared_without_the_case_of_ascii(void **state)
{
    suite *s = *state;
    static const struct {
        const char *why, *name;
        jeton_status want;
    } rows[] = {
        {"as typed", "J\u00f6rg Smith", JETON_OK},
        {"ASCII letters in other case", "j\u00f6RG sMITH", JETON_OK},
        {"other letters in other case", "J\u00d6rg Smith", JETON_E_NOT_FOUND},
        {"the beginning of it", "J\u00f6rg", JETON_E_NOT_FOUND},
        {"a space behind it", "J\u00f6rg Smith ", JETON_E_NOT_FOUND},
        {"a pattern", "J%", JETON_E_NOT_FOUND},
        {"empty", "", JETON_E_NOT_FOUND},
    };
    jd_user user = suite_user(s, 1);
    user.name = jeton_str("J\u00f6rg Smith");
    assert_ok(jd_store_user_add(s->store, &user, NULL));
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jd_user found;
        assert_int_equal(
            jd_store_user_find(s->store, jeton_str(rows[i].name), &s->arena, &found, NULL),
            rows[i].want);
        if (rows[i].want == JETON_OK)
            unit_assert_span(found.name, "J\u00f6rg Smith");
    }
}

static void bytes_that_are_no_text_are_nobodys_name(void **state)
{
    static const jeton_span names[] = {
        {(const uint8_t *)"User-001\0", 9},
        {(const uint8_t *)"\0", 1},
        {(const uint8_t *)"User-001\xff", 9},
        {(const uint8_t *)"\xed\xa0\x80", 3}, /* half of a surrogate */
    };
    suite *s = *state;
    suite_add_user(s, 1);
    for (size_t i = 0; i < COUNT(names); i++) {
        jd_user found;
        assert_int_equal(jd_store_user_find(s->store, names[i], &s->arena, &found, NULL),
                         JETON_E_NOT_FOUND);
        assert_empty_user(&found);
        assert_int_equal(jd_store_user_find_email(s->store, names[i], &s->arena, &found, NULL),
                         JETON_E_NOT_FOUND);
    }
}

static void user_add_refuses_a_name_or_id_that_is_taken(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    jd_user second = suite_user(s, 2);
    second.name = jeton_str("uSER-001");
    jeton_err err = {0};
    assert_int_equal(jd_store_user_add(s->store, &second, &err), JETON_E_EXISTS);
    assert_null(strstr(err.text, "001"));

    second.id = suite_id(1);
    second.name = jeton_str("another name");
    assert_int_equal(jd_store_user_add(s->store, &second, NULL), JETON_E_EXISTS);
    jd_users users;
    assert_ok(
        jd_store_user_list(s->store, &(const jd_user_page){.most = 10}, &s->arena, &users, NULL));
    assert_int_equal(users.count, 1);
}

static void user_add_does_nothing_when_it_fails(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    static const jeton_span roles[] = {{(const uint8_t *)"new-role", 8}};
    jd_user second = suite_user(s, 2);
    second.name = jeton_str("user-001");
    second.roles = roles;
    second.role_count = 1;
    assert_int_equal(jd_store_user_add(s->store, &second, NULL), JETON_E_EXISTS);
    jd_user user;
    assert_int_equal(jd_store_user_get(s->store, &second.id, &s->arena, &user, NULL),
                     JETON_E_NOT_FOUND);
    /* and the store goes on working */
    second.name = jeton_str("user-002");
    assert_ok(jd_store_user_add(s->store, &second, NULL));
}

static void user_add_takes_a_role_given_twice_and_none_at_all(void **state)
{
    suite *s = *state;
    static const jeton_span twice[] = {{(const uint8_t *)"ops", 3}, {(const uint8_t *)"ops", 3}};
    jd_user first = suite_user(s, 1);
    first.roles = twice;
    jd_user second = suite_user(s, 2);
    second.role_count = 0;
    assert_ok(jd_store_user_add(s->store, &first, NULL));
    assert_ok(jd_store_user_add(s->store, &second, NULL));
    jd_user user;
    assert_ok(jd_store_user_get(s->store, &first.id, &s->arena, &user, NULL));
    assert_int_equal(user.role_count, 1);
    assert_ok(jd_store_user_get(s->store, &second.id, &s->arena, &user, NULL));
    assert_int_equal(user.role_count, 0);
}

static void user_list_goes_through_all_in_pages_by_name(void **state)
{
    suite *s = *state;
    for (uint8_t i = 20; i > 0; i--)
        suite_add_user(s, i);
    jeton_span after = {0};
    unsigned next = 1;
    for (;;) {
        jd_users page;
        assert_ok(jd_store_user_list(s->store, &(const jd_user_page){.after = after, .most = 6},
                                     &s->arena, &page, NULL));
        for (size_t i = 0; i < page.count; i++) {
            assert_int_equal(page.at[i].id.bytes[0], next++);
            assert_int_equal(page.at[i].role_count, 2);
        }
        if (page.count < 6)
            break;
        after = page.at[page.count - 1].name;
    }
    assert_int_equal(next, 21);
}

static void user_list_by_prefix_goes_through_those_alone(void **state)
{
    suite *s = *state;
    static const char *const names[] = {"an",        "Anna", "anna b", "ANNE",
                                        "ann\u00e9", "ao",   "b",      "Zan"};
    static const char *const wanted[] = {"Anna", "anna b", "ANNE", "ann\u00e9"};
    for (uint8_t i = 0; i < COUNT(names); i++) {
        jd_user user = suite_user(s, i);
        user.name = jeton_str(names[i]);
        assert_ok(jd_store_user_add(s->store, &user, NULL));
    }
    jd_user_page page = {.prefix = jeton_str("aNn"), .most = 1};
    jd_users users;
    for (size_t i = 0; i < COUNT(wanted); i++) {
        assert_ok(jd_store_user_list(s->store, &page, &s->arena, &users, NULL));
        assert_int_equal(users.count, 1);
        unit_assert_span(users.at[0].name, wanted[i]);
        page.after = users.at[0].name;
    }
    assert_ok(jd_store_user_list(s->store, &page, &s->arena, &users, NULL));
    assert_int_equal(users.count, 0);
    page = (jd_user_page){.prefix = jeton_str("ann"), .after = jeton_str("a"), .most = 9};
    assert_ok(jd_store_user_list(s->store, &page, &s->arena, &users, NULL));
    assert_int_equal(users.count, 4); /* an `after` before all of them lets none other in */
    page = (jd_user_page){.prefix = jeton_str("_n"), .most = 9};
    assert_ok(jd_store_user_list(s->store, &page, &s->arena, &users, NULL));
    assert_int_equal(users.count, 0);
}

static const bool yes = true;
static const bool no = false;

static jeton_status change_user(suite *s, uint8_t user, jd_user_changes change, uint64_t *mark)
{
    jt_revocation entry = {.n = 99};
    const jd_id id = suite_id(user);
    const jeton_status status =
        jd_store_user_change(s->store, &id, &change, NOW, NOW + MINUTE, &entry, NULL);
    *mark = entry.n;
    return status;
}

static void user_change_makes_all_of_the_changes(void **state)
{
    suite *s = *state;
    uint64_t mark;
    jd_user user;
    const jd_id id = suite_id(1);
    const jeton_span name = jeton_str("USER-001 b");
    const jeton_span email = jeton_str("b@example.com");
    suite_add_user(s, 1);
    suite_add_session(s, 11, 1);
    const jd_user_changes change = {&name, &email, &yes, true};
    assert_ok(change_user(s, 1, change, &mark));
    assert_int_equal(mark, 1); /* one mark for all of it */
    suite_reopen(s);
    assert_ok(jd_store_user_get(s->store, &id, &s->arena, &user, NULL));
    unit_assert_span(user.name, "USER-001 b");
    unit_assert_span(user.email, "b@example.com");
    assert_true(user.disabled && user.must_change);
    assert_int_equal(user.role_count, 2);
    jd_session_view view;
    const jd_id session = suite_id(11);
    assert_ok(jd_store_session_get(s->store, &session, &s->arena, &view, NULL));
    assert_int_equal(view.session.ended, NOW);
    assert_ok(change_user(s, 1, (jd_user_changes){.disabled = &no}, &mark));
    assert_int_equal(mark, 0);
    assert_ok(jd_store_user_get(s->store, &id, &s->arena, &user, NULL));
    assert_false(user.disabled);
    assert_true(user.must_change);
}

static void user_change_makes_all_of_the_changes_or_none(void **state)
{
    suite *s = *state;
    uint64_t mark;
    jd_user user;
    const jd_id id = suite_id(1);
    const jeton_span name = jeton_str("another");
    const jeton_span taken = jeton_str("USER-002");
    suite_add_user(s, 2);
    jd_user admin = suite_user(s, 1);
    admin.roles = (const jeton_span[]){{(const uint8_t *)JD_ROLE_ADMIN, 5}};
    admin.role_count = 1;
    assert_ok(jd_store_user_add(s->store, &admin, NULL));
    const struct {
        jd_user_changes change;
        jeton_status want;
    } rows[] = {
        {{.name = &taken, .must_change = true}, JETON_E_EXISTS},
        {{.name = &name, .disabled = &yes}, JETON_E_LAST_ADMIN},
        {{.name = &name, .disabled = &yes, .must_change = true}, JETON_E_LAST_ADMIN},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(change_user(s, 1, rows[i].change, &mark), rows[i].want);
        assert_int_equal(mark, 0);
        assert_ok(jd_store_user_get(s->store, &id, &s->arena, &user, NULL));
        assert_true(jeton_span_equal(user.name, admin.name));
        assert_false(user.disabled || user.must_change);
    }
    assert_int_equal(change_user(s, 9, (jd_user_changes){.name = &name}, &mark), JETON_E_NOT_FOUND);
    assert_ok(change_user(s, 1, (jd_user_changes){.name = &name}, &mark));
}

static void user_disable_marks_the_subject_and_ends_the_sessions(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    suite_add_user(s, 2);
    (void)suite_add_session(s, 11, 1);
    (void)suite_add_session(s, 12, 2);
    const jd_id id = suite_id(1);
    jt_revocation entry;
    memset(&entry, 0x5a, sizeof entry);
    assert_ok(jd_store_user_disable(s->store, &id, NOW + 1, NOW + MINUTE, &entry, NULL));
    assert_int_equal(entry.n, 1);
    assert_int_equal(entry.kind, JT_REVOKED_SUBJECT);
    assert_memory_equal(entry.id, id.bytes, sizeof entry.id);
    assert_int_equal(entry.expires, NOW + MINUTE);
    suite_reopen(s);

    jd_session_view his;
    jd_session_view other;
    const jd_id sessions[] = {suite_id(11), suite_id(12)};
    assert_ok(jd_store_session_get(s->store, &sessions[0], &s->arena, &his, NULL));
    assert_ok(jd_store_session_get(s->store, &sessions[1], &s->arena, &other, NULL));
    assert_true(his.user.disabled);
    assert_int_equal(his.session.ended, NOW + 1);
    assert_int_equal(his.rev, 1);
    assert_false(other.user.disabled);
    assert_int_equal(other.session.ended, 0);
}

static void user_disable_twice_marks_twice_and_enable_undoes_it(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    const jd_id id = suite_id(1);
    jt_revocation entry;
    assert_ok(jd_store_user_disable(s->store, &id, NOW, NOW + MINUTE, &entry, NULL));
    assert_ok(jd_store_user_disable(s->store, &id, NOW, NOW + MINUTE, &entry, NULL));
    assert_int_equal(entry.n, 2);
    assert_ok(jd_store_user_enable(s->store, &id, NULL));
    assert_ok(jd_store_user_enable(s->store, &id, NULL));
    jd_user user;
    assert_ok(jd_store_user_get(s->store, &id, &s->arena, &user, NULL));
    assert_false(user.disabled);
    assert_int_equal(suite_add_session(s, 11, 1), 2);
}

static void user_changes_of_nobody_are_refused_and_leave_no_entry(void **state)
{
    suite *s = *state;
    const jd_id id = suite_id(1);
    const jt_revocation none = {0};
    jt_revocation entry;
    memset(&entry, 0x5a, sizeof entry);
    assert_int_equal(jd_store_user_disable(s->store, &id, NOW, NOW, &entry, NULL),
                     JETON_E_NOT_FOUND);
    assert_memory_equal(&entry, &none, sizeof entry);
    assert_int_equal(jd_store_user_enable(s->store, &id, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(jd_store_user_rehash(s->store, &id, jeton_str("old"), jeton_str("new"), NULL),
                     JETON_E_NOT_FOUND);
    uint64_t head = 99;
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    assert_int_equal(head, 0);
}

static void user_rehash_replaces_only_the_hash_it_was_told(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    const jd_id id = suite_id(1);
    assert_ok(jd_store_user_rehash(s->store, &id, jeton_str("$argon2id$first"),
                                   jeton_str("$argon2id$second"), NULL));
    /* somebody who still holds the first one comes too late */
    assert_int_equal(jd_store_user_rehash(s->store, &id, jeton_str("$argon2id$first"),
                                          jeton_str("$argon2id$third"), NULL),
                     JETON_E_CREDENTIALS);
    suite_reopen(s);
    jd_user user;
    assert_ok(jd_store_user_get(s->store, &id, &s->arena, &user, NULL));
    unit_assert_span(user.password, "$argon2id$second");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user_is_found_by_name_and_by_id_as_it_was_added),
        cmocka_unit_test(user_that_is_not_there_is_not_found),
        cmocka_unit_test(user_name_is_compared_without_the_case_of_ascii),
        cmocka_unit_test(bytes_that_are_no_text_are_nobodys_name),
        cmocka_unit_test(user_add_refuses_a_name_or_id_that_is_taken),
        cmocka_unit_test(user_add_does_nothing_when_it_fails),
        cmocka_unit_test(user_add_takes_a_role_given_twice_and_none_at_all),
        cmocka_unit_test(user_list_goes_through_all_in_pages_by_name),
        cmocka_unit_test(user_list_by_prefix_goes_through_those_alone),
        cmocka_unit_test(user_change_makes_all_of_the_changes),
        cmocka_unit_test(user_change_makes_all_of_the_changes_or_none),
        cmocka_unit_test(user_disable_marks_the_subject_and_ends_the_sessions),
        cmocka_unit_test(user_disable_twice_marks_twice_and_enable_undoes_it),
        cmocka_unit_test(user_changes_of_nobody_are_refused_and_leave_no_entry),
        cmocka_unit_test(user_rehash_replaces_only_the_hash_it_was_told),
    };
    return suite_run("users", tests, COUNT(tests));
}
