/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/api/test_verify_rules.c - which paths have one meaning, which rules are read, and
 * which of them decides. */
#include "api/verify_rules.h"

#include "core/auto.h"
#include "unit.h"

/* ---- paths ---------------------------------------------------------------------------------- */

static const struct {
    const char *target, *path;
} plain[] = {
    {"/", "/"},
    {"/a", "/a"},
    {"/a/", "/a/"},
    {"/a/b.c", "/a/b.c"},
    {"/a?b=/../c", "/a"},
    {"/?", "/"},
    {"/%61%2D%7e", "/a-~"},
    {"/caf%C3%A9/%20x", "/caf\xc3\xa9/ x"},
    {"/...", "/..."},
    {"/.well-known/x", "/.well-known/x"},
    {"/a%3Fb", "/a?b"},
    {"/a:b@c,d=e&f+g", "/a:b@c,d=e&f+g"},
};

static void plain_paths_are_decoded(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(plain); i++) {
        print_message("  %s\n", plain[i].target);
        JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
        jeton_span path = {.len = 77};
        assert_int_equal(jd_plain_path(jeton_str(plain[i].target), &arena, &path, NULL), JETON_OK);
        assert_true(jeton_span_equal(path, jeton_str(plain[i].path)));
    }
}

static const char *const misread[] = {
    "",        "a",      "?",        "*",        "//",      "//a",      "/a//b",   "/a//",
    "/.",      "/..",    "/./a",     "/a/..",    "/a/../b", "/%2e%2e",  "/.%2E/a", "/a/%2e",
    "/a%2fb",  "/a%2Fb", "/a%5cb",   "/a\\b",    "/a%00b",  "/a%0d%0a", "/a%7f",   "/a%25b",
    "/%252e/", "/a;b",   "/a%3Bb/c", "/a#b",     "/a%23b",  "/a%",      "/a%2",    "/a%zz",
    "/a%2g",   "/a\tb",  "/a b",     "/a/..;/b", "/%",
};

static void paths_that_could_be_misread_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(misread); i++) {
        print_message("  %s\n", misread[i]);
        JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
        jeton_err err = {0};
        jeton_span path = {.len = 77};
        assert_int_equal(jd_plain_path(jeton_str(misread[i]), &arena, &path, &err), JETON_E_SCOPE);
        assert_int_equal(err.status, JETON_E_SCOPE);
        assert_int_equal(path.len, 0);
    }
}

/* ---- reading -------------------------------------------------------------------------------- */

static const struct {
    const char *why, *text;
} refused[] = {
    {"not JSON", "{"},
    {"an array", "[]"},
    {"no rules", "{}"},
    {"rules that are no list", "{\"rules\": {}}"},
    {"an empty list", "{\"rules\": []}"},
    {"more beside", "{\"rules\": [{\"path\": \"/a\"}], \"rule\": 1}"},
    {"a rule that is no object", "{\"rules\": [\"/a\"]}"},
    {"no path", "{\"rules\": [{}]}"},
    {"a path twice", "{\"rules\": [{\"path\": \"/a\", \"path\": \"/a\"}]}"},
    {"an empty path", "{\"rules\": [{\"path\": \"\"}]}"},
    {"a relative path", "{\"rules\": [{\"path\": \"a\"}]}"},
    {"an encoded path", "{\"rules\": [{\"path\": \"/%61\"}]}"},
    {"a query", "{\"rules\": [{\"path\": \"/a?b\"}]}"},
    {"a path that no request has", "{\"rules\": [{\"path\": \"/a//b\"}]}"},
    {"a path that is no text", "{\"rules\": [{\"path\": 1}]}"},
    {"an unknown member", "{\"rules\": [{\"path\": \"/a\", \"roles\": \"x\"}]}"},
    {"methods that are no list", "{\"rules\": [{\"path\": \"/a\", \"methods\": \"GET\"}]}"},
    {"no methods", "{\"rules\": [{\"path\": \"/a\", \"methods\": []}]}"},
    {"a method that is no text", "{\"rules\": [{\"path\": \"/a\", \"methods\": [1]}]}"},
    {"an empty method", "{\"rules\": [{\"path\": \"/a\", \"methods\": [\"\"]}]}"},
    {"a small method", "{\"rules\": [{\"path\": \"/a\", \"methods\": [\"get\"]}]}"},
    {"an empty role", "{\"rules\": [{\"path\": \"/a\", \"role\": \"\"}]}"},
    {"an empty scope", "{\"rules\": [{\"path\": \"/a\", \"scope\": \"\"}]}"},
    {"fresh as a number", "{\"rules\": [{\"path\": \"/a\", \"fresh\": 1}]}"},
    {"open as a text", "{\"rules\": [{\"path\": \"/a\", \"open\": \"no\"}]}"},
    {"open with a role", "{\"rules\": [{\"path\": \"/a\", \"open\": true, \"role\": \"x\"}]}"},
    {"open with a scope", "{\"rules\": [{\"path\": \"/a\", \"open\": true, \"scope\": \"x\"}]}"},
    {"open and fresh", "{\"rules\": [{\"path\": \"/a\", \"open\": true, \"fresh\": true}]}"},
};

