/* SPDX-License-Identifier: Apache-2.0 */
/* http/loop.h - one thread with its own libmicrohttpd, waiting, serving, keeping deadlines.
 *
 * libmicrohttpd has no thread here. Its own epoll thread takes 128 events at a time, and with
 * exactly 128 ready it waits again before it serves them: 128 clients in step stall for good. We
 * wait on its epoll descriptor ourselves and let it work with MHD_run(), which never waits. */
#ifndef JD_HTTP_LOOP_H
#define JD_HTTP_LOOP_H

#include "http/complaints.h"
#include "http/exchange.h"
#include "http/held.h"
#include "http/linger.h"
#include "http/server.h"
#include "http/traffic.h"

#define JD_SPARE_CHUNKS 16U /* of 4 KiB */

struct jd_loop {
    const jd_http_options *options; /* complete: no limit and no time is 0 */
    jd_traffic *traffic;
    struct MHD_Daemon *daemon;
    pthread_t thread;
    int listener; /* our duplicate; -1 when let go */
    int daemon_epoll;
    int epoll; /* holds daemon_epoll, `wake` and the lingering sockets */
    int wake;

    int64_t now; /* milliseconds, monotonic; read once per round */
    int64_t next_look;
    jd_connection *connections;
    unsigned suspended; /* held ones included */
    jd_held held;
    jd_linger lingering;
    jt_arena_spares spares; /* of the arenas of requests */
    jd_complaints complaints;

    /* The only things other threads touch: */
    pthread_mutex_t lock;
    jd_request *answered;
};

/* Starts the thread on a duplicate of `listener`. JETON_E_SYSTEM, and then nothing is left. */
JETON_MUST jeton_status jd_loop_start(jd_loop *loop, const jd_http_options *options,
                                      jd_traffic *traffic, int listener, jeton_err *err);

/* Makes the loop look at the tide. Any thread. */
void jd_loop_wake(const jd_loop *loop);

/* Brings back a suspended request that has its answer. Any thread. */
void jd_loop_post(jd_loop *loop, jd_request *request);

/* Waits for the end of the thread, which the tide has to bring, and frees what the loop holds. */
void jd_loop_join(jd_loop *loop);

#endif
