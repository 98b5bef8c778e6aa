/* SPDX-License-Identifier: Apache-2.0 */
/* tests/store/test_roles.c - roles, what they permit, who has them, and that somebody stays an
 * administrator. */
#include "store/log.h"
#include "store/roles.h"
#include "suite.h"

static const jeton_span admin_list[] = {{(const uint8_t *)"admin", 5}};
static const jd_role_change promote = {.give = admin_list, .give_count = 1};
static const jd_role_change demote = {.take = admin_list, .take_count = 1};

static jd_role role_of(jeton_span *permissions, size_t count, const char *name)
{
    return (jd_role){
        .name = jeton_str(name), .permissions = permissions, .permission_count = count};
}

static jd_user user_now(suite *s, uint8_t byte)
{
    const jd_id id = suite_id(byte);
    jd_user user;
    assert_ok(jd_store_user_get(s->store, &id, &s->arena, &user, NULL));
    return user;
}

static void permissions_of_all_roles_reach_the_user_once_and_sorted(void **state)
{
    suite *s = *state;
    jeton_span of_editor[] = {jeton_str("post:write"), jeton_str("post:read")};
    jeton_span of_reader[] = {jeton_str("post:read"), jeton_str("feed")};
    const jd_role editor = role_of(of_editor, 2, "editor");
    const jd_role reader = role_of(of_reader, 2, "reader");
    assert_ok(jd_store_role_add(s->store, &editor, NULL));
    suite_add_user(s, 1); /* editor, reader: the second role is made */
    assert_ok(jd_store_role_grant(s->store, &reader, NULL));
    assert_ok(jd_store_role_grant(s->store, &reader, NULL)); /* again is fine */
    suite_reopen(s);

    jd_user user = user_now(s, 1);
    assert_int_equal(user.permission_count, 3);
    unit_assert_span(user.permissions[0], "feed");
    unit_assert_span(user.permissions[1], "post:read");
    unit_assert_span(user.permissions[2], "post:write");

    jd_role less = role_of(of_reader, 1, "reader");
    assert_ok(jd_store_role_revoke(s->store, &less, NULL)); /* post:read, which editor has too */
    user = user_now(s, 1);
    assert_int_equal(user.permission_count, 3);
    less = role_of(of_editor, 1, "editor");
    assert_ok(jd_store_role_revoke(s->store, &less, NULL));
    user = user_now(s, 1);
    assert_int_equal(user.permission_count, 2);
}

static void roles_are_listed_with_what_they_permit_and_how_many_have_them(void **state)
{
    suite *s = *state;
    jeton_span permissions[] = {jeton_str("b"), jeton_str("a")};
    const jd_role role = role_of(permissions, 2, "auditor");
    jd_roles roles = {BOGUS, 7};
    assert_ok(jd_store_role_list(s->store, &s->arena, &roles, NULL));
    assert_int_equal(roles.count, 0);
    assert_ok(jd_store_role_add(s->store, &role, NULL));
    suite_add_user(s, 1);
    suite_add_user(s, 2);
    suite_reopen(s);
    assert_ok(jd_store_role_list(s->store, &s->arena, &roles, NULL));
    assert_int_equal(roles.count, 3);
    unit_assert_span(roles.at[0].name, "auditor");
    assert_int_equal(roles.at[0].users, 0);
    assert_int_equal(roles.at[0].permission_count, 2);
    unit_assert_span(roles.at[0].permissions[0], "a");
    unit_assert_span(roles.at[1].name, "editor");
    assert_int_equal(roles.at[1].users, 2);
    assert_int_equal(roles.at[1].permission_count, 0);
}

