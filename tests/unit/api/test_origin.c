/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/api/test_origin.c - which texts are origins, and which hosts are this machine. */
#include "api/origin.h"

#include "unit.h"

#define TEN                                                                                        \
    "https://a.example,https://a.example,https://a.example,https://a.example,"                     \
    "https://a.example,https://a.example,https://a.example,https://a.example,"                     \
    "https://a.example,https://a.example"

static const struct {
    const char *list;
    size_t count;
} taken[] = {
    {"", 0},
    {"https://app.example.com", 1},
    {"http://localhost:5173", 1},
    {"https://192.0.2.1:8443", 1},
    {"https://[2001:db8::1]", 1},
    {"https://[2001:db8::1]:8443", 1},
    {"https://a.example,https://b.example", 2},
    {"https://a.example, https://b.example , http://c.example:443", 3},
    {TEN "," TEN "," TEN ",https://a.example,https://a.example", 32},
};

static void lists_of_exact_origins_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(taken); i++) {
        print_message("  %s\n", taken[i].list);
        jd_origins origins;
        memset(&origins, 0x5a, sizeof origins);
        assert_int_equal(jd_origins_parse(taken[i].list, &origins, NULL), JETON_OK);
        assert_int_equal(origins.count, taken[i].count);
    }
}

static const char *const refused[] = {
    "*",
    "null",
    "app.example.com",
    "https://",
    "https:///",
    "https://:8443",
    "https://app.example.com/",
    "https://app.example.com?",
    "https://APP.example.com",
    "HTTPS://app.example.com",
    "https://*.example.com",
    "https://user@app.example.com",
    "https://app.example.com:443",
    "http://app.example.com:80",
    "https://app.example.com:",
    "https://app.example.com:0443",
    "https://app.example.com:x",
    "https://app.example.com:123456",
    "https://[::1",
    "https://[::1]x",
    "https://a.example https://b.example",
    ",https://a.example",
    "https://a.example,,https://b.example",
    "https://a.example,*",
    TEN "," TEN "," TEN "," TEN,
};

static void anything_else_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i]);
        jeton_err err = {0};
        jd_origins origins;
        memset(&origins, 0x5a, sizeof origins);
        assert_int_equal(jd_origins_parse(refused[i], &origins, &err), JETON_E_ARGUMENT);
        assert_int_equal(origins.count, 0);
    }
}

static void an_origin_is_in_the_list_byte_for_byte(void **state)
{
    (void)state;
    jd_origins origins;
    assert_int_equal(jd_origins_parse("https://a.example,https://b.example:1", &origins, NULL),
                     JETON_OK);
    assert_true(jd_origins_has(&origins, jeton_str("https://b.example:1")));
    assert_false(jd_origins_has(&origins, jeton_str("https://b.example:12")));
    assert_false(jd_origins_has(&origins, jeton_str("https://b.example")));
    assert_false(jd_origins_has(&origins, jeton_str("https://A.example")));
    assert_false(jd_origins_has(&origins, jeton_str("")));
}

static const struct {
    const char *url, *origin;
} urls[] = {
    {"https://auth.example.com", "https://auth.example.com"},
    {"https://auth.example.com/", "https://auth.example.com"},
    {"https://auth.example.com:8443/a/b", "https://auth.example.com:8443"},
    {"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
    {"https://", ""},
    {"https:///a", ""},
    {"urn:example:issuer", ""},
    {"auth", ""},
    {"", ""},
};

static void the_origin_of_a_url_ends_before_its_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(urls); i++) {
        print_message("  %s\n", urls[i].url);
        unit_assert_span(jd_origin_of(jeton_str(urls[i].url)), urls[i].origin);
    }
}

static const struct {
    const char *host;
    bool local;
} hosts[] = {
    {"localhost", true},       {"localhost:8080", true},
    {"app.localhost:1", true}, {"127.0.0.1", true},
    {"127.0.0.1:8080", true},  {"[::1]", true},
    {"[::1]:8080", true},      {"localhost.example.com", false},
    {"127.0.0.1.evil", false}, {"notlocalhost", false},
    {".localhost", false},     {"example.com", false},
    {"[::1", false},           {"[::1]evil", false},
    {"10.0.0.1", false},       {"localhost@evil", false},
    {"localhost/", false},     {"", false},
};

static void only_names_of_this_machine_are_local(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(hosts); i++) {
        print_message("  %s\n", hosts[i].host);
        assert_int_equal(jd_origin_is_local(jeton_str(hosts[i].host)), hosts[i].local);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_of_exact_origins_are_read),
        cmocka_unit_test(anything_else_is_refused),
        cmocka_unit_test(an_origin_is_in_the_list_byte_for_byte),
        cmocka_unit_test(the_origin_of_a_url_ends_before_its_path),
        cmocka_unit_test(only_names_of_this_machine_are_local),
    };
    return cmocka_run_group_tests_name("api/origin", tests, NULL, NULL);
}
