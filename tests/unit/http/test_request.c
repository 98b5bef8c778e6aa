/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_request.c - what a handler sees of a request. The handler runs the check of
 * a row itself and writes what it saw into the answer, since cmocka's asserts belong to the test's
 * thread. */
#include "world.h"

#include "sys/clock.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

typedef void look(jd_request *request, const char *name, char text[200]);

static void print_found(char text[200], size_t count, jeton_span value)
{
    snprintf(text, 200, "%zu [%.*s]", count, (int)value.len,
             value.len > 0 ? (const char *)value.ptr : "");
}

static void look_at_header(jd_request *request, const char *name, char text[200])
{
    jeton_span value = {BOGUS, 77};
    const size_t count = jd_request_header(request, name, &value);
    print_found(text, count, value);
}

static void look_at_cookie(jd_request *request, const char *name, char text[200])
{
    jeton_span value = {BOGUS, 77};
    const size_t count = jd_request_cookie(request, name, &value);
    print_found(text, count, value);
}

static void look_at_query(jd_request *request, const char *name, char text[200])
{
    jeton_err err = {0};
    jeton_span value = {BOGUS, 77};
    size_t count = 77;
    const jeton_status status = jd_request_query(request, name, &value, &count, &err);
    print_found(text, count, value);
    if (status != JETON_OK)
        snprintf(text + strlen(text), 100, " %s", jeton_status_name(status));
}

static void look_at_query_text(jd_request *request, const char *name, char text[200])
{
    (void)name;
    print_found(text, 0, jd_request_query_text(request));
}

static void look_at_peer(jd_request *request, const char *name, char text[200])
{
    (void)name;
    snprintf(text, 200, "%s", jd_request_peer(request));
}

static const struct {
    const char *why;
    look *look;
    const char *name, *target, *headers, *want;
} rows[] = {
    {"a header", look_at_header, "X-A", "/", "X-A: b\r\n", "1 [b]"},
    {"a header of another case", look_at_header, "x-a", "/", "X-A: b\r\n", "1 [b]"},
    {"no header", look_at_header, "X-A", "/", "X-AB: b\r\n", "0 []"},
    {"an empty header", look_at_header, "X-A", "/", "X-A:\r\n", "1 []"},
    {"white space around it", look_at_header, "X-A", "/", "X-A: \t b c \t\r\n", "1 [b c]"},
    {"a header twice is noticed", look_at_header, "Authorization", "/",
     "Authorization: Bearer a\r\nauthorization: Bearer b\r\n", "2 [Bearer a]"},
    {"a cookie", look_at_cookie, "a", "/", "Cookie: x=y; a=b\r\n", "1 [b]"},
    {"no cookie", look_at_cookie, "a", "/", "Cookie: x=y\r\n", "0 []"},
    {"a cookie twice in one header", look_at_cookie, "a", "/", "Cookie: a=b; a=c\r\n", "2 [b]"},
    {"a cookie twice in two headers", look_at_cookie, "a", "/", "Cookie: a=b\r\ncookie: a=c\r\n",
     "2 [b]"},
    {"a cookie in the second header", look_at_cookie, "a", "/", "Cookie: x=y\r\nCookie: a=b\r\n",
     "1 [b]"},
    {"a query", look_at_query, "role", "/verify?role=admin", "", "1 [admin]"},
    {"a query, decoded", look_at_query, "role", "/?role=a%20b+c", "", "1 [a b c]"},
    {"a query twice is noticed", look_at_query, "role", "/?role=a&role=b", "", "2 [a]"},
    {"no query", look_at_query, "role", "/", "", "0 []"},
    {"an empty query", look_at_query, "role", "/?", "", "0 []"},
    {"a malformed query", look_at_query, "role", "/?role=a&b=%", "", "0 [] E_REQUEST"},
    {"the query as sent", look_at_query_text, "", "/?a=%20?b", "", "0 [a=%20?b]"},
    {"the query of a path without one", look_at_query_text, "", "/a", "", "0 []"},
    {"the client's address", look_at_peer, "", "/", "", "127.0.0.1"},
};

static void look_and_tell(void *user, jd_request *request)
{
    const size_t *row = user;
    char text[200] = "";
    rows[*row].look(request, rows[*row].name, text);
    jd_request_answer(request, 200, NULL, 0, jeton_str(text));
}

static void accessors_give_what_was_sent_and_how_often(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jd_http *http =
            world_start(&(jd_http_options){.threads = 1, .handle = look_and_tell, .user = &i});
        char text[500];
        world_answer answer;
        snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n", rows[i].target,
                 rows[i].headers);
        assert_int_equal(world_ask(http, text, &answer), 200);
        assert_string_equal(answer.body, rows[i].want);
        jd_http_close(&http);
    }
}

/* ---- who the client is ---- */

