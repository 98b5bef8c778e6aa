/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_listen_place.c - listen addresses as text. */
#include "unit.h"

#include "http/listen_place.h"

static const struct {
    const char *text, *host, *port, *path;
} taken[] = {
    {"127.0.0.1:8080", "127.0.0.1", "8080", ""},
    {"[::1]:0", "::1", "0", ""},
    {"localhost:00080", "localhost", "00080", ""},
    {"  localhost:80 ", "localhost", "80", ""},
    {"unix:/run/jeton/http.sock", "", "", "/run/jeton/http.sock"},
    {"unix:a b:c", "", "", "a b:c"},
    {"unix:x", "", "", "x"},
};

static void place_parse_reads_hosts_and_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(taken); i++) {
        print_message("  %s\n", taken[i].text);
        jd_listen_place place;
        memset(&place, 0x5a, sizeof place);
        assert_int_equal(jd_listen_place_parse(jeton_str(taken[i].text), &place, NULL), JETON_OK);
        assert_string_equal(place.host, taken[i].host);
        assert_string_equal(place.port, taken[i].port);
        assert_string_equal(place.path, taken[i].path);
    }
}

static const struct {
    const char *why, *text;
} refused[] = {
    {"nothing", ""},
    {"blanks", "  "},
    {"a path alone", "/run/jeton.sock"},
    {"unix without a path", "unix:"},
    {"another word", "unixx:/run/a"},
    {"no port", "localhost"},
    {"an empty host", ":80"},
    {"a port that is none", "localhost:65536"},
    {"IPv6 without brackets", "::1:80"},
    {"half a bracket", "[::1:80"},
    {"brackets in brackets", "[[::1]]:80"},
    {"a blank in the middle", "local host:80"},
    {"a name in brackets", "[localhost]:80"},
    {"a name in brackets that is none without them", "[unix]:1"},
};

static void refuses(jeton_span text)
{
    static const jd_listen_place empty;
    jeton_err err = {0};
    jd_listen_place place;
    memset(&place, 0x5a, sizeof place);
    assert_int_equal(jd_listen_place_parse(text, &place, &err), JETON_E_ARGUMENT);
    assert_int_equal(err.status, JETON_E_ARGUMENT);
    assert_memory_equal(&place, &empty, sizeof place);
}

static void place_parse_refuses_what_is_no_address(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        refuses(jeton_str(refused[i].text));
    }
    print_message("  a NUL\n");
    refuses(jeton_bytes("unix:/a\0b", 9));
    refuses(jeton_bytes("a\0b:80", 6));
}

/* One byte decides. */
static void the_longest_path_is_as_long_as_the_system_takes(void **state)
{
    (void)state;
    char text[5 + JD_UNIX_CHARS + 1];
    jd_listen_place place;
    memset(text, 'a', sizeof text);
    memcpy(text, "unix:", 5);
    const size_t most = 5 + JD_UNIX_CHARS - 1;
    assert_int_equal(jd_listen_place_parse(jeton_bytes(text, most), &place, NULL), JETON_OK);
    assert_int_equal(strlen(place.path), JD_UNIX_CHARS - 1);
    refuses(jeton_bytes(text, most + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(place_parse_reads_hosts_and_paths),
        cmocka_unit_test(place_parse_refuses_what_is_no_address),
        cmocka_unit_test(the_longest_path_is_as_long_as_the_system_takes),
    };
    return cmocka_run_group_tests_name("http/listen_place", tests, NULL, NULL);
}
