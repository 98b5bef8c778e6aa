/* SPDX-License-Identifier: Apache-2.0 */
/* http/server.c - opens, starts, drains and closes: one listening socket, a few loops. */
#include "http/server.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "http/loop.h"

#include <time.h>
#include <unistd.h>

#define THREADS_MAX     64U
#define DEFAULT_THREADS 4U
#define LOOK_PAUSE_MS   5U

struct jd_http {
    jd_http_options options;
    jd_traffic traffic;
    jd_listeners listeners; /* empty when let go */
    jt_arena trusts;        /* every one there has been */
    unsigned port;
    unsigned running; /* loops that were started */
    jd_loop loops[];
};

static unsigned default_threads(void)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (processors < 1)
        return 1;
    return processors < (long)DEFAULT_THREADS ? (unsigned)processors : DEFAULT_THREADS;
}

static unsigned either(unsigned given, unsigned otherwise)
{
    return given != 0 ? given : otherwise;
}

static jd_http_options completed(const jd_http_options *given)
{
    jd_http_options options = *given;
    options.threads = either(given->threads, default_threads());
    options.connections = either(given->connections, 4096);
    options.header_limit = given->header_limit != 0 ? given->header_limit : (size_t)16 * 1024;
    options.body_limit = given->body_limit != 0 ? given->body_limit : (size_t)64 * 1024;
    options.idle_ms = either(given->idle_ms, 30000);
    options.request_ms = either(given->request_ms, 10000);
    options.answer_ms = either(given->answer_ms, 30000);
    return options;
}

static jeton_status check_options(const jd_http_options *options, jeton_err *err)
{
    if (options->handle == NULL || options->refuse == NULL)
        return jt_fail(err, JETON_E_ARGUMENT, "an HTTP server needs handle and refuse");
    if (options->threads > THREADS_MAX)
        return jt_fail(err, JETON_E_ARGUMENT, "more than %u HTTP threads", THREADS_MAX);
    return JETON_OK;
}

static jeton_status open_listeners(const jd_http_options *options, jd_listeners *listeners,
                                   jeton_err *err)
{
    const unsigned mode = either(options->socket_mode, 0600);
    if (options->inherited_count > 0)
        return jd_listeners_take(options->inherited, options->inherited_count, listeners, err);
    return jd_listeners_open(options->listen, mode, listeners, err);
}

static unsigned first_port(const jd_listeners *listeners)
{
    unsigned port = 0;
    for (size_t i = 0; i < listeners->count && port == 0; i++)
        port = jd_listener_port(listeners->at[i].fd);
    return port;
}

static jeton_status set_out(jd_http *http, const jd_http_options *options, jeton_err *err)
{
    const jd_trust *trust;
    JT_TRY(jd_http_keep_trust(http, &options->trust, &trust, err));
    jd_http_trust(http, trust);
    return open_listeners(options, &http->listeners, err);
}

jeton_status jd_http_open(const jd_http_options *options, jd_http **http, jeton_err *err)
{
    *http = NULL;
    JT_TRY(check_options(options, err));
    const jd_http_options complete = completed(options);
    jd_http *made = jt_zalloc(NULL, sizeof *made + complete.threads * sizeof made->loops[0]);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "HTTP server");
    made->options = complete;
    jeton_status status = jd_traffic_init(&made->traffic, err);
    if (status != JETON_OK) {
        jt_release(NULL, made);
        return status;
    }
    status = set_out(made, &complete, err);
    made->options.listen = NULL; /* the caller's, and not needed any more */
    made->options.inherited = NULL;
    if (status != JETON_OK) {
        jd_http_close(&made);
        return status;
    }
    made->port = first_port(&made->listeners);
    *http = made;
    return JETON_OK;
}

jeton_status jd_http_start(jd_http *http, jeton_err *err)
{
    for (; http->running < http->options.threads; http->running++)
        JT_TRY(jd_loop_start(&http->loops[http->running], &http->options, &http->traffic,
                             &http->listeners, err));
    return JETON_OK;
}

jeton_status jd_http_keep_trust(jd_http *http, const jd_trust *trust, const jd_trust **kept,
                                jeton_err *err)
{
    jd_trust *copy = jt_arena_alloc(&http->trusts, sizeof *copy);
    *kept = copy;
    if (copy == NULL)
        return jt_fail(err, JETON_E_NOMEM, "proxies");
    *copy = *trust;
    return JETON_OK;
}

void jd_http_trust(jd_http *http, const jd_trust *kept)
{
    http->traffic.trust = kept;
}

unsigned jd_http_port(const jd_http *http)
{
    return http->port;
}

const jd_listeners *jd_http_listeners(const jd_http *http)
{
    return &http->listeners;
}

unsigned jd_http_connections(const jd_http *http)
{
    return atomic_load(&http->traffic.connections);
}

/* ---- whether it lives ---- */

static bool have_turned(const jd_http *http, const unsigned *before)
{
    for (unsigned i = 0; i < http->running; i++)
        if (atomic_load(&http->loops[i].rounds) == before[i])
            return false;
    return true;
}

bool jd_http_is_turning(jd_http *http, unsigned wait_ms)
{
    const struct timespec pause = {.tv_nsec = LOOK_PAUSE_MS * 1000000L};
    unsigned before[THREADS_MAX] = {0};
    for (unsigned i = 0; i < http->running; i++) {
        before[i] = atomic_load(&http->loops[i].rounds);
        jd_loop_wake(&http->loops[i]);
    }
    for (unsigned waited = 0; !have_turned(http, before); waited += LOOK_PAUSE_MS) {
        if (waited >= wait_ms)
            return false;
        (void)nanosleep(&pause, NULL);
    }
    return true;
}

/* ---- the end ---- */

static void turn(jd_http *http, jd_tide tide)
{
    jd_listeners_freeze(&http->listeners);
    atomic_store(&http->traffic.tide, tide);
    jd_listeners_close(&http->listeners);
    for (unsigned i = 0; i < http->running; i++)
        jd_loop_wake(&http->loops[i]);
}

bool jd_http_drain(jd_http *http, unsigned wait_ms)
{
    atomic_store(&http->traffic.tide, JD_EBBING);
    turn(http, JD_DRAINING);
    return jd_traffic_wait(&http->traffic, wait_ms);
}

void jd_http_close(jd_http **http)
{
    jd_http *own = *http;
    *http = NULL;
    if (own == NULL)
        return;
    turn(own, JD_STOPPING);
    for (unsigned i = 0; i < own->running; i++)
        jd_loop_join(&own->loops[i]);
    jd_traffic_done(&own->traffic);
    jt_arena_done(&own->trusts);
    jt_release(NULL, own);
}
