/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_settings.c - settings of which no guard is made, each beside one that is.
 */
#include "requests.h"

#include "guard/settings.h"

static const struct {
    const char *why;
    jeton_guard_settings bad, good;
} rows[] = {
    {"a preset", {.preset = (jeton_guard_preset)2}, {.preset = JETON_GUARD_FLASK}},
    {"a location", {.locations = {(jeton_location)5}}, {.locations = {JETON_IN_JSON}}},
    {"a location twice",
     {.locations = {JETON_IN_JSON, JETON_IN_JSON}},
     {.locations = {JETON_IN_JSON, JETON_IN_QUERY}}},
    {"a location behind the end",
     {.locations = {JETON_IN_JSON, JETON_NOWHERE, JETON_IN_QUERY}},
     {.locations = {JETON_IN_JSON}}},
    {"a switch", {.csrf = (jeton_switch)3}, {.csrf = JETON_OFF}},
    {"a header's name", {.header = "A b"}, {.header = "A-b"}},
    {"an empty header's name", {.header = ""}, {.header = "A"}},
    {"a scheme", {.scheme = "B c"}, {.scheme = ""}},
    {"a cookie's name", {.access_cookie = "a;b"}, {.access_cookie = "a"}},
    {"a name with control characters",
     {.cookie_domain = "a\n"},
     {.cookie_domain = "a.b", .preset = JETON_GUARD_FLASK}},
    {"a path",
     {.access_cookie = "a", .access_path = "p"},
     {.access_cookie = "a", .access_path = "/p"}},
    {"a path with more behind it",
     {.access_cookie = "a", .access_path = "/p; Domain=x"},
     {.access_cookie = "a", .access_path = "/p/x"}},
    {"a claim", {.identity_claim = ""}, {.identity_claim = "a"}},
    {"a realm with quotes", {.realm = "\""}, {.realm = "a b"}},
    {"SameSite", {.same_site = "lax"}, {.same_site = "Lax"}},
    {"SameSite=None without Secure",
     {.preset = JETON_GUARD_FLASK, .same_site = "None"},
     {.preset = JETON_GUARD_FLASK, .same_site = "None", .secure = JETON_ON}},
    {"SameSite=None", {.same_site = "none"}, {.same_site = "None"}},
    {"__Host- with a path", {.access_path = "/p"}, {.access_path = "/"}},
    {"__Host- with a path for CSRF", {.refresh_csrf_path = "/p"}, {.refresh_csrf_path = "/"}},
    {"__Host- with a domain",
     {.cookie_domain = "a.b"},
     {.cookie_domain = "a.b",
      .access_cookie = "a",
      .refresh_cookie = "r",
      .access_csrf_cookie = "c",
      .refresh_csrf_cookie = "d"}},
    {"__Host- without Secure",
     {.preset = JETON_GUARD_FLASK, .access_cookie = "__host-a"},
     {.preset = JETON_GUARD_FLASK, .access_cookie = "__host-a", .secure = JETON_ON}},
    {"__Secure- without Secure",
     {.preset = JETON_GUARD_FLASK, .access_csrf_cookie = "__Secure-a"},
     {.preset = JETON_GUARD_FLASK, .access_csrf_cookie = "__Secure-a", .secure = JETON_ON}},
};

static void settings_that_cannot_be_make_no_guard(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_guard *guard = BOGUS;
        jeton_err err = {0};
        assert_int_equal(jeton_guard_new(NULL, &rows[i].bad, request_verifier, &guard, &err),
                         JETON_E_ARGUMENT);
        assert_null(guard);
        assert_string_not_equal(err.text, "");
        guard = request_guard(&rows[i].good);
        jeton_guard_free(&guard);
    }
}

static void settings_are_copied(void **state)
{
    (void)state;
    char name[] = "X-Token";
    jeton_guard_settings from = {.header = name, .csrf_methods = {name}, .audiences = {name}};
    jt_settings made;
    assert_int_equal(jt_settings_init(&made, NULL, &from, NULL), JETON_OK);
    memset(name, 'y', sizeof name - 1);
    assert_string_equal(made.is.header, "X-Token");
    assert_string_equal(made.is.csrf_methods[0], "X-Token");
    assert_string_equal(made.is.audiences[0], "X-Token");
    jt_settings_done(&made);
}

/* Texts that are longer than what is taken at once, so that each copy takes memory. */
static void settings_without_memory_make_none(void **state)
{
    (void)state;
    static char text[8192];
    memset(text, 'a', sizeof text - 1);
    const jeton_guard_settings from = {
        .header = text, .csrf_methods = {text, text}, .audiences = {text, text}};
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    size_t failures = 0;
    for (bool made = false; !made; failures++) {
        jt_settings settings;
        jeton_err err = {0};
        heap.left = failures;
        made = jt_settings_init(&settings, ctx, &from, &err) == JETON_OK;
        assert_true(made || err.status == JETON_E_NOMEM);
        jt_settings_done(&settings);
    }
    assert_true(failures > 5);
    unit_ctx_done(&ctx, &heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_that_cannot_be_make_no_guard),
        cmocka_unit_test(settings_are_copied),
        cmocka_unit_test(settings_without_memory_make_none),
    };
    return cmocka_run_group_tests(tests, request_set_up, request_tear_down);
}
