/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_request.c - what a handler sees of a request. The handler runs the check of
 * a row itself and writes what it saw into the answer, since cmocka's asserts belong to the test's
 * thread. */
#include "world.h"

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
        cmocka_unit_test(a_request_starts_with_nothing_of_the_one_before),
    };
    return cmocka_run_group_tests_name("http/request", tests, NULL, NULL);
}
