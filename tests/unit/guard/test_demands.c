/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_demands.c - lists of names in claims, in both forms that there are, and how
 * long ago a login was. What routes demand of whole requests is in test_guard.c. */
#include "requests.h"

#include "guard/demands.h"

/* The claims of a token by name, in the verdict of the visit. */
static const jeton_verdict *verdict_of(const char *name)
{
    char header[64];
    (void)snprintf(header, sizeof header, "Authorization: Bearer @%s", name);
    const request_sent sent = {.headers = {header}};
    jeton_guard *guard = request_guard(NULL);
    request_begin(&sent);
    assert_int_equal(request_check(guard, NULL), JETON_OK);
    const jeton_verdict *verdict = decision.verdict;
    jeton_guard_free(&guard);
    return verdict;
}

static const struct {
    const char *why, *claim, *name;
    bool list, words;
} names[] = {
    {"the first", "roles", "admin", true, true},
    {"the last", "roles", "user", true, true},
    {"another", "roles", "root", false, false},
    {"the beginning of one", "roles", "adm", false, false},
    {"in capitals", "roles", "ADMIN", false, false},
    {"all of a text, which may be one name", "roles", "admin user", false, true},
    {"none", "roles", "", false, false},
    {"of another claim", "scope", "read", true, true},
    {"of a claim that is not there", "groups", "admin", false, false},
};

static void a_name_is_in_a_list_or_among_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        const jeton_span name = jeton_str(names[i].name);
        print_message("  %s\n", names[i].why);
        assert_int_equal(jt_claim_has_name(verdict_of("admin"), names[i].claim, name),
                         names[i].list);
        assert_int_equal(jt_claim_has_name(verdict_of("words"), names[i].claim, name),
                         names[i].words);
    }
}

static void each_name_of_several_is_looked_for(void **state)
{
    (void)state;
    static const struct {
        const char *names;
        bool has;
    } lists[] = {
        {"", true},        {"read", true},         {"read write", true},   {"write read", true},
        {"delete", false}, {"read delete", false}, {"delete read", false}, {"read  write", false},
        {" read", false},
    };
    static const char *const tokens[] = {"admin", "words"};
    for (size_t i = 0; i < COUNT(lists); i++)
        for (size_t k = 0; k < COUNT(tokens); k++) {
            print_message("  \"%s\" of %s\n", lists[i].names, tokens[k]);
            assert_int_equal(
                jt_claim_has_names(verdict_of(tokens[k]), "scope", jeton_str(lists[i].names)),
                lists[i].has);
        }
    assert_true(jt_claim_has_names(verdict_of("access"), "scope", jeton_str(NULL)));
}

static void a_login_is_as_long_ago_as_the_token_says(void **state)
{
    (void)state;
    const jeton_time now = (jeton_time)NOW * 1000;
    assert_true(jt_login_is_within(verdict_of("login300"), now, 300));
    assert_false(jt_login_is_within(verdict_of("login300"), now + 1, 300));
    assert_false(jt_login_is_within(verdict_of("login301"), now, 300));
    assert_false(jt_login_is_within(verdict_of("logintext"), now, 300));
    assert_false(jt_login_is_within(verdict_of("iat300"), now, 300)); /* says nothing of a login */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_in_a_list_or_among_words),
        cmocka_unit_test(each_name_of_several_is_looked_for),
        cmocka_unit_test(a_login_is_as_long_ago_as_the_token_says),
    };
    return cmocka_run_group_tests(tests, request_set_up, request_tear_down);
}
