/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_server.c - a server's life: open, start, drain, close. */
#include "world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

static void a_second_server_on_the_port_is_told_so(void **state)
{
    (void)state;
    char where[32];
    char want[96];
    jeton_err err = {0};
    jd_http *first = world_start(&(jd_http_options){0});
    snprintf(where, sizeof where, "127.0.0.1:%u", jd_http_port(first));
    snprintf(want, sizeof want, "cannot listen on %s: Address already in use", where);

    const jd_http_options options = {
        .listen = where, .handle = world_handle, .refuse = world_refuse};
    jd_http *second = BOGUS;
    assert_int_equal(jd_http_open(&options, &second, &err), JETON_E_SYSTEM);
    assert_null(second);
    assert_string_equal(err.text, want);

    jd_http_close(&first);
    assert_null(first);
    err = (jeton_err){0};
    assert_int_equal(jd_http_open(&options, &second, &err), JETON_OK);
    jd_http_close(&second);
}

static void open_refuses_options_that_cannot_work(void **state)
{
    (void)state;
    const struct {
        const char *why;
        jd_http_options options;
    } rows[] = {
        {"no handle", {.listen = "127.0.0.1:0", .refuse = world_refuse}},
        {"no refuse", {.listen = "127.0.0.1:0", .handle = world_handle}},
        {"no address", {.handle = world_handle, .refuse = world_refuse}},
        {"no port", {.listen = "127.0.0.1", .handle = world_handle, .refuse = world_refuse}},
        {"a thousand threads",
         {.listen = "127.0.0.1:0",
          .handle = world_handle,
          .refuse = world_refuse,
          .threads = 1000}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jeton_err err = {0};
        jd_http *http = BOGUS;
        assert_int_equal(jd_http_open(&rows[i].options, &http, &err), JETON_E_ARGUMENT);
        assert_null(http);
        assert_int_equal(err.status, JETON_E_ARGUMENT);
    }
}

static void close_is_fine_at_any_point(void **state)
{
    (void)state;
    const jd_http_options options = {
        .listen = "127.0.0.1:0", .handle = world_handle, .refuse = world_refuse};
    jd_http *http = NULL;
    jd_http_close(&http);
    assert_int_equal(jd_http_open(&options, &http, NULL), JETON_OK); /* never started */
    assert_true(jd_http_drain(http, 0));
    jd_http_close(&http);

    http = world_start(&options); /* with connections in each phase */
    const int idle = world_dial(http);
    const int begun = world_dial(http);
    world_say(begun, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    world_sleep_ms(20);
    jd_http_close(&http);
    assert_true(world_is_ended(idle));
    assert_true(world_is_ended(begun));
    close(idle);
    close(begun);
}

/* ---- IPv6 ---- */

static void answer_with_peer(void *user, jd_request *request)
{
    (void)user;
    jd_request_answer(request, 200, NULL, 0, jeton_str(jd_request_peer(request)));
}

static void ask_over_ipv6(const jd_http *http, world_answer *answer)
{
    const struct sockaddr_in6 where = {.sin6_family = AF_INET6,
                                       .sin6_port = htons((uint16_t)jd_http_port(http)),
                                       .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const int fd = socket(AF_INET6, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&where, sizeof where), 0);
    world_say(fd, GET);
    world_hear(fd, answer);
    close(fd);
}

static void ipv6_is_served_and_ipv4_clients_keep_their_names(void **state)
{
    (void)state;
    jd_http_options options = {
        .listen = "[::1]:0", .handle = answer_with_peer, .refuse = world_refuse};
    jd_http *http;
    world_answer answer;
    if (jd_http_open(&options, &http, NULL) != JETON_OK)
        skip(); /* this machine has no IPv6 */
    jd_http_close(&http);

    options.listen = "[::]:0";
    http = world_start(&options);
    ask_over_ipv6(http, &answer);
    assert_string_equal(answer.body, "::1");
    world_ask(http, GET, &answer);
    assert_string_equal(answer.body, "127.0.0.1");
    jd_http_close(&http);
}

/* ---- the connection limit ---- */

static void connections_past_the_limit_are_closed_as_they_come(void **state)
{
    (void)state;
    enum { LIMIT = 10 };
    jd_http *http = world_start(&(jd_http_options){.connections = LIMIT, .threads = 1});
    int fds[LIMIT];
    world_answer answer;
    for (size_t i = 0; i < LIMIT; i++) {
        fds[i] = world_dial(http);
        world_say(fds[i], GET);
        world_hear(fds[i], &answer);
        assert_int_equal(answer.status, 200);
    }
    const int one_more = world_dial(http);
    assert_true(world_is_ended(one_more));
    close(one_more);
    for (size_t i = 0; i < LIMIT; i++) /* nobody else was harmed */
        world_say(fds[i], GET);
    for (size_t i = 0; i < LIMIT; i++) {
        world_hear(fds[i], &answer);
        assert_int_equal(answer.status, 200);
        close(fds[i]);
    }
    for (int i = 0; i < PATIENCE_MS / 5 && jd_http_connections(http) > 0; i++)
        world_sleep_ms(5);
    assert_int_equal(world_ask(http, GET, &answer), 200);
    jd_http_close(&http);
}

/* ---- draining ---- */

static void suspend_and_keep(void *user, jd_request *request)
{
    _Atomic(jd_request *) *kept = user;
    jd_request_suspend(request);
    atomic_store(kept, request);
}

static jd_request *wait_for(_Atomic(jd_request *) *kept)
{
    for (int i = 0; i < PATIENCE_MS / 5 && atomic_load(kept) == NULL; i++)
        world_sleep_ms(5);
    assert_non_null(atomic_load(kept));
    return atomic_load(kept);
}

static void drain_closes_idle_connections_and_refuses_new_ones(void **state)
{
    (void)state;
    world_answer answer;
    jd_http *http = world_start(&(jd_http_options){0});
    const int fresh = world_dial(http);
    const int used = world_dial(http);
    world_say(used, GET);
    world_hear(used, &answer);
    assert_true(world_accepts(http));
    assert_true(jd_http_drain(http, PATIENCE_MS));
    assert_false(world_accepts(http));
    assert_true(world_is_ended(fresh));
    assert_true(world_is_ended(used));
    assert_int_equal(jd_http_connections(http), 0);
    close(fresh);
    close(used);
    jd_http_close(&http);
}

static void drain_lets_requests_under_way_finish(void **state)
{
    (void)state;
    world_answer answer;
    _Atomic(jd_request *) kept = NULL;
    jd_http *http = world_start(&(jd_http_options){.handle = suspend_and_keep, .user = &kept});
    const int fd = world_dial(http);
    world_say(fd, GET);
    jd_request *request = wait_for(&kept);
    assert_false(jd_http_drain(http, 100)); /* one is left */
    assert_false(world_accepts(http));
    jd_request_answer(request, 200, NULL, 0, jeton_str("done"));
    world_hear(fd, &answer);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.body, "done");
    assert_non_null(strcasestr(answer.head, "\r\nConnection: close\r\n"));
    assert_true(world_is_ended(fd));
    assert_true(jd_http_drain(http, PATIENCE_MS));
    close(fd);
    jd_http_close(&http);
}

static void drain_lets_a_body_come_in_that_has_begun(void **state)
{
    (void)state;
    world_answer answer;
    jd_http *http = world_start(&(jd_http_options){0});
    const int fd = world_dial(http);
    world_say(fd, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
    world_sleep_ms(100);
    assert_false(jd_http_drain(http, 100));
    world_say(fd, "def");
    world_hear(fd, &answer);
    assert_string_equal(answer.body, "POST / [abcdef]");
    assert_true(world_is_ended(fd));
    assert_true(jd_http_drain(http, PATIENCE_MS));
    close(fd);
    jd_http_close(&http);
}

static void *answer_later(void *arg)
{
    world_sleep_ms(300);
    jd_request_answer(arg, 200, NULL, 0, jeton_str("late"));
    return NULL;
}

static void close_waits_for_suspended_requests(void **state)
{
    (void)state;
    pthread_t late;
    _Atomic(jd_request *) kept = NULL;
    jd_http *http = world_start(&(jd_http_options){.handle = suspend_and_keep, .user = &kept});
    const int fd = world_dial(http);
    world_say(fd, GET);
    const int64_t begun = world_now_ms();
    assert_int_equal(pthread_create(&late, NULL, answer_later, wait_for(&kept)), 0);
    jd_http_close(&http);
    assert_in_range(world_now_ms() - begun, 250, PATIENCE_MS);
    pthread_join(late, NULL);
    close(fd);
}

/* ---- whether it lives ---- */

static void block(void *user, jd_request *request)
{
    atomic_bool *blocked = user;
    while (atomic_load(blocked))
        world_sleep_ms(5);
    jd_request_answer(request, 200, NULL, 0, jeton_str("at last"));
}

static void a_thread_that_is_stuck_is_noticed(void **state)
{
    (void)state;
    world_answer answer;
    atomic_bool blocked = true;
    jd_http *http =
        world_start(&(jd_http_options){.threads = 2, .handle = block, .user = &blocked});
    assert_true(jd_http_is_turning(http, PATIENCE_MS));
    const int fd = world_dial(http);
    world_say(fd, GET);
    for (int i = 0; i < PATIENCE_MS / 50 && jd_http_is_turning(http, 50); i++)
        ;
    assert_false(jd_http_is_turning(http, 50));
    atomic_store(&blocked, false);
    assert_true(jd_http_is_turning(http, PATIENCE_MS));
    world_hear(fd, &answer);
    assert_string_equal(answer.body, "at last");
    close(fd);
    jd_http_close(&http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_that_is_stuck_is_noticed),
        cmocka_unit_test(a_second_server_on_the_port_is_told_so),
        cmocka_unit_test(open_refuses_options_that_cannot_work),
        cmocka_unit_test(close_is_fine_at_any_point),
        cmocka_unit_test(ipv6_is_served_and_ipv4_clients_keep_their_names),
        cmocka_unit_test(connections_past_the_limit_are_closed_as_they_come),
        cmocka_unit_test(drain_closes_idle_connections_and_refuses_new_ones),
        cmocka_unit_test(drain_lets_requests_under_way_finish),
        cmocka_unit_test(drain_lets_a_body_come_in_that_has_begun),
        cmocka_unit_test(close_waits_for_suspended_requests),
    };
    return cmocka_run_group_tests_name("http/server", tests, NULL, NULL);
}
