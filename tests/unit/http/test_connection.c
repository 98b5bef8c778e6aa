/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_connection.c - deadlines: who is cut, when, and who is not. */
#include "world.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n"
#define GET  "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

/* Says `start`, then a byte again and again, until the other side has had enough. Returns how long
 * that took. Each byte would satisfy a timeout that measures silence. */
static int64_t drip(int fd, const char *start, const char *drop)
{
    const int64_t begun = world_now_ms();
    char byte;
    world_say(fd, start);
    while (recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && world_now_ms() - begun < PATIENCE_MS) {
        if (send(fd, drop, 1, MSG_NOSIGNAL) < 0)
            break;
        world_sleep_ms(10);
    }
    return world_now_ms() - begun;
}

static const struct {
    const char *why, *start, *drop;
} drips[] = {
    {"a request line", "GET /", "a"},
    {"empty lines", "", "\n"},
    {"a header", "GET / HTTP/1.1\r\nHost: a\r\nX-A: ", "a"},
    {"a body", HEAD "\r\n", "a"},
    {"the size of a chunk", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
     "0"},
    {"a request line after an answer", GET "GET /", "a"},
};

static void clients_that_drip_are_cut(void **state)
{
    (void)state;
    jd_http *http = world_start(&(jd_http_options){.idle_ms = 300, .request_ms = 300});
    for (size_t i = 0; i < COUNT(drips); i++) {
        print_message("  %s\n", drips[i].why);
        world_answer answer;
        const int fd = world_dial(http);
        const bool is_second = strncmp(drips[i].start, GET, strlen(GET)) == 0;
        world_say(fd, is_second ? GET : "");
        if (is_second)
            world_hear(fd, &answer);
        const char *start = is_second ? drips[i].start + strlen(GET) : drips[i].start;
        assert_in_range(drip(fd, start, drips[i].drop), 0, PATIENCE_MS - 1);
        close(fd);
    }
    jd_http_close(&http);
}

static void silent_clients_are_cut_after_the_idle_time(void **state)
{
    (void)state;
    world_answer answer;
    jd_http *http = world_start(&(jd_http_options){.idle_ms = 400});
    const int fresh = world_dial(http);
    const int used = world_dial(http);
    world_say(used, GET);
    world_hear(used, &answer);
    const int64_t begun = world_now_ms();
    assert_true(world_is_ended(fresh));
    assert_true(world_is_ended(used));
    assert_in_range(world_now_ms() - begun, 200, PATIENCE_MS);
    close(fresh);
    close(used);
    jd_http_close(&http);
}

/* The difference to the rows above is only that each request comes within its time. */
static void busy_clients_are_not_cut(void **state)
{
    (void)state;
    jd_http *http = world_start(&(jd_http_options){.idle_ms = 1500, .request_ms = 1500});
    const int fd = world_dial(http);
    for (int i = 0; i < 12; i++) {
        world_answer answer;
        world_say(fd, HEAD);
        world_sleep_ms(100);
        world_say(fd, "\r\n");
        for (int k = 0; k < 100; k++)
            world_say(fd, "12345");
        world_hear(fd, &answer);
        assert_int_equal(answer.status, 200);
        world_sleep_ms(100);
    }
    close(fd);
    jd_http_close(&http);
}

/* More than the socket buffers of both sides hold, to a client that never reads. */
static char large[16 * 1024 * 1024];

static void answer_largely(void *user, jd_request *request)
{
    (void)user;
    jd_request_answer(request, 200, NULL, 0, jeton_bytes(large, sizeof large));
}

static void note_finish(void *user, jd_request *request, bool sent)
{
    atomic_int *finished = user;
    (void)request;
    atomic_store(finished, sent ? 1 : 2);
}

static void clients_that_do_not_take_their_answer_are_cut(void **state)
{
    (void)state;
    atomic_int finished = 0;
    jd_http *http = world_start(&(jd_http_options){
        .answer_ms = 300, .handle = answer_largely, .finish = note_finish, .user = &finished});
    const int fd = world_dial(http);
    world_say(fd, GET);
    for (int i = 0; i < PATIENCE_MS / 10 && atomic_load(&finished) == 0; i++)
        world_sleep_ms(10);
    assert_int_equal(atomic_load(&finished), 2);
    close(fd);
    jd_http_close(&http);
}

/* ---- suspended requests ---- */

static void suspend_and_keep(void *user, jd_request *request)
{
    _Atomic(jd_request *) *kept = user;
    jd_request_suspend(request);
    atomic_store(kept, request);
}

static jd_request *take_kept(_Atomic(jd_request *) *kept)
{
    for (int i = 0; i < PATIENCE_MS / 5 && atomic_load(kept) == NULL; i++)
        world_sleep_ms(5);
    assert_non_null(atomic_load(kept));
    return atomic_exchange(kept, NULL);
}

static void a_suspended_request_is_not_cut(void **state)
{
    (void)state;
    world_answer answer;
    _Atomic(jd_request *) kept = NULL;
    jd_http *http = world_start(&(jd_http_options){.idle_ms = 100,
                                                   .request_ms = 100,
                                                   .answer_ms = 5000,
                                                   .handle = suspend_and_keep,
                                                   .user = &kept});
    const int fd = world_dial(http);
    world_say(fd, GET);
    jd_request *request = take_kept(&kept);
    world_sleep_ms(600);
    jd_request_answer(request, 202, NULL, 0, jeton_str("late"));
    world_hear(fd, &answer);
    assert_int_equal(answer.status, 202);
    assert_string_equal(answer.body, "late");
    close(fd);
    jd_http_close(&http);
}

static void a_client_that_leaves_while_suspended_harms_nobody(void **state)
{
    (void)state;
    _Atomic(jd_request *) kept = NULL;
    jd_http *http = world_start(&(jd_http_options){.handle = suspend_and_keep, .user = &kept});
    for (int i = 0; i < 20; i++) {
        const int fd = world_dial(http);
        const struct linger reset = {.l_onoff = i % 2, .l_linger = 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        world_say(fd, GET);
        jd_request *request = take_kept(&kept);
        close(fd);
        world_sleep_ms(5);
        unit_assert_span(jd_request_path(request), "/");
        jd_request_answer(request, 200, NULL, 0, jeton_str("gone"));
    }
    for (int i = 0; i < PATIENCE_MS / 5 && jd_http_connections(http) > 0; i++)
        world_sleep_ms(5);
    assert_int_equal(jd_http_connections(http), 0);
    jd_http_close(&http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_that_drip_are_cut),
        cmocka_unit_test(silent_clients_are_cut_after_the_idle_time),
        cmocka_unit_test(busy_clients_are_not_cut),
        cmocka_unit_test(clients_that_do_not_take_their_answer_are_cut),
        cmocka_unit_test(a_suspended_request_is_not_cut),
        cmocka_unit_test(a_client_that_leaves_while_suspended_harms_nobody),
    };
    return cmocka_run_group_tests_name("http/connection", tests, NULL, NULL);
}
