/* SPDX-License-Identifier: Apache-2.0 */
/* http/loop.c - a loop's thread. */
#include "http/loop.h"

#include "core/auto.h"
#include "core/err.h"
#include "http/connection.h"
#include "sys/clock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* How often deadlines are looked at: fine enough for the shortest of them. */
#define LOOK_MIN_MS      5
#define LOOK_MAX_MS      1000
#define LOOK_DRAINING_MS 20

static jd_tide tide_of(const jd_loop *loop)
{
    return atomic_load(&loop->traffic->tide);
}

/* ---- other threads ---- */

void jd_loop_wake(const jd_loop *loop)
{
    const uint64_t one = 1;
    const ssize_t written = write(loop->wake, &one, sizeof one);
    (void)written; /* fails only when the counter is full: the loop is being woken already */
}

void jd_loop_post(jd_loop *loop, jd_request *request)
{
    pthread_mutex_lock(&loop->lock);
    request->next = loop->answered;
    const bool is_first = request->next == NULL;
    loop->answered = request;
    /* Under the lock: when the loop has taken this request it may be the last one that the end of
     * the loop was waiting for. */
    if (is_first)
        jd_loop_wake(loop);
    pthread_mutex_unlock(&loop->lock);
}

/* ---- one round ---- */

static void resume(jd_loop *loop, jd_request *request)
{
    loop->suspended--;
    MHD_resume_connection(request->mhd);
}

static void resume_answered(jd_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    jd_request *request = loop->answered;
    loop->answered = NULL;
    pthread_mutex_unlock(&loop->lock);
    while (request != NULL) {
        jd_request *next = request->next;
        if (request->hold > loop->now)
            jd_held_add(&loop->held, request);
        else
            resume(loop, request);
        request = next;
    }
}

/* A server that is closed waits for nobody: nothing of what is held reaches its client then. */
static void resume_held(jd_loop *loop)
{
    const int64_t until = tide_of(loop) == JD_STOPPING ? INT64_MAX : loop->now;
    jd_request *request;
    while ((request = jd_held_take(&loop->held, until)) != NULL)
        resume(loop, request);
}

