/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_issuer_cookies.c - tokens travel in the cookies that the presets and the
 * settings have, and these are taken away where they were set. */
#include "issuers.h"

static const jeton_guard_settings flask = {.preset = JETON_GUARD_FLASK};
static const jeton_guard_settings many = {.access_life = JETON_FOREVER};

static char mine[] = "mine";
static char lines[4][5000];
static size_t line_count;

static void keep(void *user, const char *line)
{
    assert_ptr_equal(user, mine);
    snprintf(lines[line_count++], sizeof lines[0], "%s", line);
}

/* The line has this name, and behind the value these attributes. */
static void assert_cookie(size_t i, const char *name, jeton_span value, const char *attributes)
{
    char want[5000];
    snprintf(want, sizeof want, "%s=%.*s%s", name, (int)value.len, (const char *)value.ptr,
             attributes);
    assert_string_equal(lines[i], want);
}

static const jeton_guard_settings own = {.access_cookie = "a",
                                         .access_path = "/p",
                                         .access_csrf_cookie = "c",
                                         .access_csrf_path = "/q",
                                         .cookie_domain = "d.e",
                                         .refresh_cookie = "r",
                                         .refresh_csrf_cookie = "s",
                                         .same_site = "Strict"};
static const jeton_guard_settings no_csrf = {.csrf = JETON_OFF};
static const jeton_guard_settings csrf_elsewhere = {.csrf_in_cookies = JETON_OFF};

static const struct {
    const char *why;
    const jeton_guard_settings *settings;
    bool refresh;
    int64_t max_age;
    const char *name, *attributes, *csrf_name, *csrf_attributes;
} cookies[] = {
    {"strict", NULL, false, -1, "__Host-jeton-access",
     "; Path=/; Max-Age=900; Secure; HttpOnly; SameSite=Lax", "__Host-jeton-csrf",
     "; Path=/; Max-Age=900; Secure; SameSite=Lax"},
    {"strict, refresh", NULL, true, -1, "__Host-jeton-refresh",
     "; Path=/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax", "__Host-jeton-refresh-csrf",
     "; Path=/; Max-Age=2592000; Secure; SameSite=Lax"},
    {"for a minute", NULL, false, 60, "__Host-jeton-access",
     "; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax", "__Host-jeton-csrf",
     "; Path=/; Max-Age=60; Secure; SameSite=Lax"},
    {"flask", &flask, false, -1, "access_token_cookie", "; Path=/; HttpOnly", "csrf_access_token",
     "; Path=/"},
    {"flask, refresh", &flask, true, -1, "refresh_token_cookie", "; Path=/; HttpOnly",
     "csrf_refresh_token", "; Path=/"},
    {"names, paths and domain", &own, false, -1, "a",
     "; Path=/p; Domain=d.e; Max-Age=900; Secure; HttpOnly; SameSite=Strict", "c",
     "; Path=/q; Domain=d.e; Max-Age=900; Secure; SameSite=Strict"},
    {"no CSRF", &no_csrf, false, -1, "__Host-jeton-access",
     "; Path=/; Max-Age=900; Secure; HttpOnly; SameSite=Lax", NULL, NULL},
    {"the CSRF value travels in another way", &csrf_elsewhere, false, -1, "__Host-jeton-access",
     "; Path=/; Max-Age=900; Secure; HttpOnly; SameSite=Lax", NULL, NULL},
    {"for ever is as long as browsers keep them", &many, false, -1, "__Host-jeton-access",
     "; Path=/; Max-Age=34560000; Secure; HttpOnly; SameSite=Lax", "__Host-jeton-csrf",
     "; Path=/; Max-Age=34560000; Secure; SameSite=Lax"},
};