static void roles_that_are_not_there_are_not_found_and_those_that_are_exist(void **state)
{
    suite *s = *state;
    jeton_span permissions[] = {jeton_str("a")};
    const jd_role role = role_of(permissions, 1, "auditor");
    assert_int_equal(jd_store_role_grant(s->store, &role, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(jd_store_role_revoke(s->store, &role, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(jd_store_role_remove(s->store, role.name, NULL), JETON_E_NOT_FOUND);
    assert_ok(jd_store_role_add(s->store, &role, NULL));
    assert_int_equal(jd_store_role_add(s->store, &role, NULL), JETON_E_EXISTS);
    assert_ok(jd_store_role_remove(s->store, role.name, NULL));
    assert_int_equal(jd_store_role_remove(s->store, role.name, NULL), JETON_E_NOT_FOUND);
}

static void a_role_has_a_bounded_number_of_permissions(void **state)
{
    suite *s = *state;
    static char names[JD_PERMISSIONS_MAX + 1][4];
    jeton_span permissions[JD_PERMISSIONS_MAX + 1];
    for (size_t i = 0; i < COUNT(permissions); i++) {
        names[i][0] = (char)('a' + i / 26);
        names[i][1] = (char)('a' + i % 26);
        permissions[i] = jeton_str(names[i]);
    }
    jd_role role = role_of(permissions, COUNT(permissions), "r");
    assert_int_equal(jd_store_role_add(s->store, &role, NULL), JETON_E_LIMIT);
    role.permission_count--;
    assert_ok(jd_store_role_add(s->store, &role, NULL)); /* nothing was left of the first */
    jd_role one_more = role_of(permissions + JD_PERMISSIONS_MAX, 1, "r");
    assert_int_equal(jd_store_role_grant(s->store, &one_more, NULL), JETON_E_LIMIT);
}

static void roles_are_given_and_taken_in_one_step(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    const jd_id id = suite_id(1);
    const jeton_span give[] = {jeton_str("auditor"), jeton_str("editor")};
    const jeton_span take[] = {jeton_str("reader"), jeton_str("nobody-has-it"),
                               jeton_str("editor")};
    const jd_role_change change = {give, take, 2, 3};
    assert_ok(jd_store_user_roles(s->store, &id, &change, NULL));
    suite_reopen(s);
    const jd_user user = user_now(s, 1);
    assert_int_equal(user.role_count, 2);
    unit_assert_span(user.roles[0], "auditor");
    unit_assert_span(user.roles[1], "editor");
    const jd_id nobody = suite_id(9);
    assert_int_equal(jd_store_user_roles(s->store, &nobody, &change, NULL), JETON_E_NOT_FOUND);
}

static void a_user_has_a_bounded_number_of_roles(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    const jd_id id = suite_id(1);
    static char names[JD_ROLES_MAX][3];
    jeton_span give[JD_ROLES_MAX];
    for (size_t i = 0; i < COUNT(give); i++) {
        names[i][0] = 'x';
        names[i][1] = (char)('A' + i);
        give[i] = jeton_str(names[i]);
    }
    const jd_role_change too_many = {.give = give, .give_count = JD_ROLES_MAX - 1};
    const jd_role_change just = {.give = give, .give_count = JD_ROLES_MAX - 2};
    assert_int_equal(jd_store_user_roles(s->store, &id, &too_many, NULL), JETON_E_LIMIT);
    assert_int_equal(user_now(s, 1).role_count, 2);
    assert_ok(jd_store_user_roles(s->store, &id, &just, NULL));
    assert_int_equal(user_now(s, 1).role_count, JD_ROLES_MAX);
}

static void a_role_that_is_removed_is_nobodys(void **state)
{
    suite *s = *state;
    suite_add_user(s, 1);
    assert_ok(jd_store_role_remove(s->store, jeton_str("editor"), NULL));
    const jd_user user = user_now(s, 1);
    assert_int_equal(user.role_count, 1);
    unit_assert_span(user.roles[0], "reader");
    assert_int_equal(jd_store_role_remove(s->store, jeton_str("admin"), NULL), JETON_E_LAST_ADMIN);
}

/* The three ways in which an administrator can get lost. */
static jeton_status lose(suite *s, const jd_id *id, int way)
{
    jt_revocation entry = {.n = 99};
    jeton_status status;
    if (way == 0)
        status = jd_store_user_disable(s->store, id, NOW, NOW + DAY, &entry, NULL);
    else if (way == 1)
        status = jd_store_user_remove(s->store, id, NOW + DAY, &entry, NULL);
    else
        return jd_store_user_roles(s->store, id, &demote, NULL);
    assert_int_equal(entry.n != 0, status == JETON_OK);
    return status;
}

static void the_last_administrator_stays(void **state)
{
    suite *s = *state;
    const jd_id first = suite_id(1);
    const jd_id second = suite_id(2);
    uint64_t head;
    suite_add_user(s, 1);
    suite_add_user(s, 2);
    assert_ok(jd_store_user_roles(s->store, &first, &promote, NULL));
    for (int way = 0; way < 3; way++) {
        assert_int_equal(lose(s, &first, way), JETON_E_LAST_ADMIN);
        assert_false(user_now(s, 1).disabled);
        assert_int_equal(user_now(s, 1).role_count, 3);
    }
    assert_ok(jd_store_log_head(s->store, &head, NULL));
    assert_int_equal(head, 0); /* nothing was begun */

    /* One who is disabled does not count; one who is enabled does. */
    jt_revocation entry;
    assert_ok(jd_store_user_roles(s->store, &second, &promote, NULL));
    assert_ok(jd_store_user_disable(s->store, &second, NOW, NOW + DAY, &entry, NULL));
    assert_ok(lose(s, &second, 2)); /* he was none any more */
    assert_ok(jd_store_user_roles(s->store, &second, &promote, NULL));
    assert_int_equal(lose(s, &first, 1), JETON_E_LAST_ADMIN);
    assert_ok(jd_store_user_enable(s->store, &second, NULL));
    assert_ok(lose(s, &first, 1));
    assert_int_equal(lose(s, &second, 2), JETON_E_LAST_ADMIN);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(permissions_of_all_roles_reach_the_user_once_and_sorted),
        cmocka_unit_test(roles_are_listed_with_what_they_permit_and_how_many_have_them),
        cmocka_unit_test(roles_that_are_not_there_are_not_found_and_those_that_are_exist),
        cmocka_unit_test(a_role_has_a_bounded_number_of_permissions),
        cmocka_unit_test(roles_are_given_and_taken_in_one_step),
        cmocka_unit_test(a_user_has_a_bounded_number_of_roles),
        cmocka_unit_test(a_role_that_is_removed_is_nobodys),
        cmocka_unit_test(the_last_administrator_stays),
    };
    return suite_run("roles", tests, COUNT(tests));
}
