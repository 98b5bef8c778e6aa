/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_exchange.c - requests and answers on the wire: methods, bodies, limits. */
#include "world.h"

#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST  "Host: a\r\n"
#define LIMIT 1000

static jd_http *start(void)
{
    return world_start(&(jd_http_options){.threads = 1, .body_limit = LIMIT});
}

static const struct {
    const char *why, *request, *want;
} plain[] = {
    {"GET", "GET /a HTTP/1.1\r\n" HOST "\r\n", "GET /a []"},
    {"GET with a query", "GET /a?b=c HTTP/1.1\r\n" HOST "\r\n", "GET /a []"},
    {"the path stays encoded", "GET /a%2fb+c HTTP/1.1\r\n" HOST "\r\n", "GET /a%2fb+c []"},
    {"POST", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", "POST /a [abc]"},
    {"POST without a body", "POST /a HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", "POST /a []"},
    {"POST without a length", "POST /a HTTP/1.1\r\n" HOST "\r\n", "POST /a []"},
    {"GET with a body", "GET /a HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", "GET /a [abc]"},
    {"chunks",
     "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
     "POST /a [abc]"},
    {"DELETE", "DELETE /a HTTP/1.1\r\n" HOST "\r\n", "DELETE /a []"},
    {"OPTIONS", "OPTIONS /a HTTP/1.1\r\n" HOST "\r\n", "OPTIONS /a []"},
    {"a small method is another method", "get /a HTTP/1.1\r\n" HOST "\r\n", "get /a []"},
};

/* All rows over one connection, which stays open. */
static void requests_reach_the_handler_complete_and_once(void **state)
{
    (void)state;
    jd_http *http = start();
    const int fd = world_dial(http);
    for (size_t i = 0; i < COUNT(plain); i++) {
        print_message("  %s\n", plain[i].why);
        world_answer answer;
        world_say(fd, plain[i].request);
        world_hear(fd, &answer);
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer.body, plain[i].want);
        assert_non_null(strstr(answer.head, "\r\nDate: "));
    }
    assert_int_equal(jd_http_connections(http), 1);
    close(fd);
    jd_http_close(&http);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    jd_http *http = start();
    const int fd = world_dial(http);
    world_answer answer;
    world_say(fd, "GET /1 HTTP/1.1\r\n" HOST "\r\n"
                  "POST /2 HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc"
                  "HEAD /3 HTTP/1.1\r\n" HOST "\r\n"
                  "GET /4 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"
                  "GET /5 HTTP/1.1\r\n" HOST "\r\n");
    world_hear(fd, &answer);
    assert_string_equal(answer.body, "GET /1 []");
    world_hear(fd, &answer);
    assert_string_equal(answer.body, "POST /2 [abc]");
    world_hear_to("HEAD", fd, &answer);
    assert_int_equal(answer.status, 200);
    world_hear(fd, &answer);
    assert_string_equal(answer.body, "GET /4 []");
    assert_true(world_is_ended(fd));
    close(fd);
    jd_http_close(&http);
}

static void head_gets_the_length_but_no_body(void **state)
{
    (void)state;
    jd_http *http = start();
    const int fd = world_dial(http);
    world_answer answer;
    world_say(fd, "HEAD /a HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n");
    world_hear_to("HEAD", fd, &answer);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.head, "\r\nContent-Length: 10\r\n")); /* "HEAD /a []" */
    assert_true(world_is_ended(fd));
    close(fd);
    jd_http_close(&http);
}

static void http_1_0_is_answered_and_closed(void **state)
{
    (void)state;
    jd_http *http = start();
    const int fd = world_dial(http);
    world_answer answer;
    world_say(fd, "GET /a HTTP/1.0\r\n\r\n");
    world_hear(fd, &answer);
    assert_string_equal(answer.body, "GET /a []");
    assert_true(world_is_ended(fd));
    close(fd);
    jd_http_close(&http);
}

/* ---- the body limit ---- */

#define POST "POST / HTTP/1.1\r\n" HOST

static const struct {
    const char *why, *head;
    size_t body; /* bytes that are sent besides */
    unsigned want;
} limits[] = {
    {"the limit itself", POST "Content-Length: 1000\r\n\r\n", 1000, 200},
    {"one byte more", POST "Content-Length: 1001\r\n\r\n", 1001, 413},
    {"more, announced only", POST "Content-Length: 1001\r\n\r\n", 0, 413},
    {"a lot more", POST "Content-Length: 3000000\r\n\r\n", 3000000, 413},
    {"more than 32 bits hold", POST "Content-Length: 4294967297\r\n\r\n", 0, 413},
    {"18 digits", POST "Content-Length: 999999999999999999\r\n\r\n", 0, 413},
    {"a HEAD", "HEAD / HTTP/1.1\r\n" HOST "Content-Length: 1001\r\n\r\n", 0, 413},
    {"a chunk as large as the limit", POST "Transfer-Encoding: chunked\r\n\r\n3e8\r\n", 1000, 200},
    {"a chunk of one byte more", POST "Transfer-Encoding: chunked\r\n\r\n3e9\r\n", 1001, 413},
    {"a large chunk", POST "Transfer-Encoding: chunked\r\n\r\n200000\r\n", 0x200000, 413},
};

