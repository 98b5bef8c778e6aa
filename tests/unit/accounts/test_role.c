/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/accounts/test_role.c - names of roles and permissions, and what of them tokens say. */
#include "accounts/role.h"
#include "core/auto.h"
#include "token/claims.h"
#include "world.h"

static const struct {
    const char *name;
    bool role, permission;
} names[] = {
    {"admin", true, true},       {"a", true, true},      {"A-1_b.c:d", true, true},
    {"posts/read", false, true}, {"", false, false},     {"a b", false, false},
    {"a,b", false, false},       {"a\"b", false, false}, {"\xc3\xa4", false, false},
};

static void names_hold_nothing_that_parts_them_in_a_list(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        const jeton_span name = jeton_str(names[i].name);
        print_message("  %s\n", names[i].name);
        assert_int_equal(jd_role_may_be(name, NULL), names[i].role ? JETON_OK : JETON_E_REQUEST);
        assert_int_equal(jd_permission_may_be(name, NULL),
                         names[i].permission ? JETON_OK : JETON_E_REQUEST);
    }
    char longest[JD_ROLE_MAX + 1];
    memset(longest, 'a', sizeof longest);
    assert_int_equal(jd_role_may_be(jeton_bytes(longest, JD_ROLE_MAX), NULL), JETON_OK);
    assert_int_equal(jd_role_may_be(jeton_bytes(longest, JD_ROLE_MAX + 1), NULL), JETON_E_REQUEST);
    assert_int_equal(jd_role_may_be(jeton_bytes("a\0b", 3), NULL), JETON_E_REQUEST);
}

static const struct {
    const char *why, *list;
    int64_t roles_max;
    const char *want;
} settings[] = {
    {"everything", "", 32, "{\"roles\":[\"admin\",\"editor\",\"reader\"]}"},
    {"one role", "editor", 32, "{\"roles\":[\"editor\"]}"},
    {"two, in any order and any spelling of a list", " reader,,admin ", 32,
     "{\"roles\":[\"admin\",\"reader\"]}"},
    {"one that the user has not", "auditor", 32, "{\"roles\":[]}"},
    {"a part of a name", "edit", 32, "{\"roles\":[]}"},
    {"a few", "", 2, "{\"roles\":[\"admin\",\"editor\"]}"},
    {"none", "", 0, "{\"roles\":[]}"},
};

static void tokens_say_what_the_settings_let_through(void **state)
{
    world *on = *state;
    const jeton_span roles[] = {jeton_str("admin"), jeton_str("editor"), jeton_str("reader")};
    const jd_user user = {.roles = roles, .role_count = 3};
    for (size_t i = 0; i < COUNT(settings); i++) {
        print_message("  %s\n", settings[i].why);
        JT_AUTO(jeton_claims_free) jeton_claims *claims = NULL;
        JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
        (void)snprintf(on->config.token_roles, sizeof on->config.token_roles, "%s",
                       settings[i].list);
        on->config.token_roles_max = settings[i].roles_max;
        assert_int_equal(jeton_claims_new(NULL, &claims, NULL), JETON_OK);
        jd_role_claim(&on->accounts, &user, claims);
        assert_int_equal(jt_tree_print(claims->tree, claims->object, JT_COMPACT, &text, NULL),
                         JETON_OK);
        unit_assert_span(jt_buf_span(&text), settings[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_hold_nothing_that_parts_them_in_a_list),
        cmocka_unit_test_setup_teardown(tokens_say_what_the_settings_let_through, world_setup,
                                        world_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
