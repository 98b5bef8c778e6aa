/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/control.c - both ends of the control socket. */
#include "daemon/control.h"

#include "admin/operation.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "daemon/callers.h"
#include "daemon/socket.h"
#include "sys/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SERVER_PATIENCE 5U /* seconds for a client that does not take its answer */
#define ACCEPT_PAUSE_NS 10000000L
#define CLIENT_PATIENCE 60U /* seconds for an answer */

struct jd_control {
    jd_accounts *accounts;
    int listener;
    jd_callers callers;
    atomic_bool closing;
    bool started;
    pthread_t thread;
};

/* ---- the server's end ----------------------------------------------------------------------- */

/* Runs what a request asks for and prints the answer. */
static jeton_status answer(jd_control *control, const jt_val *request, jt_buf *line, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_TRY(jt_tree_new(NULL, &tree, err));
    jt_node *all = jt_tree_object(tree);
    jt_node *result = jt_tree_object(tree);
    jeton_err why = {0};
    const jeton_status status = jd_admin_run(control->accounts, jt_get_text(request, "operation"),
                                             jt_get(request, "arguments"), tree, result, &why);
    jt_put_int(tree, all, "status", status);
    if (status == JETON_OK)
        jt_put_node(tree, all, "result", result);
    else
        jt_put_text(tree, all, "why", jeton_str(why.text));
    return jt_tree_print(tree, all, JT_COMPACT, line, err);
}

/* Somebody has said what he wants. */
static jeton_status exchange(jd_control *control, jd_caller *caller, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(NULL);
    JT_AUTO(jt_json_free) jt_json *doc = NULL;
    JT_TRY(jt_json_parse(NULL, jt_buf_span(&caller->line), &doc, err));
    JT_TRY(answer(control, jt_json_root(doc), &line, err));
    return jd_socket_send(caller->fd, jt_buf_span(&line), err);
}

static void log_failure(const jeton_err *err)
{
    jd_log(JD_WARN, EV_CONTROL_FAILED, JD_TEXT("why", err->text));
}

/* One of them has said something, or has had his time. */
static void attend(jd_control *control, size_t i, bool spoke)
{
    jd_caller *caller = &control->callers.at[i];
    bool complete = false;
    jeton_err err = {0};
    jeton_status status = JETON_OK;
    if (spoke)
        status = jd_callers_hear(&control->callers, i, &complete, &err);
    else if (caller->deadline <= jd_monotonic())
        status = jt_fail(&err, JETON_E_SYSTEM, "the control socket: nothing was asked in time");
    if (complete)
        status = exchange(control, caller, &err);
    if (status != JETON_OK)
        log_failure(&err);
    if (complete || status != JETON_OK)
        jd_callers_drop(&control->callers, i);
}

static void take_call(jd_control *control)
{
    const int fd = accept4(control->listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0) { /* shut down, a client that has gone already, or no descriptor left */
        (void)nanosleep(&(const struct timespec){.tv_nsec = ACCEPT_PAUSE_NS}, NULL);
        return;
    }
    jd_socket_set_patience(fd, SERVER_PATIENCE);
    if (jd_socket_is_ours(fd))
        jd_callers_add(&control->callers, fd, jd_monotonic());
    else
        (void)close(fd);
}

static void *serve(void *argument)
{
    jd_control *control = argument;
    jd_callers *callers = &control->callers;
    struct pollfd asked[JD_CALLERS + 1];
    while (!atomic_load(&control->closing)) {
        const size_t count = callers->count;
        const bool has_room = jd_callers_have_room(callers);
        jd_callers_ask(callers, asked);
        asked[count] = (struct pollfd){.fd = has_room ? control->listener : -1, .events = POLLIN};
        (void)poll(asked, count + 1, jd_callers_wait(callers, jd_monotonic()));
        for (size_t i = count; i-- > 0;) /* from behind: the last takes the place of who goes */
            attend(control, i, asked[i].revents != 0);
        if (asked[count].revents != 0)
            take_call(control);
    }
    while (callers->count > 0)
        jd_callers_drop(callers, 0);
    return NULL;
}

jeton_status jd_control_open(jd_accounts *accounts, jd_control **control, jeton_err *err)
{
    *control = NULL;
    JT_AUTO(jd_control_close) jd_control *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "control socket");
    made->accounts = accounts;
    made->listener = -1;
    JT_TRY(jd_socket_listen(accounts->config->data, &made->listener, err));
    const int failed = pthread_create(&made->thread, NULL, serve, made);
    if (failed != 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot start a thread: %s", strerror(failed));
    (void)pthread_setname_np(made->thread, "control");
    made->started = true;
    *control = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jd_control_close(jd_control **control)
{
    if (control == NULL || *control == NULL)
        return;
    jd_control *closed = *control;
    atomic_store(&closed->closing, true);
    if (closed->started) {
        (void)shutdown(closed->listener, SHUT_RDWR); /* wakes accept */
        pthread_join(closed->thread, NULL);
        jd_socket_remove(closed->accounts->config->data);
    }
    if (closed->listener >= 0)
        (void)close(closed->listener);
    jt_release(NULL, closed);
    *control = NULL;
}

/* ---- the client's end ----------------------------------------------------------------------- */

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* What the server says the operation came to. */
static jeton_status outcome_of(const jt_val *answer, jeton_err *err)
{
    int64_t number;
    if (!jt_val_int(jt_get(answer, "status"), &number))
        return jt_fail(err, JETON_E_SYSTEM, "the server's answer is not one");
    if (number == JETON_OK)
        return JETON_OK;
    const jeton_span why = jt_get_text(answer, "why");
    return jt_fail(err, (jeton_status)number, "%.*s", (int)why.len, (const char *)why.ptr);
}

jeton_status jd_control_ask(const char *data, jeton_span request, jt_json **answer, bool *reached,
                            jeton_err *err)
{
    *answer = NULL;
    *reached = false;
    JT_AUTO(close_fd) int fd = -1;
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(NULL);
    JT_TRY(jd_socket_connect(data, &fd, err));
    if (fd < 0)
        return jt_fail(err, JETON_E_NOT_FOUND, "no server works on %.90s", data);
    *reached = true;
    jd_socket_set_patience(fd, CLIENT_PATIENCE);
    JT_TRY(jd_socket_send(fd, request, err));
    JT_TRY(jd_socket_receive(fd, &line, err));
    JT_TRY(jt_json_parse(NULL, jt_buf_span(&line), answer, err));
    return outcome_of(jt_json_root(*answer), err);
}