static void cookies_are_those_of_the_presets(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cookies); i++) {
        print_message("  %s\n", cookies[i].why);
        jeton_issuer *issuer = new_issuer(cookies[i].settings, NULL);
        jeton_issued issued;
        const jeton_grant grant = {ALICE};
        assert_int_equal((cookies[i].refresh ? jeton_issuer_refresh
                                             : jeton_issuer_access)(issuer, &grant, &issued, NULL),
                         JETON_OK);
        line_count = 0;
        assert_int_equal(
            jeton_issuer_set_cookies(issuer, &issued, cookies[i].max_age, keep, mine, NULL),
            JETON_OK);
        assert_int_equal(line_count, cookies[i].csrf_name != NULL ? 2 : 1);
        assert_cookie(0, cookies[i].name, jeton_text_span(issued.token), cookies[i].attributes);
        if (cookies[i].csrf_name != NULL)
            assert_cookie(1, cookies[i].csrf_name, jeton_str(issued.csrf),
                          cookies[i].csrf_attributes);
        jeton_text_free(&issued.token);
        jeton_issuer_free(&issuer);
    }
}

static void cookies_are_taken_away_where_they_were_set(void **state)
{
    (void)state;
    jeton_issuer *issuer = new_issuer(&own, NULL);
    line_count = 0;
    assert_int_equal(jeton_issuer_unset_cookies(issuer, JETON_ACCESS, keep, mine, NULL), JETON_OK);
    assert_int_equal(line_count, 2);
    assert_string_equal(lines[0],
                        "a=; Path=/p; Domain=d.e; Max-Age=0; Secure; HttpOnly; SameSite=Strict");
    assert_string_equal(lines[1], "c=; Path=/q; Domain=d.e; Max-Age=0; Secure; SameSite=Strict");
    line_count = 0;
    assert_int_equal(jeton_issuer_unset_cookies(issuer, JETON_REFRESH, keep, mine, NULL), JETON_OK);
    assert_int_equal(line_count, 2);
    assert_int_equal(strncmp(lines[0], "r=;", 3), 0);
    line_count = 0;
    assert_int_equal(jeton_issuer_unset_cookies(issuer, JETON_EITHER, keep, mine, NULL), JETON_OK);
    assert_int_equal(line_count, 4);
    jeton_issuer_free(&issuer);
}

static void a_token_without_csrf_value_sets_one_cookie(void **state)
{
    (void)state;
    jeton_issuer *issuer = new_issuer(NULL, NULL);
    jeton_issued issued;
    const jeton_grant grant = {ALICE};
    assert_int_equal(jeton_issuer_access(issuer, &grant, &issued, NULL), JETON_OK);
    issued.csrf[0] = '\0';
    line_count = 0;
    assert_int_equal(jeton_issuer_set_cookies(issuer, &issued, 5, keep, mine, NULL), JETON_OK);
    assert_int_equal(line_count, 1);
    jeton_text_free(&issued.token);
    jeton_issuer_free(&issuer);
    issuer = new_issuer(&no_csrf, NULL);
    line_count = 0;
    assert_int_equal(jeton_issuer_unset_cookies(issuer, JETON_EITHER, keep, mine, NULL), JETON_OK);
    assert_int_equal(line_count, 2);
    jeton_issuer_free(&issuer);
}

static void a_token_too_long_for_a_cookie_is_not_set(void **state)
{
    (void)state;
    jeton_issuer *issuer = new_issuer(NULL, NULL);
    jeton_issued issued;
    char name[4000];
    memset(name, 'a', sizeof name);
    const jeton_grant grant = {.identity = jeton_bytes(name, sizeof name)};
    assert_int_equal(jeton_issuer_access(issuer, &grant, &issued, NULL), JETON_OK);
    line_count = 0;
    assert_int_equal(jeton_issuer_set_cookies(issuer, &issued, -1, keep, mine, NULL),
                     JETON_E_LIMIT);
    assert_int_equal(line_count, 0);
    jeton_text_free(&issued.token);
    jeton_issuer_free(&issuer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookies_are_those_of_the_presets),
        cmocka_unit_test(cookies_are_taken_away_where_they_were_set),
        cmocka_unit_test(a_token_without_csrf_value_sets_one_cookie),
        cmocka_unit_test(a_token_too_long_for_a_cookie_is_not_set),
    };
    return cmocka_run_group_tests(tests, request_set_up, request_tear_down);
}
