/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/daemon/test_socket.c - lines over a socket pair: whole, in pieces, too long, cut off.
 */
#include "daemon/socket.h"

#include "core/auto.h"
#include "unit.h"

#include <sys/socket.h>
#include <unistd.h>

static void make_pair(int fds[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    jd_socket_set_patience(fds[0], 20);
    jd_socket_set_patience(fds[1], 20);
}

static void a_line_arrives_as_it_was_sent(void **state)
{
    (void)state;
    int fds[2];
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(NULL);
    make_pair(fds);
    assert_int_equal(jd_socket_send(fds[0], jeton_str("{\"a\":1}"), NULL), JETON_OK);
    assert_int_equal(jd_socket_receive(fds[1], &line, NULL), JETON_OK);
    unit_assert_span(jt_buf_span(&line), "{\"a\":1}");
    (void)close(fds[0]);
    (void)close(fds[1]);
}

static void a_line_that_ends_early_is_no_line(void **state)
{
    (void)state;
    int fds[2];
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(NULL);
    make_pair(fds);
    assert_int_equal(write(fds[0], "{\"a\"", 4), 4);
    (void)close(fds[0]);
    assert_int_equal(jd_socket_receive(fds[1], &line, NULL), JETON_E_SYSTEM);
    (void)close(fds[1]);
}

static void a_line_that_is_too_long_is_refused(void **state)
{
    (void)state;
    int fds[2];
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(NULL);
    make_pair(fds);
    const pid_t child = fork();
    if (child == 0) { /* sends without end until the other side hangs up */
        static char part[4096];
        memset(part, 'x', sizeof part);
        (void)close(fds[1]);
        while (send(fds[0], part, sizeof part, MSG_NOSIGNAL) > 0)
            ;
        _exit(0);
    }
    (void)close(fds[0]);
    assert_int_equal(jd_socket_receive(fds[1], &line, NULL), JETON_E_LIMIT);
    (void)close(fds[1]);
}

static void the_other_end_of_a_pair_is_ours(void **state)
{
    (void)state;
    int fds[2];
    make_pair(fds);
    assert_true(jd_socket_is_ours(fds[0]));
    (void)close(fds[0]);
    (void)close(fds[1]);
    assert_false(jd_socket_is_ours(-1));
}

static void nobody_listening_is_told_apart_from_an_error(void **state)
{
    (void)state;
    char folder[] = "/tmp/jeton-unit-XXXXXX";
    int fd = 77;
    jeton_err err = {0};
    assert_non_null(mkdtemp(folder));
    assert_int_equal(jd_socket_connect(folder, &fd, &err), JETON_OK);
    assert_int_equal(fd, -1);
    (void)rmdir(folder);
    assert_int_equal(jd_socket_connect(folder, &fd, &err), JETON_E_SYSTEM);
    assert_int_equal(fd, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_arrives_as_it_was_sent),
        cmocka_unit_test(a_line_that_ends_early_is_no_line),
        cmocka_unit_test(a_line_that_is_too_long_is_refused),
        cmocka_unit_test(the_other_end_of_a_pair_is_ours),
        cmocka_unit_test(nobody_listening_is_told_apart_from_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
