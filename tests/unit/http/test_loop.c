/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_loop.c - many clients in step. libmicrohttpd's own epoll thread stalls for
 * good when exactly 128 clients are ready at once; ours must not, with any number of threads. */
#include "world.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS_MAX 1000
#define ROUNDS      8

static const struct {
    unsigned threads, clients;
} crowds[] = {
    {1, 127}, {1, 128}, {1, 129},  {1, 256}, {1, 512}, {1, 1000}, {2, 128},
    {2, 256}, {2, 512}, {2, 1000}, {4, 128}, {4, 256}, {4, 512},  {4, 1000},
};

static int clients[CLIENTS_MAX];

/* All requests leave before the first answer is looked at, so they are ready together. */
static void one_round(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        world_say(clients[i], "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    for (unsigned i = 0; i < count; i++) {
        char text[512];
        const ssize_t len = recv(clients[i], text, sizeof text, 0);
        assert_true(len > 12);
        assert_memory_equal(text, "HTTP/1.1 200", 12);
    }
}

static void clients_in_step_never_stall(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(crowds); i++) {
        print_message("  %u threads, %u clients\n", crowds[i].threads, crowds[i].clients);
        jd_http *http = world_start(&(jd_http_options){.threads = crowds[i].threads});
        for (unsigned k = 0; k < crowds[i].clients; k++)
            clients[k] = world_dial(http);
        for (int k = 0; k < ROUNDS; k++)
            one_round(crowds[i].clients);
        assert_int_equal(jd_http_connections(http), crowds[i].clients);
        for (unsigned k = 0; k < crowds[i].clients; k++)
            close(clients[k]);
        jd_http_close(&http);
    }
}

/* Both ends of each connection are ours. */
static int raise_limit(void **state)
{
    (void)state;
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
    return setrlimit(RLIMIT_NOFILE, &limit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clients_in_step_never_stall),
    };
    return cmocka_run_group_tests_name("http/loop", tests, raise_limit, NULL);
}
