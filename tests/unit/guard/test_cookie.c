/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/guard/test_cookie.c - one cookie among others. */
#include "../unit.h"

#include "guard/cookie.h"

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
        assert_int_equal(jt_cookie_find(jeton_str(rows[i].header), rows[i].name, &value),
                         rows[i].count);
        unit_assert_span(value, rows[i].want);
    }
}

/* ---- writing -------------------------------------------------------------------------------- */

static const struct {
    const char *why;
    jt_cookie cookie;
    const char *want;
} printed[] = {
    {"what browsers demand of the prefix",
     {.name = "__Host-a",
      .path = "/",
      .max_age = 60,
      .secure = true,
      .http_only = true,
      .same_site = "Lax"},
     "__Host-a=v; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax"},
    {"what is off is left out",
     {.name = "a", .path = "/", .same_site = "Strict"},
     "a=v; Path=/; Max-Age=0; SameSite=Strict"},
    {"until the browser is closed", {.name = "a", .path = "/b", .max_age = -1}, "a=v; Path=/b"},
    {"for a domain",
     {.name = "a", .path = "/", .max_age = -1, .domain = "b.c"},
     "a=v; Path=/; Domain=b.c"},
};

static void cookie_print_writes_the_attributes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(printed); i++) {
        print_message("  %s\n", printed[i].why);
        jt_buf text = jt_buf_init(NULL);
        jt_cookie cookie = printed[i].cookie;
        cookie.value = jeton_str("v");
        assert_int_equal(jt_cookie_print(&cookie, &text, NULL), JETON_OK);
        unit_assert_span(jt_buf_span(&text), printed[i].want);
        jt_buf_done(&text);
    }
}

static void cookie_print_refuses_what_would_say_something_else(void **state)
{
    (void)state;
    static const char *const bad[] = {"a;b", "a b", "a,b", "a\r\nSet-Cookie: c=d", "\\", "\177"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        jt_buf text = jt_buf_init(NULL);
        const jt_cookie cookie = {.name = "a", .value = jeton_str(bad[i]), .path = "/"};
        assert_int_equal(jt_cookie_print(&cookie, &text, NULL), JETON_E_ARGUMENT);
        assert_int_equal(text.len, 0);
        jt_buf_done(&text);
    }
}

static void cookie_print_refuses_what_a_browser_would_drop(void **state)
{
    (void)state;
    static char long_value[JT_COOKIE_MAX + 1];
    memset(long_value, 'a', JT_COOKIE_MAX);
    const size_t rest = strlen("a=; Path=/; Max-Age=0; SameSite=Lax");
    for (size_t over = 0; over < 2; over++) {
        jt_buf text = jt_buf_init(NULL);
        const jt_cookie cookie = {.name = "a",
                                  .value = jeton_bytes(long_value, JT_COOKIE_MAX - rest + over),
                                  .path = "/",
                                  .same_site = "Lax"};
        assert_int_equal(jt_cookie_print(&cookie, &text, NULL),
                         over == 0 ? JETON_OK : JETON_E_LIMIT);
        jt_buf_done(&text);
    }
}

/* Whichever piece finds no room for itself, nothing else is said. */
static void a_cookie_without_memory_fails(void **state)
{
    (void)state;
    unit_heap heap;
    jeton_ctx *ctx = unit_ctx(&heap);
    const jt_cookie cookie = {.name = "name",
                              .value = jeton_str("value"),
                              .path = "/path",
                              .domain = "a.b",
                              .max_age = 60,
                              .secure = true,
                              .http_only = true,
                              .same_site = "Strict"};
    size_t room = 0;
    for (bool made = false; !made; room++) {
        jt_buf to = jt_buf_init(ctx);
        jeton_err err = {0};
        heap.left = 1;
        assert_int_equal(jt_buf_reserve(&to, 256, NULL), JETON_OK);
        to.len = to.cap - room;
        memset(to.ptr, 'x', to.len);
        const jeton_status status = jt_cookie_print(&cookie, &to, &err);
        made = status == JETON_OK;
        assert_true(made || err.status == JETON_E_NOMEM);
        jt_buf_done(&to);
    }
    assert_true(room > strlen("name=value; Path=/path; Domain=a.b; Max-Age=60; Secure; HttpOnly; "
                              "SameSite=Strict"));
    unit_ctx_done(&ctx, &heap);
}

static void names_and_attributes_are_told_from_what_is_none(void **state)
{
    (void)state;
    static const char *const names[] = {"a", "__Host-a", "X-CSRF-TOKEN", "a.b_c~!"};
    static const char *const no_names[] = {"",     "a b",      "a=b", "a;b",  "a:b",
                                           "a\"b", "\303\244", "a\n", "a\177"};
    static const char *const no_attributes[] = {"a;b", "a\r\nb", "\177", "\303\244"};
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_true(jt_is_http_name(names[i]));
        assert_true(jt_is_attribute(names[i]));
    }
    for (size_t i = 0; i < COUNT(no_names); i++)
        assert_false(jt_is_http_name(no_names[i]));
    for (size_t i = 0; i < COUNT(no_attributes); i++)
        assert_false(jt_is_attribute(no_attributes[i]));
    assert_true(jt_is_attribute("/a b=c"));
    assert_true(jt_is_attribute(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cookie_find_gives_the_first_value_and_how_often_there_is_one),
        cmocka_unit_test(cookie_print_writes_the_attributes),
        cmocka_unit_test(cookie_print_refuses_what_would_say_something_else),
        cmocka_unit_test(cookie_print_refuses_what_a_browser_would_drop),
        cmocka_unit_test(a_cookie_without_memory_fails),
        cmocka_unit_test(names_and_attributes_are_told_from_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