static const struct {
    const char *why, *proxies;
    bool forwarded;
    const char *headers, *want;
} clients[] = {
    {"nobody is trusted", "", false, "X-Forwarded-For: 192.0.2.7\r\n", "127.0.0.1"},
    {"somebody else is", "10.0.0.0/8", false, "X-Forwarded-For: 192.0.2.7\r\n", "127.0.0.1"},
    {"the peer is", "127.0.0.1", false, "X-Forwarded-For: 192.0.2.7\r\n", "192.0.2.7"},
    {"of another case", "127.0.0.1", false, "x-forwarded-FOR: 192.0.2.7\r\n", "192.0.2.7"},
    {"the peer names nobody", "127.0.0.1", false, "", "127.0.0.1"},
    {"only the end counts", "127.0.0.1", false, "X-Forwarded-For: 198.51.100.1, 192.0.2.7\r\n",
     "192.0.2.7"},
    {"fields are one list", "127.0.0.1", false,
     "X-Forwarded-For: 198.51.100.1\r\nX-Forwarded-For: 192.0.2.7\r\n", "192.0.2.7"},
    {"a second proxy in a field of its own", "127.0.0.1,10.0.0.0/8", false,
     "X-Forwarded-For: 192.0.2.7\r\nX-A: b\r\nX-Forwarded-For: 10.0.0.2\r\n", "192.0.2.7"},
    {"what follows garbage is not looked at", "127.0.0.1,10.0.0.0/8", false,
     "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-For: x, 10.0.0.2\r\n", "10.0.0.2"},
    {"the other header is not read", "127.0.0.1", false, "Forwarded: for=192.0.2.7\r\n",
     "127.0.0.1"},
    {"the other header is the one", "127.0.0.1", true, "Forwarded: for=192.0.2.7\r\n", "192.0.2.7"},
    {"and then it is the only one", "127.0.0.1", true, "X-Forwarded-For: 192.0.2.7\r\n",
     "127.0.0.1"},
};

static void answer_with_client(void *user, jd_request *request)
{
    (void)user;
    char text[JD_ADDRESS_CHARS];
    jd_address_print(jd_request_client_address(request), text);
    const bool same = strcmp(text, jd_request_client(request)) == 0;
    jd_request_answer(request, same ? 200 : 500, NULL, 0, jeton_str(text));
}

static void the_client_is_whom_a_trusted_proxy_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(clients); i++) {
        print_message("  %s\n", clients[i].why);
        jd_http_options options = {
            .threads = 1, .handle = answer_with_client, .trust.forwarded = clients[i].forwarded};
        assert_int_equal(
            jd_cidrs_parse(jeton_str(clients[i].proxies), &options.trust.proxies, NULL), JETON_OK);
        jd_http *http = world_start(&options);
        char text[500];
        world_answer answer;
        snprintf(text, sizeof text, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", clients[i].headers);
        assert_int_equal(world_ask(http, text, &answer), 200);
        assert_string_equal(answer.body, clients[i].want);
        jd_http_close(&http);
    }
}

/* ---- an answer that is held ---- */

static void *answer_held(void *request)
{
    jd_request_hold(request, jd_monotonic() + 200);
    jd_request_answer(request, 200, NULL, 0, jeton_str("late"));
    return NULL;
}

static void hold(void *user, jd_request *request)
{
    pthread_t thread;
    (void)user;
    if (jeton_span_equal(jd_request_path(request), jeton_str("/now"))) {
        jd_request_answer(request, 200, NULL, 0, jeton_str("now"));
        return;
    }
    jd_request_suspend(request);
    assert_int_equal(pthread_create(&thread, NULL, answer_held, request), 0);
    pthread_detach(thread);
}

static void an_answer_that_is_held_comes_at_its_moment_and_holds_up_nobody(void **state)
{
    (void)state;
    jd_http *http = world_start(&(jd_http_options){.threads = 1, .handle = hold});
    world_answer answer;
    const int late = world_dial(http);
    const int64_t start = world_now_ms();
    world_say(late, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(world_ask(http, "GET /now HTTP/1.1\r\nHost: a\r\n\r\n", &answer), 200);
    const int64_t others = world_now_ms() - start;
    world_hear(late, &answer);
    assert_string_equal(answer.body, "late");
    assert_true(world_now_ms() - start >= 199);
    assert_true(others < 190);
    jd_http_close(&http);
    close(late);
}

static void a_server_that_is_closed_waits_for_nothing_held(void **state)
{
    (void)state;
    jd_http *http = world_start(&(jd_http_options){.threads = 1, .handle = hold});
    const int late = world_dial(http);
    world_say(late, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    world_sleep_ms(20);
    const int64_t start = world_now_ms();
    jd_http_close(&http);
    assert_true(world_now_ms() - start < 150);
    close(late);
}

/* ---- nothing is left over from the request before on the same connection ---- */

static void tell_leftovers(void *user, jd_request *request)
{
    (void)user;
    char text[100];
    jeton_span value;
    size_t count = 0;
    const bool was_set = jd_request_state(request) != NULL;
    jd_request_set_state(request, request);
    const jeton_status status = jd_request_query(request, "a", &value, &count, NULL);
    snprintf(text, sizeof text, "%d %d %zu %zu %zu", status, was_set, count,
             jd_request_body(request).len, jd_request_header(request, "X-A", &value));
    jd_request_answer(request, 200, NULL, 0, jeton_str(text));
}

static void a_request_starts_with_nothing_of_the_one_before(void **state)
{
    (void)state;
    jd_http *http = world_start(&(jd_http_options){.threads = 1, .handle = tell_leftovers});
    const int fd = world_dial(http);
    world_answer answer;
    world_say(fd, "POST /?a=b HTTP/1.1\r\nHost: a\r\nX-A: b\r\nContent-Length: 3\r\n\r\nabc");
    world_hear(fd, &answer);
    assert_string_equal(answer.body, "0 0 1 3 1");
    world_say(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    world_hear(fd, &answer);
    assert_string_equal(answer.body, "0 0 0 0 0");
    close(fd);
    jd_http_close(&http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accessors_give_what_was_sent_and_how_often),
        cmocka_unit_test(the_client_is_whom_a_trusted_proxy_names),
        cmocka_unit_test(an_answer_that_is_held_comes_at_its_moment_and_holds_up_nobody),
        cmocka_unit_test(a_server_that_is_closed_waits_for_nothing_held),
        cmocka_unit_test(a_request_starts_with_nothing_of_the_one_before),
    };
    return cmocka_run_group_tests_name("http/request", tests, NULL, NULL);
}
