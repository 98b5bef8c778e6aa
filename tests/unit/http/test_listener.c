/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_listener.c - listen addresses. */
#include "unit.h"

#include "http/listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <unistd.h>

static const char *const taken[] = {"127.0.0.1:0", "0.0.0.0:0", "localhost:0", "127.0.0.1:00000"};

/* A machine made a moment ago may have no /etc/hosts yet. */
static bool knows_localhost(void)
{
    struct addrinfo *found = NULL;
    const bool knows = getaddrinfo("localhost", NULL, NULL, &found) == 0;
    if (knows)
        freeaddrinfo(found);
    return knows;
}

static void listener_open_binds_and_reports_the_port(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(taken); i++) {
        print_message("  %s\n", taken[i]);
        jeton_err err = {0};
        int fd = 12345;
        if (strncmp(taken[i], "localhost", 9) == 0 && !knows_localhost())
            continue;
        assert_int_equal(jd_listener_open(taken[i], &fd, &err), JETON_OK);
        assert_in_range(jd_listener_port(fd), 1, 65535);
        assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        close(fd);
    }
    assert_int_equal(jd_listener_port(-1), 0);
}

static const struct {
    const char *why, *text;
    jeton_status want;
} refused[] = {
    {"nothing", NULL, JETON_E_ARGUMENT},
    {"an empty text", "", JETON_E_ARGUMENT},
    {"a colon", ":", JETON_E_ARGUMENT},
    {"no host: all interfaces must be asked for", ":8080", JETON_E_ARGUMENT},
    {"no port", "127.0.0.1", JETON_E_ARGUMENT},
    {"an empty port", "127.0.0.1:", JETON_E_ARGUMENT},
    {"a port alone", "8080", JETON_E_ARGUMENT},
    {"a port too large", "127.0.0.1:65536", JETON_E_ARGUMENT},
    {"a port of six digits", "127.0.0.1:000080", JETON_E_ARGUMENT},
    {"a port below zero", "127.0.0.1:-1", JETON_E_ARGUMENT},
    {"a port that is a name", "127.0.0.1:http", JETON_E_ARGUMENT},
    {"something behind the port", "127.0.0.1:80x", JETON_E_ARGUMENT},
    {"a blank behind the port", "127.0.0.1:80 ", JETON_E_ARGUMENT},
    {"IPv6 without brackets", "::1:8080", JETON_E_ARGUMENT},
    {"no closing bracket", "[::1:8080", JETON_E_ARGUMENT},
    {"no opening bracket", "::1]:8080", JETON_E_ARGUMENT},
    {"brackets in brackets", "[[::1]]:8080", JETON_E_ARGUMENT},
    {"empty brackets", "[]:8080", JETON_E_ARGUMENT},
    {"brackets without a port", "[::1]", JETON_E_ARGUMENT},
    {"a URL", "http://127.0.0.1:80", JETON_E_ARGUMENT},
    {"an address of somebody else", "192.0.2.1:0", JETON_E_SYSTEM},
    {"a name that does not exist", "name.invalid:0", JETON_E_SYSTEM},
};

static void listener_open_refuses_what_it_cannot_bind(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        print_message("  %s\n", refused[i].why);
        jeton_err err = {0};
        int fd = 12345;
        assert_int_equal(jd_listener_open(refused[i].text, &fd, &err), refused[i].want);
        assert_int_equal(fd, -1);
        assert_int_equal(err.status, refused[i].want);
    }
}

static void listener_open_refuses_a_host_longer_than_any_name(void **state)
{
    (void)state;
    char text[300];
    int fd = 12345;
    memset(text, 'a', sizeof text);
    memcpy(text + sizeof text - 3, ":0", 3);
    assert_int_equal(jd_listener_open(text, &fd, NULL), JETON_E_ARGUMENT);
    assert_int_equal(fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listener_open_binds_and_reports_the_port),
        cmocka_unit_test(listener_open_refuses_what_it_cannot_bind),
        cmocka_unit_test(listener_open_refuses_a_host_longer_than_any_name),
    };
    return cmocka_run_group_tests_name("http/listener", tests, NULL, NULL);
}
