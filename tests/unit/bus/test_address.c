/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/bus/test_address.c - which texts say where the bus is, and what they say. */
#include "bus/address.h"
#include "unit.h"

static const struct {
    const char *text;
    jd_bus_address want;
} good[] = {
    {"redis://bus.example", {.host = "bus.example", .port = 6379}},
    {"redis://bus.example/", {.host = "bus.example", .port = 6379}},
    {"redis://bus.example:6380", {.host = "bus.example", .port = 6380}},
    {"redis://bus.example/3", {.host = "bus.example", .port = 6379, .db = 3}},
    {"redis://me@10.0.0.7:1/15", {.host = "10.0.0.7", .port = 1, .user = "me", .db = 15}},
    {"rediss://me@bus.example", {.tls = true, .host = "bus.example", .port = 6379, .user = "me"}},
    {"redis://[2001:db8::7]", {.host = "2001:db8::7", .port = 6379}},
    {"redis://[::1]:65535/2", {.host = "::1", .port = 65535, .db = 2}},
    {"unix:/run/redis.sock", {.path = "/run/redis.sock"}},
    {"unix:///run/redis.sock?db=4", {.path = "/run/redis.sock", .db = 4}},
    {"unix:redis.sock", {.path = "redis.sock"}},
};

static const struct {
    const char *why, *text;
} refused[] = {
    {"nothing", ""},
    {"no scheme", "bus.example:6379"},
    {"another scheme", "http://bus.example"},
    {"no host", "redis://"},
    {"no host before the port", "redis://:6379"},
    {"no port behind the colon", "redis://h:"},
    {"port 0", "redis://h:0"},
    {"port 65536", "redis://h:65536"},
    {"a port that is no number", "redis://h:63x"},
    {"a database that is no number", "redis://h/x"},
    {"database 65536", "redis://h/65536"},
    {"two databases", "redis://h/1/2"},
    {"an empty user", "redis://@h"},
    {"a password", "redis://me:secret@h"},
    {"a password without a user", "redis://:secret@h"},
    {"a bracket that stays open", "redis://[::1"},
    {"something behind the bracket", "redis://[::1]x"},
    {"a space in the host", "redis://a b"},
    {"a line break in the user", "redis://a\nb@h"},
    {"no path", "unix:"},
    {"another query", "unix:/run/s?x=1"},
    {"an empty database", "unix:/run/s?db="},
};

static void addresses_are_taken_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        print_message("  %s\n", good[i].text);
        jd_bus_address got;
        memset(&got, 0x5a, sizeof got);
        assert_int_equal(jd_bus_address_parse(jeton_str(good[i].text), &got, NULL), JETON_OK);
        assert_int_equal(got.tls, good[i].want.tls);
        assert_string_equal(got.path, good[i].want.path);
        assert_string_equal(got.host, good[i].want.host);
        assert_string_equal(got.user, good[i].want.user);
        assert_int_equal(got.port, good[i].want.port);
        assert_int_equal(got.db, good[i].want.db);
    }
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const jd_bus_address none;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jd_bus_address got;
        jeton_err err = {0};
        memset(&got, 0x5a, sizeof got);
        assert_int_equal(jd_bus_address_parse(jeton_str(refused[i].text), &got, &err),
                         JETON_E_ARGUMENT);
        assert_memory_equal(&got, &none, sizeof got);
        assert_null(strstr(err.text, "secret"));
    }
}

static void a_path_fits_or_is_refused(void **state)
{
    (void)state;
    char text[5 + JD_BUS_PATH + 1] = "unix:";
    jd_bus_address got;
    memset(text + 5, 'p', JD_BUS_PATH - 1);
    assert_int_equal(jd_bus_address_parse(jeton_str(text), &got, NULL), JETON_OK);
    text[5 + JD_BUS_PATH - 1] = 'p';
    assert_int_equal(jd_bus_address_parse(jeton_str(text), &got, NULL), JETON_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_apart),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(a_path_fits_or_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