static char filling[3000000];

static void bodies_past_the_limit_are_refused_with_413_and_the_connection_ends(void **state)
{
    (void)state;
    jd_http *http = start();
    memset(filling, 'x', sizeof filling);
    for (size_t i = 0; i < COUNT(limits); i++) {
        print_message("  %s\n", limits[i].why);
        const int fd = world_dial(http);
        const bool is_head = limits[i].head[0] == 'H';
        world_answer answer;
        world_say(fd, limits[i].head);
        world_say_bytes(fd, filling, limits[i].body);
        world_say(fd, strstr(limits[i].head, "chunked") != NULL ? "\r\n0\r\n\r\n" : "");
        world_hear_to(is_head ? "HEAD" : "POST", fd, &answer);
        assert_int_equal(answer.status, limits[i].want);
        if (answer.status == 413) {
            assert_non_null(strstr(answer.head, "\r\nX-Refused: yes\r\n"));
            assert_non_null(strcasestr(answer.head, "\r\nConnection: close\r\n"));
            assert_string_equal(answer.body, is_head ? "" : "the body is larger than the limit");
            assert_true(world_is_ended(fd));
        }
        close(fd);
    }
    jd_http_close(&http);
}

static void the_first_status_line(int fd, char line[13])
{
    assert_int_equal(recv(fd, line, 12, MSG_WAITALL), 12);
    line[12] = '\0';
}

static void a_client_that_asks_before_it_sends_gets_100_or_413(void **state)
{
    (void)state;
    static const struct {
        const char *why, *request, *want;
    } rows[] = {
        {"within the limit", POST "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n",
         "HTTP/1.1 100"},
        {"past the limit", POST "Expect: 100-continue\r\nContent-Length: 1001\r\n\r\n",
         "HTTP/1.1 413"},
        {"malformed", POST "Expect: 100-continue\r\nContent-Length: 1\r\nX (: b\r\n\r\n",
         "HTTP/1.1 400"},
    };
    jd_http *http = start();
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        char line[13];
        const int fd = world_dial(http);
        world_say(fd, rows[i].request);
        the_first_status_line(fd, line);
        assert_string_equal(line, rows[i].want);
        close(fd);
    }
    jd_http_close(&http);
}

/* ---- the end of a request ---- */

typedef struct tally {
    atomic_int handled, refused, sent, unsent;
} tally;

static void count_handle(void *user, jd_request *request)
{
    tally *counts = user;
    atomic_fetch_add(&counts->handled, 1);
    jd_request_set_state(request, counts);
    jd_request_answer(request, 200, NULL, 0, jeton_str("x"));
}

static void count_refuse(void *user, jd_request *request, unsigned status, const char *why)
{
    tally *counts = user;
    atomic_fetch_add(&counts->refused, 1);
    jd_request_set_state(request, counts);
    world_refuse(NULL, request, status, why);
}

static void count_finish(void *user, jd_request *request, bool sent)
{
    tally *counts = user;
    assert_ptr_equal(jd_request_state(request), counts);
    assert_true(jd_request_method(request).len > 0);
    atomic_fetch_add(sent ? &counts->sent : &counts->unsent, 1);
}

static void finish_is_called_once_for_each_request_that_was_given_away(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\n" HOST "\r\n", POST "Content-Length: 2000\r\n\r\n",
        POST "Transfer-Encoding: chunked\r\n\r\n7d0\r\nxxx",
        POST "Content-Length: 10\r\n\r\nabc", /* never complete: neither handled nor finished */
    };
    tally counts = {0};
    jd_http *http = world_start(&(jd_http_options){.body_limit = LIMIT,
                                                   .handle = count_handle,
                                                   .refuse = count_refuse,
                                                   .finish = count_finish,
                                                   .user = &counts});
    for (size_t i = 0; i < COUNT(requests); i++) {
        const int fd = world_dial(http);
        world_say(fd, requests[i]);
        if (i == 2)
            world_say_bytes(fd, filling, 2000);
        world_sleep_ms(30);
        close(fd);
    }
    jd_http_close(&http); /* after it no callback runs */
    assert_int_equal(counts.handled, 1);
    assert_int_equal(counts.refused, 2);
    assert_int_equal(counts.sent + counts.unsent, 3);
    assert_int_equal(counts.sent, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_reach_the_handler_complete_and_once),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(head_gets_the_length_but_no_body),
        cmocka_unit_test(http_1_0_is_answered_and_closed),
        cmocka_unit_test(bodies_past_the_limit_are_refused_with_413_and_the_connection_ends),
        cmocka_unit_test(a_client_that_asks_before_it_sends_gets_100_or_413),
        cmocka_unit_test(finish_is_called_once_for_each_request_that_was_given_away),
    };
    return cmocka_run_group_tests_name("http/exchange", tests, NULL, NULL);
}
