/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_listener.c - listen addresses. */
#include "unit.h"

#include "http/listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
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

static jeton_status open_all(const char *text, jd_listeners *all, jeton_err *err)
{
    memset(all, 0x5a, sizeof *all); /* wild: the call must overwrite it */
    return jd_listeners_open(text, 0600, all, err);
}

static void listener_open_binds_and_reports_the_port(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(taken); i++) {
        print_message("  %s\n", taken[i]);
        jeton_err err = {0};
        char name[64];
        jd_listeners all;
        if (strncmp(taken[i], "localhost", 9) == 0 && !knows_localhost())
            continue;
        assert_int_equal(open_all(taken[i], &all, &err), JETON_OK);
        assert_int_equal(all.count, 1);
        const int fd = all.at[0].fd;
        assert_in_range(jd_listener_port(fd), 1, 65535);
        snprintf(name, sizeof name, "%.*s:%u", (int)(strchr(taken[i], ':') - taken[i]), taken[i],
                 jd_listener_port(fd));
        assert_string_equal(all.at[0].name, name);
        assert_false(all.at[0].is_unix || all.at[0].is_inherited);
        assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
        assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
        jd_listeners_close(&all);
        assert_int_equal(all.count, 0);
        assert_int_equal(fcntl(fd, F_GETFL), -1);
    }
    assert_int_equal(jd_listener_port(-1), 0);
}

static void listeners_are_printed_as_far_as_there_is_room(void **state)
{
    (void)state;
    jd_listeners all = {
        .count = 2, .at = {{.fd = -1, .name = "127.0.0.1:8080"}, {.fd = -1, .name = "unix:/a"}}};
    static const struct {
        size_t size;
        const char *want;
    } rows[] = {{64, "127.0.0.1:8080, unix:/a"},
                {24, "127.0.0.1:8080, unix:/a"},
                {23, "127.0.0.1:8080, unix:/"},
                {5, "127."},
                {1, ""}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[64];
        memset(text, 'x', sizeof text);
        jd_listeners_print(&all, text, rows[i].size);
        assert_string_equal(text, rows[i].want);
    }
    all.count = 0;
    char text[8] = "wild";
    jd_listeners_print(&all, text, sizeof text);
    assert_string_equal(text, "");
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
    {"a blank within", "127.0.0.1: 80", JETON_E_ARGUMENT},
    {"a blank in the host", "127.0.0.1 :80", JETON_E_ARGUMENT},
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
        jd_listeners all;
        assert_int_equal(open_all(refused[i].text, &all, &err), refused[i].want);
        assert_int_equal(err.status, refused[i].want);
        jd_listeners_close(&all);
    }
}

static void listener_open_refuses_a_host_longer_than_any_name(void **state)
{
    (void)state;
    char text[300];
    jd_listeners all;
    memset(text, 'a', sizeof text);
    memcpy(text + sizeof text - 3, ":0", 3);
    assert_int_equal(open_all(text, &all, NULL), JETON_E_ARGUMENT);
    jd_listeners_close(&all);
}

static void a_list_is_opened_whole_or_not_at_all(void **state)
{
    (void)state;
    jd_listeners all;
    jeton_err err = {0};
    assert_int_equal(open_all("127.0.0.1:0, 127.0.0.1:0,localhost:0", &all, &err),
                     knows_localhost() ? JETON_OK : JETON_E_SYSTEM);
    if (knows_localhost()) {
        assert_int_equal(all.count, 3);
        assert_int_not_equal(jd_listener_port(all.at[0].fd), jd_listener_port(all.at[1].fd));
    }
    jd_listeners_close(&all);
    assert_int_equal(open_all("127.0.0.1:0,", &all, NULL), JETON_E_ARGUMENT);
    jd_listeners_close(&all);
    assert_int_equal(open_all("127.0.0.1:0,,127.0.0.1:0", &all, NULL), JETON_E_ARGUMENT);
    jd_listeners_close(&all);
    char many[17 * 12 + 1] = "";
    for (int i = 0; i < 17; i++)
        strcat(many, i == 16 ? "127.0.0.1:0" : "127.0.0.1:0,");
    assert_int_equal(open_all(many, &all, &err), JETON_E_ARGUMENT);
    assert_string_equal(err.text, "more than 16 listen addresses");
    jd_listeners_close(&all);
    many[16 * 12 - 1] = '\0';
    assert_int_equal(open_all(many, &all, NULL), JETON_OK);
    assert_int_equal(all.count, 16);
    jd_listeners_close(&all);
}

static int listening_socket(int family)
{
    const int fd = socket(family, SOCK_STREAM, 0);
    if (fd >= 0 && listen(fd, 1) == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void inherited_sockets_are_named_and_made_ready(void **state)
{
    (void)state;
    char name[64];
    jd_listeners all;
    const int fd = listening_socket(AF_INET);
    assert_true(fd >= 0);
    memset(&all, 0x5a, sizeof all);
    assert_int_equal(jd_listeners_take(&fd, 1, &all, NULL), JETON_OK);
    assert_int_equal(all.count, 1);
    assert_true(all.at[0].is_inherited);
    snprintf(name, sizeof name, "0.0.0.0:%u", jd_listener_port(fd));
    assert_string_equal(all.at[0].name, name);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    jd_listeners_close(&all);
    assert_int_equal(fcntl(fd, F_GETFL), -1);
}

/* Differ from the one above in one thing each. */
static void inherited_descriptors_that_are_no_listening_sockets_are_refused(void **state)
{
    (void)state;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    const struct {
        const char *why;
        int fd;
    } rows[] = {
        {"not open", 12345},
        {"a pipe", pipes[0]},
        {"a socket that does not listen", socket(AF_INET, SOCK_STREAM, 0)},
        {"a socket of datagrams", socket(AF_INET, SOCK_DGRAM, 0)},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_err err = {0};
        jd_listeners all;
        memset(&all, 0x5a, sizeof all);
        assert_int_equal(jd_listeners_take(&rows[i].fd, 1, &all, &err), JETON_E_ARGUMENT);
        assert_int_equal(all.count, 0);
        assert_int_equal(err.status, JETON_E_ARGUMENT);
        close(rows[i].fd);
    }
    close(pipes[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listeners_are_printed_as_far_as_there_is_room),
        cmocka_unit_test(listener_open_binds_and_reports_the_port),
        cmocka_unit_test(listener_open_refuses_what_it_cannot_bind),
        cmocka_unit_test(listener_open_refuses_a_host_longer_than_any_name),
        cmocka_unit_test(a_list_is_opened_whole_or_not_at_all),
        cmocka_unit_test(inherited_sockets_are_named_and_made_ready),
        cmocka_unit_test(inherited_descriptors_that_are_no_listening_sockets_are_refused),
    };
    return cmocka_run_group_tests_name("http/listener", tests, NULL, NULL);
}
