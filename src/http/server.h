/* SPDX-License-Identifier: Apache-2.0 */
/* http/server.h - an HTTP/1.1 server: sockets, TLS, threads, limits and deadlines.
 *
 * It brings complete requests to one function and carries the answers back. It knows no routes,
 * no accounts and no error shapes, and never writes a log itself.
 *
 * Threads: open, start, drain and close belong to the one thread that owns the server. `handle`,
 * `refuse`, `finish` and `log` run on the server's loop threads, several at a time, and must not
 * block: what takes long is suspended (request.h) and answered by somebody else.
 *
 * Deadlines: a connection must shake hands for TLS within request_ms, begin a request (deliver its
 * request line) within idle_ms of that, of being opened or of its last answer, deliver the rest of
 * it within request_ms, and take the answer within answer_ms. Bytes that drip in do not extend any
 * of these. Past it the socket is shut. A request in the hands of `handle` or of a worker has no
 * deadline here.
 */
#ifndef JD_HTTP_SERVER_H
#define JD_HTTP_SERVER_H

#include "http/forwarded.h"
#include "http/listener.h"
#include "http/request.h"
#include "http/tls.h"

typedef struct jd_http jd_http;

typedef struct jd_http_options {
    /* "127.0.0.1:8080", "[::1]:8080", "localhost:8080", "unix:/run/jeton.sock", or several of
     * them, parted by commas; port 0 lets the system choose. */
    const char *listen;
    unsigned socket_mode; /* of the file of a Unix socket; 0: 0600 */

    /* Sockets that listen already, which are used instead: they are ours from now on. */
    const int *inherited;
    size_t inherited_count;

    jd_tls *tls; /* NULL: none. For all but Unix sockets. Borrowed until close */

    /* 0 means the default in brackets. */
    unsigned threads;     /* [one per processor, at most 4] */
    unsigned connections; /* [4096] in all; a connection past it is closed as it comes */
    size_t header_limit;  /* [16 KiB] for the request line and all headers of a request. Dear:
                             libmicrohttpd clears that much memory for each request */
    size_t body_limit;    /* [64 KiB] */
    unsigned idle_ms;     /* [30 s] */
    unsigned request_ms;  /* [10 s] */
    unsigned answer_ms;   /* [30 s] */

    jd_trust trust; /* until jd_http_trust() says otherwise */

    void *user; /* goes to each of the functions below */

    /* Takes one complete request. Called once for each; must answer or suspend it. */
    void (*handle)(void *user, jd_request *request);

    /* Takes a request that the server itself will not let through, often before its body came:
     * 400 ambiguous or malformed, 413 body over the limit, 503 out of memory, 505 HTTP version.
     * It must answer with that status before it returns; the connection is closed afterwards.
     * `why` is a static sentence of ours. `handle` never sees such a request.
     *
     * What libmicrohttpd cannot parse at all it answers itself, in its own shape. */
    void (*refuse)(void *user, jd_request *request, unsigned status, const char *why);

    /* May be NULL. A request that `handle` or `refuse` got is over: its answer is sent (`sent`)
     * or the client has gone away. The last moment to use the request and its arena. */
    void (*finish)(void *user, jd_request *request, bool sent);

    /* May be NULL. A complaint of libmicrohttpd or of the loop, at most a few a second and without
     * a line break. It may hold bytes of a client: escape it. */
    void (*log)(void *user, const char *text);
} jd_http_options;

/* Binds and listens. From now on clients may connect, but nobody serves them before start.
 *
 * options  copied, texts included
 * http     set to NULL first; on JETON_OK the caller owns it: jd_http_close()
 *
 * JETON_E_ARGUMENT  `listen` is no address, an inherited descriptor is no listening socket
 * JETON_E_SYSTEM    "cannot listen on 127.0.0.1:8080: Address already in use"
 *
 * Each connection takes a file descriptor: raising RLIMIT_NOFILE is the caller's business. */
JETON_MUST jeton_status jd_http_open(const jd_http_options *options, jd_http **http,
                                     jeton_err *err);

/* Starts the threads. JETON_E_SYSTEM, and then only close is left to do. */
JETON_MUST jeton_status jd_http_start(jd_http *http, jeton_err *err);

/* The first port that is listened on, also when the options said 0; 0 when there are only Unix
 * sockets. */
unsigned jd_http_port(const jd_http *http);

/* What is listened on; not after the beginning of the end. */
const jd_listeners *jd_http_listeners(const jd_http *http);

/* Connections open at this moment. Any thread. */
unsigned jd_http_connections(const jd_http *http);

/* Whether every thread goes round within wait_ms: one that is stuck does not. */
bool jd_http_is_turning(jd_http *http, unsigned wait_ms);
/* Whose word counts from the next request on, in two steps: a copy that can be taken, and taking
 * it. For the thread that owns the server, which may be serving. What was trusted before is kept
 * until close, since requests may be looking at it. JETON_E_NOMEM. */
JETON_MUST jeton_status jd_http_keep_trust(jd_http *http, const jd_trust *trust,
                                           const jd_trust **kept, jeton_err *err);
void jd_http_trust(jd_http *http, const jd_trust *kept);

/* Stops to accept, closes idle connections, lets requests under way finish and answers them with
 * "Connection: close". Waits until no connection is left, at most wait_ms; true if none is. */
bool jd_http_drain(jd_http *http, unsigned wait_ms);

/* Cuts all connections, ends the threads, frees *http and sets it to NULL. A NULL *http is fine.
 *
 * Waits for each suspended request to be answered, since its worker still holds it: whoever runs
 * the workers must let them answer, before or meanwhile. */
void jd_http_close(jd_http **http);

#endif
