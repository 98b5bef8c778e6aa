/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_metrics.c - counting, from one thread and from many, and how it is printed.
 * What is counted belongs to the process, so the tests look at what has been added. */
#include "sys/metrics.h"

#include "../unit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS 12U
#define TIMES   10000U

static char *print_some(const jd_metric *shown, size_t count)
{
    jt_buf text = jt_buf_init(NULL);
    assert_int_equal(jd_metrics_print(shown, count, &text, NULL), JETON_OK);
    assert_int_equal(jt_buf_add(&text, jeton_bytes("", 1), NULL), JETON_OK);
    char *copy = strdup((const char *)text.ptr);
    jt_buf_done(&text);
    assert_non_null(copy);
    return copy;
}

static char *printed(void)
{
    return print_some(NULL, 0);
}

static bool has_line(const char *text, const char *line)
{
    const size_t len = strlen(line);
    for (const char *at = strstr(text, line); at != NULL; at = strstr(at + 1, line))
        if ((at == text || at[-1] == '\n') && at[len] == '\n')
            return true;
    return false;
}

static void *count_many(void *unused)
{
    (void)unused;
    for (unsigned i = 0; i < TIMES; i++)
        jd_metric_add(JD_METRIC_LOGINS, JD_LOGIN_OK, 0);
    return NULL;
}

static void threads_lose_no_count(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    const uint64_t before = jd_metric_get(JD_METRIC_LOGINS, JD_LOGIN_OK, 0);
    const uint64_t beside = jd_metric_get(JD_METRIC_LOGINS, JD_LOGIN_NAME, 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_many, NULL), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(jd_metric_get(JD_METRIC_LOGINS, JD_LOGIN_OK, 0) - before, THREADS * TIMES);
    assert_int_equal(jd_metric_get(JD_METRIC_LOGINS, JD_LOGIN_NAME, 0), beside);
}

static void a_value_that_is_too_large_is_counted_as_the_last(void **state)
{
    (void)state;
    const uint64_t before = jd_metric_get(JD_METRIC_LOGINS, JD_LOGIN_OTHER, 0);
    jd_metric_add(JD_METRIC_LOGINS, 1000, 1000);
    assert_int_equal(jd_metric_get(JD_METRIC_LOGINS, JD_LOGIN_OTHER, 0), before + 1);
}

static void buckets_hold_what_is_at_most_their_bound(void **state)
{
    (void)state;
    jd_metric_time(JD_METRIC_COMMIT_TIMES, 0, 100000);      /* 0.0001 s: in the first */
    jd_metric_time(JD_METRIC_COMMIT_TIMES, 0, 100001);      /* in the second */
    jd_metric_time(JD_METRIC_COMMIT_TIMES, 0, 60000000000); /* above all */
    jd_metric_time(JD_METRIC_COMMIT_TIMES, 0, -5);          /* no time at all */
    char *text = printed();
    assert_true(has_line(text, "jeton_store_commit_duration_seconds_bucket{le=\"0.0001\"} 2"));
    assert_true(has_line(text, "jeton_store_commit_duration_seconds_bucket{le=\"0.00025\"} 3"));
    assert_true(has_line(text, "jeton_store_commit_duration_seconds_bucket{le=\"10\"} 3"));
    assert_true(has_line(text, "jeton_store_commit_duration_seconds_bucket{le=\"+Inf\"} 4"));
    assert_true(has_line(text, "jeton_store_commit_duration_seconds_count 4"));
    assert_true(has_line(text, "jeton_store_commit_duration_seconds_sum 60.0002"));
    free(text);
}

