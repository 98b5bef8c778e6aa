/* SPDX-License-Identifier: Apache-2.0 */
/* http/connection.h - one client's connection: which phase it is in, and until when it may be.
 *
 * libmicrohttpd's own timeout only measures silence, and a byte per second is not silence. So each
 * phase has a deadline that no traffic moves. Loop thread only. */
#ifndef JD_HTTP_CONNECTION_H
#define JD_HTTP_CONNECTION_H

#include "http/exchange.h"
#include "http/tls.h"
#include "http/traffic.h"

#include <microhttpd.h>
#include <netinet/in.h>

typedef enum jd_phase {
    JD_SHAKING,   /* hands, for TLS */
    JD_IDLE,      /* a request may begin */
    JD_READING,   /* the request line is here, the rest is coming */
    JD_HANDLING,  /* in our hands: no deadline */
    JD_ANSWERING, /* the client takes its answer */
    JD_CUT,       /* shut down; libmicrohttpd will notice */
} jd_phase;

struct jd_connection {
    jd_connection *previous, *next; /* in loop->connections */
    jd_loop *loop;
    int fd;
    bool is_unix;
    jd_phase phase;
    int64_t since, deadline;  /* of loop->now */
    bool lingers;             /* see linger.h */
    gnutls_session_t session; /* NULL: no TLS */
    jd_tls_pair *pair;        /* what the handshake was given */
    bool has_shaken;
    char peer[INET6_ADDRSTRLEN];
    jd_request request; /* the one under way; HTTP/1.1 has one at a time */
};

/* A server that drains leaves a connection alone for so long after its last answer: a client at
 * work sends its next request within it, and learns by the answer that it was the last. Cut at
 * once, it would never know whether that request was taken. */
#define JD_LULL_MS 1000

/* MHD_OPTION_NOTIFY_CONNECTION; `loop` is a jd_loop. */
void jd_connection_notify(void *loop, struct MHD_Connection *mhd, void **slot,
                          enum MHD_ConnectionNotificationCode code);

/* The connection behind libmicrohttpd's; NULL when there was no memory for it. */
jd_connection *jd_connection_of(struct MHD_Connection *mhd);

/* Enters a phase and gives it its time. A cut connection stays cut. */
void jd_connection_enter(jd_connection *connection, jd_phase phase);

/* Whether the connection has used up its time, or must go for the sake of the tide. */
bool jd_connection_is_due(const jd_connection *connection, int64_t now, jd_tide tide);

void jd_connection_cut(jd_connection *connection);

/* Frees what the request under way holds, and makes ready for the next one. */
void jd_connection_clear(jd_connection *connection);

#endif
