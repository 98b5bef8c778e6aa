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
#include "http/gate.h"
#include "http/held.h"
#include "http/linger.h"
#include "http/server.h"
#include "http/traffic.h"

#define JD_SPARE_CHUNKS 16U /* of 4 KiB */

/* How a connection speaks. */
typedef enum jd_wire {
    JD_PLAIN,
    JD_TLS,
} jd_wire;

#define JD_WIRES 2U

struct jd_loop {
    const jd_http_options *options; /* complete: no limit and no time is 0 */
    jd_traffic *traffic;
    struct {
        struct MHD_Daemon *daemon; /* NULL: nobody speaks like that here */
        int epoll;
    } mouths[JD_WIRES];
    pthread_t thread;
    jd_gate gate;
    bool is_accepting;
    int epoll; /* holds those of the daemons, the doors, `wake` and the lingering sockets */
    int wake;
    atomic_uint rounds; /* that were begun: any thread may look whether it goes on */

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

/* Starts the thread on duplicates of the listening sockets. JETON_E_SYSTEM, and then nothing is
 * left. */
JETON_MUST jeton_status jd_loop_start(jd_loop *loop, const jd_http_options *options,
                                      jd_traffic *traffic, const jd_listeners *listeners,
                                      jeton_err *err);

/* Has the loop wake up when there is something to read. Loop thread, or before there is one. */
JETON_MUST bool jd_loop_watch(const jd_loop *loop, int fd);

/* Makes the loop look at the tide. Any thread. */
void jd_loop_wake(const jd_loop *loop);

/* Brings back a suspended request that has its answer. Any thread. */
void jd_loop_post(jd_loop *loop, jd_request *request);

/* Waits for the end of the thread, which the tide has to bring, and frees what the loop holds. */
void jd_loop_join(jd_loop *loop);

#endif