static void rules_that_are_wrong_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jeton_err err = {0};
        jd_verify_rules *rules = (void *)&err; /* to be overwritten */
        assert_int_equal(jd_verify_rules_parse(jeton_str(refused[i].text), &rules, &err),
                         JETON_E_ARGUMENT);
        assert_null(rules);
        assert_true(err.text[0] != '\0');
    }
}

static void files_are_read_or_named(void **state)
{
    (void)state;
    jeton_err err = {0};
    jd_verify_rules *rules = (void *)&err;
    assert_int_equal(jd_verify_rules_load("", &rules, &err), JETON_OK);
    assert_null(rules);
    assert_int_equal(jd_verify_rules_load("/nowhere/rules.json", &rules, &err), JETON_E_NOT_FOUND);
    assert_null(rules);
}

/* ---- finding -------------------------------------------------------------------------------- */

static const char of_five[] =
    "{\"rules\": ["
    "{\"path\": \"/pub/\", \"open\": true},"
    "{\"path\": \"/api/\", \"methods\": [\"GET\", \"HEAD\"], \"scope\": \"read more\"},"
    "{\"path\": \"/api/\", \"role\": \"writer\"},"
    "{\"path\": \"/one\", \"role\": \"admin\", \"fresh\": true, \"open\": false},"
    "{\"path\": \"/caf\xc3\xa9\"}]}";

static const struct {
    const char *method, *target;
    jeton_status want;
    const char *role, *scope;
    bool fresh, open;
} asked[] = {
    {"GET", "/pub/", JETON_OK, "", "", false, true},
    {"GET", "/pub", JETON_OK, "", "", false, true},
    {"GET", "/pub/a/b?c", JETON_OK, "", "", false, true},
    {"GET", "/public", JETON_E_SCOPE, "", "", false, false},
    {"GET", "/pub/../one", JETON_E_SCOPE, "", "", false, false},
    {"GET", "/api/x", JETON_OK, "", "read more", false, false},
    {"HEAD", "/api/x", JETON_OK, "", "read more", false, false},
    {"POST", "/api/x", JETON_OK, "writer", "", false, false},
    {"get", "/api/x", JETON_OK, "writer", "", false, false},
    {"GET", "/one", JETON_OK, "admin", "", true, false},
    {"GET", "/%6fne?x", JETON_OK, "admin", "", true, false},
    {"GET", "/one/", JETON_E_SCOPE, "", "", false, false},
    {"GET", "/One", JETON_E_SCOPE, "", "", false, false},
    {"GET", "/caf%c3%a9", JETON_OK, "", "", false, false},
    {"GET", "/", JETON_E_SCOPE, "", "", false, false},
    {"GET", "", JETON_E_SCOPE, "", "", false, false},
};

static void the_first_rule_that_fits_decides(void **state)
{
    (void)state;
    JT_AUTO(jd_verify_rules_free) jd_verify_rules *rules = NULL;
    assert_int_equal(jd_verify_rules_parse(jeton_str(of_five), &rules, NULL), JETON_OK);
    for (size_t i = 0; i < COUNT(asked); i++) {
        print_message("  %s %s\n", asked[i].method, asked[i].target);
        JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
        jd_demand demand;
        memset(&demand, 0x5a, sizeof demand);
        assert_int_equal(jd_verify_rules_find(rules, jeton_str(asked[i].method),
                                              jeton_str(asked[i].target), &arena, &demand, NULL),
                         asked[i].want);
        assert_true(jeton_span_equal(demand.role, jeton_str(asked[i].role)));
        assert_true(jeton_span_equal(demand.scope, jeton_str(asked[i].scope)));
        assert_int_equal(demand.fresh, asked[i].fresh);
        assert_int_equal(demand.open, asked[i].open);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_paths_are_decoded),
        cmocka_unit_test(paths_that_could_be_misread_are_refused),
        cmocka_unit_test(rules_that_are_wrong_are_refused),
        cmocka_unit_test(files_are_read_or_named),
        cmocka_unit_test(the_first_rule_that_fits_decides),
    };
    return cmocka_run_group_tests_name("api/verify_rules", tests, NULL, NULL);
}