static void let_go_of_listener(jd_loop *loop)
{
    if (loop->listener < 0)
        return;
    (void)MHD_quiesce_daemon(loop->daemon); /* gives the socket back */
    close(loop->listener);
    loop->listener = -1;
    loop->next_look = loop->now; /* idle connections go now */
    jd_traffic_accepting(loop->traffic, -1);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t look_interval(const jd_loop *loop)
{
    const jd_http_options *options = loop->options;
    const int64_t shortest =
        smaller(options->idle_ms, smaller(options->request_ms, options->answer_ms));
    const int64_t longest = tide_of(loop) == JD_FLOWING ? LOOK_MAX_MS : LOOK_DRAINING_MS;
    const int64_t interval = smaller(shortest / 8, longest);
    return interval < LOOK_MIN_MS ? LOOK_MIN_MS : interval;
}

static void look_at_deadlines(jd_loop *loop)
{
    const jd_tide tide = tide_of(loop);
    if (loop->now < loop->next_look)
        return;
    loop->next_look = loop->now + look_interval(loop);
    for (jd_connection *c = loop->connections; c != NULL; c = c->next)
        if (jd_connection_is_due(c, loop->now, tide))
            jd_connection_cut(c);
    jd_linger_expire(&loop->lingering, loop->now);
}

static int time_to_wait(const jd_loop *loop)
{
    MHD_UNSIGNED_LONG_LONG wanted;
    const bool is_busy = loop->connections != NULL || loop->lingering.count > 0;
    const int64_t next = smaller(loop->next_look, jd_held_next(&loop->held));
    int64_t ms = -1;
    if (is_busy) /* nothing is held without its connection */
        ms = next > loop->now ? next - loop->now : 0;
    if (MHD_get_timeout(loop->daemon, &wanted) == MHD_YES && (ms < 0 || wanted < (uint64_t)ms))
        ms = (int64_t)wanted;
    return (int)ms;
}

static void wait_for_work(jd_loop *loop)
{
    struct epoll_event events[16];
    uint64_t count;
    const int ready = epoll_wait(loop->epoll, events, JT_COUNT(events), time_to_wait(loop));
    loop->now = jd_monotonic();
    for (int i = 0; i < ready; i++) {
        const int fd = events[i].data.fd;
        if (fd == loop->wake)
            (void)!read(fd, &count, sizeof count);
        else if (fd != loop->daemon_epoll)
            jd_linger_read(&loop->lingering, fd);
    }
}

static void serve_round(jd_loop *loop)
{
    wait_for_work(loop);
    if (tide_of(loop) != JD_FLOWING)
        let_go_of_listener(loop);
    resume_answered(loop);
    resume_held(loop);
    (void)MHD_run(loop->daemon);
    look_at_deadlines(loop);
}

static bool is_over(const jd_loop *loop)
{
    return tide_of(loop) == JD_STOPPING && loop->suspended == 0;
}

static void *run(void *arg)
{
    jd_loop *loop = arg;
    while (!is_over(loop))
        serve_round(loop);
    let_go_of_listener(loop);
    MHD_stop_daemon(loop->daemon);
    jd_linger_expire(&loop->lingering, INT64_MAX);
    return NULL;
}

/* ---- beginning and end ---- */

static bool watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool start_daemon(jd_loop *loop)
{
    loop->daemon = jd_exchange_start(loop);
    if (loop->daemon == NULL)
        return false;
    loop->daemon_epoll = MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    return watch(loop->epoll, loop->daemon_epoll);
}

/* Signals are for the thread that runs the process, and SIGPIPE is for nobody. */
static int start_thread(jd_loop *loop)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failure = pthread_create(&loop->thread, NULL, run, loop);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure == 0)
        (void)pthread_setname_np(loop->thread, "jeton-http");
    return failure;
}

static bool open_descriptors(jd_loop *loop, int listener)
{
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loop->listener = fcntl(listener, F_DUPFD_CLOEXEC, 0);
    loop->lingering.epoll = loop->epoll;
    return loop->epoll >= 0 && loop->wake >= 0 && loop->listener >= 0 &&
           watch(loop->epoll, loop->wake);
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void release(jd_loop *loop)
{
    close_if_open(loop->listener);
    close_if_open(loop->wake);
    close_if_open(loop->epoll);
    jt_arena_spares_done(NULL, &loop->spares);
    pthread_mutex_destroy(&loop->lock);
}

/* What failed; NULL when all is well. */
static const char *start(jd_loop *loop, int listener)
{
    if (!open_descriptors(loop, listener))
        return "no descriptor for an HTTP thread";
    if (!start_daemon(loop))
        return "libmicrohttpd does not start";
    jd_traffic_accepting(loop->traffic, 1);
    if (start_thread(loop) == 0)
        return NULL;
    jd_traffic_accepting(loop->traffic, -1);
    return "no thread for HTTP";
}

jeton_status jd_loop_start(jd_loop *loop, const jd_http_options *options, jd_traffic *traffic,
                           int listener, jeton_err *err)
{
    *loop = (jd_loop){.options = options, .traffic = traffic, .now = jd_monotonic()};
    loop->complaints = (jd_complaints){.log = options->log, .user = options->user};
    if (pthread_mutex_init(&loop->lock, NULL) != 0)
        return jt_fail(err, JETON_E_SYSTEM, "no mutex to be had");
    const char *failure = start(loop, listener);
    if (failure == NULL)
        return JETON_OK;
    if (loop->daemon != NULL) {
        MHD_stop_daemon(loop->daemon); /* closes the listening socket it has */
        loop->listener = -1;
    }
    release(loop);
    return jt_fail(err, JETON_E_SYSTEM, "%s", failure);
}

void jd_loop_join(jd_loop *loop)
{
    const int failure = pthread_join(loop->thread, NULL);
    assert(failure == 0);
    (void)failure;
    release(loop);
}