static void sizes_are_whole_numbers(void **state)
{
    (void)state;
    jd_metric_size(JD_METRIC_BATCHES, 0, 1);
    jd_metric_size(JD_METRIC_BATCHES, 0, 64);
    jd_metric_size(JD_METRIC_BATCHES, 0, 65);
    char *text = printed();
    assert_true(has_line(text, "jeton_store_batch_works_bucket{le=\"1\"} 1"));
    assert_true(has_line(text, "jeton_store_batch_works_bucket{le=\"64\"} 2"));
    assert_true(has_line(text, "jeton_store_batch_works_bucket{le=\"+Inf\"} 3"));
    assert_true(has_line(text, "jeton_store_batch_works_sum 130"));
    free(text);
}

static void routes_have_a_method_and_what_was_never_counted_is_left_out(void **state)
{
    (void)state;
    jd_metric_name(JD_BY_ROUTE, 3, "GET", "/verify");
    jd_metric_name(JD_BY_ROUTE, 4, "POST", "/login");
    jd_metric_name(JD_BY_VERSION, 0, NULL, "1.2.3");
    jd_metric_add(JD_METRIC_REQUESTS, 3, jd_metric_status(200));
    jd_metric_add(JD_METRIC_REQUESTS, 3, jd_metric_status(418));
    jd_metric_set(JD_METRIC_BUILD, 0, 1);
    char *text = printed();
    assert_true(has_line(
        text, "jeton_http_requests_total{method=\"GET\",route=\"/verify\",status=\"200\"} 1"));
    assert_true(has_line(
        text, "jeton_http_requests_total{method=\"GET\",route=\"/verify\",status=\"other\"} 1"));
    assert_null(strstr(text, "status=\"401\""));
    assert_null(strstr(text, "/login"));
    assert_true(has_line(text, "jeton_build_info{version=\"1.2.3\"} 1"));
    /* What is not sparse is there from the beginning: a rate needs its zero. */
    assert_true(has_line(text, "jeton_refreshes_total{outcome=\"replayed\"} 0"));
    free(text);
}

static void only_those_that_are_asked_for_are_printed(void **state)
{
    (void)state;
    static const jd_metric shown[] = {JD_METRIC_BUS_UP, JD_METRIC_LEASE_FRESH};
    jd_metric_set(JD_METRIC_BUS_UP, 0, 1);
    jd_metric_set(JD_METRIC_LEASE_FRESH, 0, 0);
    char *text = print_some(shown, COUNT(shown));
    const char *fresh = strstr(text, "\njeton_lease_fresh 0\n");
    const char *up = strstr(text, "\njeton_bus_up 1\n");
    assert_non_null(fresh);
    assert_non_null(up);
    assert_true(fresh < up); /* as in the list */
    size_t lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, 3 * COUNT(shown));
    free(text);
    text = print_some(shown, 0);
    assert_string_equal(text, "");
    free(text);
}

static void names_keep_to_the_conventions(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *name, *help;
    } rows[] = {
#define ROW(name, kind, text, first, second, help) {#kind, text, help},
        JD_METRIC_LIST(ROW)
#undef ROW
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        print_message("  %s\n", rows[i].name);
        const char *tail = strrchr(rows[i].name, '_');
        assert_int_equal(strspn(rows[i].name, "abcdefghijklmnopqrstuvwxyz_"), strlen(rows[i].name));
        assert_int_equal(strcmp(tail, "_total") == 0, strcmp(rows[i].kind, "COUNTER") == 0);
        if (strcmp(rows[i].kind, "TIMES") == 0)
            assert_string_equal(tail, "_seconds");
        assert_int_not_equal(rows[i].help[strlen(rows[i].help) - 1], '.');
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(rows[i].name, rows[k].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_lose_no_count),
        cmocka_unit_test(a_value_that_is_too_large_is_counted_as_the_last),
        cmocka_unit_test(buckets_hold_what_is_at_most_their_bound),
        cmocka_unit_test(sizes_are_whole_numbers),
        cmocka_unit_test(routes_have_a_method_and_what_was_never_counted_is_left_out),
        cmocka_unit_test(only_those_that_are_asked_for_are_printed),
        cmocka_unit_test(names_keep_to_the_conventions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
