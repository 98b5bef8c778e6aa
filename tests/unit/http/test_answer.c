/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/http/test_answer.c - answers: from any thread, exactly once, nothing smuggled in. */
#include "world.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

/* ---- from another thread ---- */

/* A thread that answers what it is given. `early` makes handle() wait until it has. */
typedef struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    jd_request *request;
    bool early, over;
} worker;

static void *work(void *arg)
{
    worker *own = arg;
    pthread_mutex_lock(&own->lock);
    while (!own->over) {
        if (own->request != NULL) {
            jd_request_answer(own->request, 200, NULL, 0, jeton_str("from afar"));
            own->request = NULL;
            pthread_cond_broadcast(&own->changed);
        }
        pthread_cond_wait(&own->changed, &own->lock);
    }
    pthread_mutex_unlock(&own->lock);
    return NULL;
}

static void give_to_worker(void *user, jd_request *request)
{
    worker *own = user;
    jd_request_suspend(request);
    pthread_mutex_lock(&own->lock);
    own->request = request;
    pthread_cond_broadcast(&own->changed);
    while (own->early && own->request != NULL)
        pthread_cond_wait(&own->changed, &own->lock);
    pthread_mutex_unlock(&own->lock);
}

static void ask_many_times(bool early)
{
    worker own = {
        .early = early, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    assert_int_equal(pthread_create(&own.thread, NULL, work, &own), 0);
    jd_http *http =
        world_start(&(jd_http_options){.threads = 1, .handle = give_to_worker, .user = &own});
    const int fd = world_dial(http);
    for (int i = 0; i < 2000; i++) {
        world_answer answer;
        world_say(fd, GET);
        world_hear(fd, &answer);
        assert_int_equal(answer.status, 200);
        assert_string_equal(answer.body, "from afar");
    }
    close(fd);
    jd_http_close(&http);
    pthread_mutex_lock(&own.lock);
    own.over = true;
    pthread_cond_broadcast(&own.changed);
    pthread_mutex_unlock(&own.lock);
    pthread_join(own.thread, NULL);
}

static void another_thread_answers_after_handle_has_returned(void **state)
{
    (void)state;
    ask_many_times(false);
}

static void another_thread_answers_before_handle_has_returned(void **state)
{
    (void)state;
    ask_many_times(true);
}

static void suspend_and_answer(void *user, jd_request *request)
{
    (void)user;
    jd_request_suspend(request);
    jd_request_answer(request, 200, NULL, 0, jeton_str("from afar"));
}

static void handle_answers_what_it_has_suspended(void **state)
{
    (void)state;
    jd_http *http = world_start(&(jd_http_options){.handle = suspend_and_answer});
    world_answer answer;
    assert_int_equal(world_ask(http, GET, &answer), 200);
    assert_string_equal(answer.body, "from afar");
    jd_http_close(&http);
}

/* Many clients, two workers that race each other's requests and the loops. */
#define CROWD 16

typedef struct queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    jd_request *requests[CROWD];
    unsigned count;
    bool over;
} queue;

static void enqueue(void *user, jd_request *request)
{
    queue *own = user;
    jd_request_suspend(request);
    pthread_mutex_lock(&own->lock);
    own->requests[own->count++] = request;
    pthread_cond_signal(&own->changed);
    pthread_mutex_unlock(&own->lock);
}

static jd_request *dequeue(queue *own)
{
    pthread_mutex_lock(&own->lock);
    while (own->count == 0 && !own->over)
        pthread_cond_wait(&own->changed, &own->lock);
    jd_request *request = own->count > 0 ? own->requests[--own->count] : NULL;
    pthread_mutex_unlock(&own->lock);
    return request;
}

static void *work_off(void *arg)
{
    for (jd_request *request; (request = dequeue(arg)) != NULL;) {
        char *text = jt_arena_text(jd_request_arena(request), jd_request_path(request));
        jd_request_answer(request, 200, NULL, 0, jeton_str(text));
    }
    return NULL;
}

