/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_user.c - which users and passwords may be, and checking a password. */
#include "accounts/password.h"
#include "core/auto.h"
#include "world.h"

#include <fcntl.h>

static const char long_text[] =
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123"
    "4567890123456789012345678901234567890";

static const struct {
    const char *why, *name, *password, *role;
    jeton_status want;
} additions[] = {
    {"a plain user", "bob", "12345678", "reader", JETON_OK},
    {"a name in another script", "\xd0\x91\xd0\xbe\xd0\xb1", "12345678", "reader", JETON_OK},
    {"an e-mail address as name", "carol@example.com", "12345678", "a.b_c:d-e", JETON_OK},
    {"a name that is taken", "alice", "12345678", "reader", JETON_E_EXISTS},
    {"a name that is taken, in other letters", "ALICE", "12345678", "reader", JETON_E_EXISTS},
    {"no name", "", "12345678", "reader", JETON_E_REQUEST},
    {"a name with a line break", "a\nb", "12345678", "reader", JETON_E_REQUEST},
    {"a name that ends in a space", "dave ", "12345678", "reader", JETON_E_REQUEST},
    {"a name that is not UTF-8", "\xff", "12345678", "reader", JETON_E_REQUEST},
    {"a name that is too long", long_text, "12345678", "reader", JETON_E_REQUEST},
    {"a password one byte too short", "dave", "1234567", "reader", JETON_E_REQUEST},
    {"a role without a name", "dave", "12345678", "", JETON_E_REQUEST},
    {"a role with a comma", "dave", "12345678", "a,b", JETON_E_REQUEST},
    {"a role with a space", "dave", "12345678", "a b", JETON_E_REQUEST},
};

static void users_are_added_when_name_password_and_roles_may_be(void **state)
{
    world *on = *state;
    for (size_t i = 0; i < COUNT(additions); i++) {
        print_message("  %s\n", additions[i].why);
        const jeton_span role = jeton_str(additions[i].role);
        jd_user user;
        jeton_err err = {0};
        memset(&user, 0x5a, sizeof user);
        assert_int_equal(jd_user_add(&on->accounts, jeton_str(additions[i].name),
                                     jeton_str(additions[i].password), &role, 1, &user, &err),
                         additions[i].want);
        assert_int_equal(err.status, additions[i].want);
        assert_int_equal(user.role_count, additions[i].want == JETON_OK ? 1 : 0);
        assert_int_equal(user.password.len, 0);
    }
}

static void a_password_of_256_bytes_may_be_and_one_more_may_not(void **state)
{
    (void)state;
    char text[JD_PASSWORD_MAX + 1];
    memset(text, 'x', sizeof text);
    assert_int_equal(jd_password_may_be(jeton_bytes(text, JD_PASSWORD_MAX), NULL), JETON_OK);
    assert_int_equal(jd_password_may_be(jeton_bytes(text, JD_PASSWORD_MAX + 1), NULL),
                     JETON_E_REQUEST);
}

static void a_password_with_a_nul_may_not_be(void **state)
{
    (void)state;
    assert_int_equal(jd_password_may_be(jeton_bytes("12345678\0", 9), NULL), JETON_E_REQUEST);
}

static void the_right_password_passes_and_every_other_does_not(void **state)
{
    world *on = *state;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_user user;
    assert_int_equal(
        jd_store_user_find(on->accounts.store, jeton_str("alice"), &arena, &user, NULL), JETON_OK);
    const jeton_span hash = user.password;
    assert_int_equal(jd_password_check(&on->accounts, hash, jeton_str("a long password"), NULL),
                     JETON_OK);
    assert_int_equal(jd_password_check(&on->accounts, hash, jeton_str("a long passwore"), NULL),
                     JETON_E_CREDENTIALS);
    assert_int_equal(jd_password_check(&on->accounts, hash, jeton_str(""), NULL),
                     JETON_E_CREDENTIALS);
}

static void nobody_has_a_password(void **state)
{
    world *on = *state;
    assert_int_equal(
        jd_password_check(&on->accounts, jeton_str(NULL), jeton_str("a long password"), NULL),
        JETON_E_CREDENTIALS);
}

static void a_damaged_hash_lets_nobody_in(void **state)
{
    world *on = *state;
    jeton_err err = {0};
    jd_log_start(open("/dev/null", O_WRONLY), JD_ERROR);
    assert_int_equal(jd_password_check(&on->accounts, jeton_str("$argon2id$v=19$damaged"),
                                       jeton_str("a long password"), &err),
                     JETON_E_CREDENTIALS);
    assert_string_equal(err.text, jeton_status_text(JETON_E_CREDENTIALS));
}

static void disabling_somebody_who_is_not_there_is_not_found(void **state)
{
    world *on = *state;
    bool changed = true;
    assert_int_equal(jd_user_disable(&on->accounts, jeton_str("nobody"), &changed, NULL),
                     JETON_E_NOT_FOUND);
    assert_false(changed);
    assert_int_equal(jd_user_enable(&on->accounts, jeton_str("nobody"), NULL), JETON_E_NOT_FOUND);
}

int main(void)
{
#define WORLD_TEST(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
    const struct CMUnitTest tests[] = {
        WORLD_TEST(users_are_added_when_name_password_and_roles_may_be),
        cmocka_unit_test(a_password_of_256_bytes_may_be_and_one_more_may_not),
        cmocka_unit_test(a_password_with_a_nul_may_not_be),
        WORLD_TEST(the_right_password_passes_and_every_other_does_not),
        WORLD_TEST(nobody_has_a_password),
        WORLD_TEST(a_damaged_hash_lets_nobody_in),
        WORLD_TEST(disabling_somebody_who_is_not_there_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
