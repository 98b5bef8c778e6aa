/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_cookie.c - one cookie among others. */
#include "unit.h"

#include "core/auto.h"
#include "http/cookie.h"

static const struct {
    const char *why, *header, *name, *want;
    size_t count;
} rows[] = {
    {"alone", "a=b", "a", "b", 1},
    {"first of two", "a=b; c=d", "a", "b", 1},
    {"last of two", "a=b; c=d", "c", "d", 1},
    {"absent", "a=b; c=d", "e", "", 0},
    {"no header", "", "a", "", 0},
    {"a prefix of another name", "aa=b", "a", "", 0},
    {"a suffix of another name", "ba=b", "a", "", 0},
    {"the name as a value", "b=a", "a", "", 0},
    {"names have their case", "A=b", "a", "", 0},
    {"given twice", "a=b; a=c", "a", "b", 2},
    {"given twice, once with blanks", "a=b;  a =c", "a", "b", 2},
    {"given twice, first empty", "a=; a=c", "a", "", 2},
    {"an empty value", "a=", "a", "", 1},
    {"no blank between", "a=b;c=d", "c", "d", 1},
    {"tabs between", "a=b;\tc=d\t", "c", "d", 1},
    {"empty pieces", ";; a=b ;;", "a", "b", 1},
    {"no equals sign", "a; a=b", "a", "b", 1},
    {"an equals sign in the value", "a=b=c==", "a", "b=c==", 1},
    {"quotes stay", "a=\"b\"", "a", "\"b\"", 1},
    {"a token's characters", "a=eyJ.b-_c.d~", "a", "eyJ.b-_c.d~", 1},
    {"a blank in the value: counts, but is nothing", "a=b c", "a", "", 1},
    {"a comma in the value", "a=b,c", "a", "", 1},
    {"a backslash in the value", "a=b\\c", "a", "", 1},
    {"UTF-8 in the value", "a=\303\244", "a", "", 1},
    {"a bad value, then a good one: still two", "a=b c; a=d", "a", "", 2},
    {"a bad value elsewhere", "b=c d; a=e", "a", "e", 1},
};

static void cookie_find_gives_the_first_value_and_how_often_there_is_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_span value = {BOGUS, 77};
        assert_int_equal(jd_cookie_find(jeton_str(rows[i].header), rows[i].name, &value),
                         rows[i].count);
        unit_assert_span(value, rows[i].want);
    }
}

/* ---- writing -------------------------------------------------------------------------------- */

static void cookie_print_writes_what_browsers_demand_of_the_prefix(void **state)
{
    (void)state;
    const char *text = BOGUS;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    const jd_cookie cookie = {.name = "__Host-a",
                              .value = jeton_str("b"),
                              .max_age = 60,
                              .secure = true,
                              .http_only = true,
                              .same_site = "Lax"};
    assert_int_equal(jd_cookie_print(&cookie, &arena, &text, NULL), JETON_OK);
    assert_string_equal(text, "__Host-a=b; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax");
}

static void cookie_print_leaves_out_what_is_off(void **state)
{
    (void)state;
    const char *text = BOGUS;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    const jd_cookie cookie = {.name = "a", .same_site = "Strict"};
    assert_int_equal(jd_cookie_print(&cookie, &arena, &text, NULL), JETON_OK);
    assert_string_equal(text, "a=; Path=/; Max-Age=0; SameSite=Strict");
}

static void cookie_print_refuses_what_would_say_something_else(void **state)
{
    (void)state;
    static const char *const bad[] = {"a;b", "a b", "a,b", "a\r\nSet-Cookie: c=d", "\\", "\177"};
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    for (size_t i = 0; i < COUNT(bad); i++) {
        const char *text = BOGUS;
        const jd_cookie cookie = {.name = "a", .value = jeton_str(bad[i]), .same_site = "Lax"};
        assert_int_equal(jd_cookie_print(&cookie, &arena, &text, NULL), JETON_E_ARGUMENT);
        assert_null(text);
    }
}

static void cookie_print_refuses_what_a_browser_would_drop(void **state)
{
    (void)state;
    static char long_value[JD_COOKIE_MAX + 1];
    memset(long_value, 'a', JD_COOKIE_MAX);
    const size_t rest = strlen("a=; Path=/; Max-Age=0; SameSite=Lax");
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    for (size_t over = 0; over < 2; over++) {
        const char *text = BOGUS;
        const jd_cookie cookie = {.name = "a",
                                  .value = jeton_bytes(long_value, JD_COOKIE_MAX - rest + over),
                                  .same_site = "Lax"};
        assert_int_equal(jd_cookie_print(&cookie, &arena, &text, NULL),
                         over == 0 ? JETON_OK : JETON_E_LIMIT);
        assert_int_equal(text == NULL, over == 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookie_find_gives_the_first_value_and_how_often_there_is_one),
        cmocka_unit_test(cookie_print_writes_what_browsers_demand_of_the_prefix),
        cmocka_unit_test(cookie_print_leaves_out_what_is_off),
        cmocka_unit_test(cookie_print_refuses_what_would_say_something_else),
        cmocka_unit_test(cookie_print_refuses_what_a_browser_would_drop),
    };
    return cmocka_run_group_tests_name("http/cookie", tests, NULL, NULL);
}
