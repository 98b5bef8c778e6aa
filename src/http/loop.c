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

static void stop_accepting(jd_loop *loop)
{
    if (!loop->is_accepting)
        return;
    loop->is_accepting = false;
    jd_gate_shut(loop);
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

static int64_t next_moment(const jd_loop *loop)
{
    int64_t next = INT64_MAX;
    if (loop->connections != NULL || loop->lingering.count > 0)
        next = smaller(loop->next_look, jd_held_next(&loop->held)); /* held with its connection */
    return loop->gate.pause > 0 ? smaller(next, loop->gate.pause) : next;
}

static int time_to_wait(const jd_loop *loop)
{
    const int64_t next = next_moment(loop);
    int64_t ms = INT64_MAX;
    if (next < INT64_MAX)
        ms = next > loop->now ? next - loop->now : 0;
    for (size_t i = 0; i < JD_WIRES; i++) {
        MHD_UNSIGNED_LONG_LONG wanted;
        if (loop->mouths[i].daemon != NULL &&
            MHD_get_timeout(loop->mouths[i].daemon, &wanted) == MHD_YES)
            ms = smaller(ms, (int64_t)wanted);
    }
    return ms < INT64_MAX ? (int)ms : -1;
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
        else if (jd_gate_has(&loop->gate, fd))
            jd_gate_admit(loop, fd);
        else
            jd_linger_read(&loop->lingering, fd); /* knows that a daemon's is none of its own */
    }
}

static void run_daemons(jd_loop *loop)
{
    for (size_t i = 0; i < JD_WIRES; i++)
        if (loop->mouths[i].daemon != NULL)
            (void)MHD_run(loop->mouths[i].daemon);
}

static void stop_daemons(jd_loop *loop)
{
    for (size_t i = 0; i < JD_WIRES; i++)
        if (loop->mouths[i].daemon != NULL)
            MHD_stop_daemon(loop->mouths[i].daemon);
}

static void serve_round(jd_loop *loop)
{
    wait_for_work(loop);
    atomic_fetch_add_explicit(&loop->rounds, 1, memory_order_relaxed);
    if (tide_of(loop) >= JD_DRAINING)
        stop_accepting(loop);
    resume_answered(loop);
    resume_held(loop);
    run_daemons(loop);
    jd_gate_tend(loop);
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
    stop_accepting(loop);
    stop_daemons(loop);
    jd_gate_tend(loop);
    jd_linger_expire(&loop->lingering, INT64_MAX);
    return NULL;
}

/* ---- beginning and end ---- */

bool jd_loop_watch(const jd_loop *loop, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool start_daemon(jd_loop *loop, jd_wire wire)
{
    struct MHD_Daemon *made = jd_exchange_start(loop, wire == JD_TLS);
    loop->mouths[wire].daemon = made;
    return made != NULL &&
           jd_loop_watch(loop, MHD_get_daemon_info(made, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd);
}

/* A Unix socket does not leave the machine: TLS is for the others. */
static bool start_daemons(jd_loop *loop, const jd_listeners *listeners)
{
    bool wanted[JD_WIRES] = {false};
    for (size_t i = 0; i < listeners->count; i++)
        wanted[loop->options->tls != NULL && !listeners->at[i].is_unix ? JD_TLS : JD_PLAIN] = true;
    return (!wanted[JD_PLAIN] || start_daemon(loop, JD_PLAIN)) &&
           (!wanted[JD_TLS] || start_daemon(loop, JD_TLS));
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

static bool open_descriptors(jd_loop *loop, const jd_listeners *listeners)
{
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loop->lingering.epoll = loop->epoll;
    return loop->epoll >= 0 && loop->wake >= 0 && jd_loop_watch(loop, loop->wake) &&
           jd_gate_open(loop, listeners);
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

static void release(jd_loop *loop)
{
    jd_gate_release(&loop->gate);
    close_if_open(loop->wake);
    close_if_open(loop->epoll);
    jt_arena_spares_done(NULL, &loop->spares);
    pthread_mutex_destroy(&loop->lock);
}

/* What failed; NULL when all is well. */
static const char *start(jd_loop *loop, const jd_listeners *listeners)
{
    if (!open_descriptors(loop, listeners))
        return "no descriptor for an HTTP thread";
    if (!start_daemons(loop, listeners))
        return "libmicrohttpd does not start";
    loop->is_accepting = true;
    jd_traffic_accepting(loop->traffic, 1);
    if (start_thread(loop) == 0)
        return NULL;
    jd_traffic_accepting(loop->traffic, -1);
    return "no thread for HTTP";
}

jeton_status jd_loop_start(jd_loop *loop, const jd_http_options *options, jd_traffic *traffic,
                           const jd_listeners *listeners, jeton_err *err)
{
    *loop = (jd_loop){.options = options, .traffic = traffic, .now = jd_monotonic()};
    loop->complaints = (jd_complaints){.log = options->log, .user = options->user};
    if (pthread_mutex_init(&loop->lock, NULL) != 0)
        return jt_fail(err, JETON_E_SYSTEM, "no mutex to be had");
    const char *failure = start(loop, listeners);
    if (failure == NULL)
        return JETON_OK;
    stop_daemons(loop);
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
