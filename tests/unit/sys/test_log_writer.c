/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/sys/test_log_writer.c - a reader that stands still holds nobody up, and what he gets
 * in the end is whole lines in their order. */
#include "unit.h"

#include "sys/log_writer.h"
#include "sys/metrics.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LINE_BYTES 100
#define LINES      30000 /* three megabytes: a pipe and the ring take one */

static int ends[2];

static int open_pipe(void **state)
{
    (void)state;
    return pipe(ends);
}

static int close_pipe(void **state)
{
    (void)state;
    close(ends[0]);
    close(ends[1]);
    return 0;
}

static unsigned put(unsigned number)
{
    char line[LINE_BYTES + 1];
    snprintf(line, sizeof line, "%0*u\n", LINE_BYTES - 1, number);
    return jd_log_writer_put(line, LINE_BYTES);
}

/* Reads lines until one with this number; how many there were. They only go up. */
static unsigned read_until(unsigned last)
{
    char line[LINE_BYTES + 1];
    unsigned count = 0;
    unsigned long before = 0;
    do {
        size_t len = 0;
        while (len < LINE_BYTES) {
            const ssize_t more = read(ends[0], line + len, LINE_BYTES - len);
            assert_true(more > 0);
            len += (size_t)more;
        }
        assert_int_equal(line[LINE_BYTES - 1], '\n');
        line[LINE_BYTES] = '\0';
        const unsigned long number = strtoul(line, NULL, 10);
        assert_true(number > before);
        before = number;
        count++;
    } while (before < last);
    assert_int_equal(before, last);
    return count;
}

static void without_a_thread_lines_are_written_at_once(void **state)
{
    (void)state;
    jd_log_writer_use(ends[1]);
    assert_int_equal(put(1), 0);
    assert_int_equal(put(2), 0);
    assert_int_equal(read_until(2), 2);
    jd_log_writer_flush();
}

static void a_reader_that_stands_still_costs_lines_and_no_time(void **state)
{
    (void)state;
    jd_log_writer_use(ends[1]);
    assert_int_equal(jd_log_writer_start(NULL), JETON_OK);
    assert_int_equal(jd_log_writer_start(NULL), JETON_OK); /* there is one */
    const uint64_t before = jd_metric_get(JD_METRIC_LOG_DROPPED, 0, 0);
    for (unsigned i = 1; i <= LINES; i++)
        assert_int_equal(put(i), 0); /* none gets through after one that was dropped */
    const uint64_t lost = jd_metric_get(JD_METRIC_LOG_DROPPED, 0, 0) - before;
    assert_in_range(lost, LINES / 3, LINES - 10000);
    jd_log_writer_flush(); /* does not wait for him for long */

    const unsigned kept = LINES - (unsigned)lost;
    assert_int_equal(read_until(kept), kept); /* the first ones, without a gap */
    unsigned told = 0;
    for (unsigned i = LINES + 1; told == 0 && i < LINES + 100; i++)
        told = put(i);
    assert_int_equal(told, lost); /* and then nothing is left over to tell */
    assert_int_equal(put(LINES + 200), 0);
    jd_log_writer_flush();
}

static void *put_some(void *start)
{
    for (unsigned i = 0; i < 2000; i++)
        if (put(*(const unsigned *)start + i) != 0)
            return start;
    return NULL;
}

static void *read_all(void *none)
{
    char bytes[4096];
    size_t len = 0;
    while (len < (size_t)4 * 2000 * LINE_BYTES) {
        const ssize_t more = read(ends[0], bytes, sizeof bytes);
        if (more <= 0)
            return BOGUS;
        len += (size_t)more;
    }
    return none;
}

static void threads_and_a_slow_reader_lose_nothing(void **state)
{
    (void)state;
    static const unsigned starts[4] = {1, 10000, 20000, 30000};
    pthread_t threads[4];
    pthread_t reader;
    void *outcome = BOGUS;
    const uint64_t before = jd_metric_get(JD_METRIC_LOG_DROPPED, 0, 0);
    jd_log_writer_use(ends[1]);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, put_some, (void *)(uintptr_t)&starts[i]),
                         0);
    assert_int_equal(pthread_create(&reader, NULL, read_all, NULL), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &outcome);
        assert_null(outcome);
    }
    pthread_join(reader, &outcome);
    assert_null(outcome);
    assert_int_equal(jd_metric_get(JD_METRIC_LOG_DROPPED, 0, 0), before);
}

static void a_reader_that_is_gone_is_no_obstacle(void **state)
{
    (void)state;
    jd_log_writer_use(ends[1]);
    close(ends[0]);
    jd_log_writer_flush(); /* so that nothing goes through the thread, which may be slow */
    for (unsigned i = 1; i <= LINES; i++)
        assert_int_equal(put(i), 0);
    jd_log_writer_flush();
    jd_log_writer_use(STDERR_FILENO);
    ends[0] = open("/dev/null", O_RDONLY);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_a_thread_lines_are_written_at_once, open_pipe,
                                        close_pipe),
        cmocka_unit_test_setup_teardown(a_reader_that_stands_still_costs_lines_and_no_time,
                                        open_pipe, close_pipe),
        cmocka_unit_test_setup_teardown(threads_and_a_slow_reader_lose_nothing, open_pipe,
                                        close_pipe),
        cmocka_unit_test_setup_teardown(a_reader_that_is_gone_is_no_obstacle, open_pipe,
                                        close_pipe),
    };
    return cmocka_run_group_tests_name("sys/log_writer", tests, NULL, NULL);
}