static void crowd_asks(const jd_http *http, int rounds)
{
    int fds[CROWD];
    world_answer answer;
    for (unsigned i = 0; i < CROWD; i++)
        fds[i] = world_dial(http);
    for (int round = 0; round < rounds; round++) {
        char text[64];
        for (int i = 0; i < CROWD; i++) {
            snprintf(text, sizeof text, "GET /%d/%d HTTP/1.1\r\nHost: a\r\n\r\n", i, round);
            world_say(fds[i], text);
        }
        for (int i = 0; i < CROWD; i++) {
            world_hear(fds[i], &answer);
            snprintf(text, sizeof text, "/%d/%d", i, round);
            assert_string_equal(answer.body, text);
        }
    }
    for (unsigned i = 0; i < CROWD; i++)
        close(fds[i]);
}

static void workers_answer_each_client_its_own(void **state)
{
    (void)state;
    queue own = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    pthread_t workers[2];
    for (size_t i = 0; i < COUNT(workers); i++)
        assert_int_equal(pthread_create(&workers[i], NULL, work_off, &own), 0);
    jd_http *http = world_start(&(jd_http_options){.threads = 2, .handle = enqueue, .user = &own});
    crowd_asks(http, 200);
    jd_http_close(&http);
    pthread_mutex_lock(&own.lock);
    own.over = true;
    pthread_cond_broadcast(&own.changed);
    pthread_mutex_unlock(&own.lock);
    for (size_t i = 0; i < COUNT(workers); i++)
        pthread_join(workers[i], NULL);
}

/* ---- headers ---- */

static void answer_with_row(void *user, jd_request *request)
{
    jd_request_answer(request, 200, user, 2, jeton_str("body"));
}

static const struct {
    const char *why;
    jd_header headers[2];
    unsigned want;
} rows[] = {
    {"two headers", {{"X-A", "b"}, {"X-B", "c"}}, 200},
    {"the same header twice", {{"Set-Cookie", "a=b"}, {"Set-Cookie", "c=d"}}, 200},
    {"an empty value", {{"X-A", ""}, {"X-B", "c"}}, 200},
    {"UTF-8", {{"X-A", "\303\244"}, {"X-B", "c"}}, 200},
    {"a line break in a value", {{"X-A", "b"}, {"Location", "/\r\nSet-Cookie: evil=1"}}, 500},
    {"a bare LF in a value", {{"X-A", "b\nSet-Cookie: evil=1"}, {"X-B", "c"}}, 500},
    {"a bare CR in a value", {{"X-A", "b\rSet-Cookie: evil=1"}, {"X-B", "c"}}, 500},
    {"a colon in a name", {{"X-A: evil", "b"}, {"X-B", "c"}}, 500},
    {"a line break in a name", {{"X-A\r\nevil", "b"}, {"X-B", "c"}}, 500},
    {"no name", {{"", "evil"}, {"X-B", "c"}}, 500},
};

static void headers_that_http_cannot_carry_become_an_empty_500(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].why);
        jd_header headers[2] = {rows[i].headers[0], rows[i].headers[1]};
        jd_http *http = world_start(&(jd_http_options){.handle = answer_with_row, .user = headers});
        world_answer answer;
        assert_int_equal(world_ask(http, GET, &answer), rows[i].want);
        assert_string_equal(answer.body, rows[i].want == 200 ? "body" : "");
        assert_null(strstr(answer.head, "evil"));
        jd_http_close(&http);
    }
}

static void connection_close_is_said_once_and_done(void **state)
{
    (void)state;
    jd_header headers[2] = {{"X-A", "b"}, {"connection", "Close"}};
    jd_http *http = world_start(&(jd_http_options){.handle = answer_with_row, .user = headers});
    const int fd = world_dial(http);
    world_answer answer;
    world_say(fd, GET);
    world_hear(fd, &answer);
    assert_int_equal(answer.status, 200);
    const char *said = strcasestr(answer.head, "\r\nConnection:");
    assert_non_null(said);
    assert_null(strcasestr(said + 2, "\r\nConnection:"));
    assert_true(world_is_ended(fd));
    close(fd);
    jd_http_close(&http);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_thread_answers_after_handle_has_returned),
        cmocka_unit_test(another_thread_answers_before_handle_has_returned),
        cmocka_unit_test(handle_answers_what_it_has_suspended),
        cmocka_unit_test(workers_answer_each_client_its_own),
        cmocka_unit_test(headers_that_http_cannot_carry_become_an_empty_500),
        cmocka_unit_test(connection_close_is_said_once_and_done),
    };
    return cmocka_run_group_tests_name("http/answer", tests, NULL, NULL);
}
