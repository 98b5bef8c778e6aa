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
    const char *email;
} additions[] = {
    {"a plain user", "bob", "a7!kz0qw", "reader", JETON_OK, ""},
    {"a name in another script", "\xd0\x91\xd0\xbe\xd0\xb1", "a7!kz0qw", "reader", JETON_OK, ""},
    {"an e-mail address as name", "carol@example.com", "a7!kz0qw", "a.b_c:d-e", JETON_OK, ""},
    {"a name that is taken", "alice", "a7!kz0qw", "reader", JETON_E_EXISTS, ""},
    {"a name that is taken, in other letters", "ALICE", "a7!kz0qw", "reader", JETON_E_EXISTS, ""},
    {"no name", "", "a7!kz0qw", "reader", JETON_E_REQUEST, ""},
    {"a name with a line break", "a\nb", "a7!kz0qw", "reader", JETON_E_REQUEST, ""},
    {"a name that ends in a space", "dave ", "a7!kz0qw", "reader", JETON_E_REQUEST, ""},
    {"a name that is not UTF-8", "\xff", "a7!kz0qw", "reader", JETON_E_REQUEST, ""},
    {"a name that is too long", long_text, "a7!kz0qw", "reader", JETON_E_REQUEST, ""},
    {"a password one byte too short", "dave", "a7!kz0q", "reader", JETON_E_REQUEST, ""},
    {"a password that everybody has", "dave", "Passw0rd!", "reader", JETON_E_REQUEST, ""},
    {"the name as password", "davidowitsch", "Davidowitsch1", "reader", JETON_E_REQUEST, ""},
    {"the e-mail as password", "dave", "Somebody@example.com", "reader", JETON_E_REQUEST,
     "somebody@example.com"},
    {"an e-mail address", "erin", "a7!kz0qw", "reader", JETON_OK, "erin@example.com"},
    {"an e-mail address that is taken", "fred", "a7!kz0qw", "reader", JETON_E_EXISTS,
     "ERIN@example.com"},
    {"an e-mail address without a host", "fred", "a7!kz0qw", "reader", JETON_E_REQUEST, "fred@"},
    {"an e-mail address without a name", "fred", "a7!kz0qw", "reader", JETON_E_REQUEST, "@host"},
    {"an e-mail address with two hosts", "fred", "a7!kz0qw", "reader", JETON_E_REQUEST, "a@b@c"},
    {"an e-mail address with a line break", "fred", "a7!kz0qw", "reader", JETON_E_REQUEST,
     "fred@host\nBcc: all"},
    {"a role without a name", "dave", "a7!kz0qw", "", JETON_E_REQUEST, ""},
    {"a role with a comma", "dave", "a7!kz0qw", "a,b", JETON_E_REQUEST, ""},
    {"a role with a space", "dave", "a7!kz0qw", "a b", JETON_E_REQUEST, ""},
};

static void users_are_added_when_name_password_and_roles_may_be(void **state)
{
    world *on = *state;
    for (size_t i = 0; i < COUNT(additions); i++) {
        print_message("  %s\n", additions[i].why);
        const jeton_span role = jeton_str(additions[i].role);
        jd_user user;
        jeton_err err = {0};
        memset(&user, 0, sizeof user);
        const jd_new_user asked = {.name = jeton_str(additions[i].name),
                                   .email = jeton_str(additions[i].email),
                                   .password = jeton_str(additions[i].password),
                                   .roles = &role,
                                   .role_count = 1};
        assert_int_equal(world_add(on, &asked, &user, &err), additions[i].want);
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
    const jd_user user = {.name = jeton_str("alice")};
    assert_int_equal(jd_password_may_be(&user, jeton_bytes(text, JD_PASSWORD_MAX), NULL), JETON_OK);
    assert_int_equal(jd_password_may_be(&user, jeton_bytes(text, JD_PASSWORD_MAX + 1), NULL),
                     JETON_E_REQUEST);
}

static void a_password_with_a_nul_may_not_be(void **state)
{
    (void)state;
    assert_int_equal(jd_password_may_be(&(const jd_user){0}, jeton_bytes("a7!kz0qw\0", 9), NULL),
                     JETON_E_REQUEST);
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
    const jd_user nobody = {.name = jeton_str("nobody"), .id = {{1}}};
    const jeton_span name = jeton_str("anybody");
    const jd_user_changes change = {.name = &name};
    assert_int_equal(jd_user_disable(&on->accounts, &nobody, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(jd_user_enable(&on->accounts, &nobody, NULL), JETON_E_NOT_FOUND);
    assert_int_equal(jd_user_change(&on->accounts, &nobody, &change, NULL), JETON_E_NOT_FOUND);
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
