/* SPDX-License-Identifier: Apache-2.0 */
/* http/connection.c - phases and deadlines of connections. */
#include "http/connection.h"

#include "core/mem.h"
#include "http/handshake.h"
#include "http/loop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

static void print_peer(const struct sockaddr *address, char text[INET6_ADDRSTRLEN])
{
    (void)snprintf(text, INET6_ADDRSTRLEN, "%s",
                   address != NULL && address->sa_family == AF_UNIX ? "unix" : "?");
    if (address != NULL && address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
        (void)inet_ntop(AF_INET, &in->sin_addr, text, INET6_ADDRSTRLEN);
    }
    if (address != NULL && address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)address;
        /* One client must not have two names: ::ffff:192.0.2.7 is 192.0.2.7. */
        if (IN6_IS_ADDR_V4MAPPED(&in->sin6_addr))
            (void)inet_ntop(AF_INET, &in->sin6_addr.s6_addr[12], text, INET6_ADDRSTRLEN);
        else
            (void)inet_ntop(AF_INET6, &in->sin6_addr, text, INET6_ADDRSTRLEN);
    }
}

static int socket_of(struct MHD_Connection *mhd)
{
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static jd_connection *new_connection(jd_loop *loop, struct MHD_Connection *mhd)
{
    jd_connection *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return NULL;
    made->loop = loop;
    made->fd = socket_of(mhd);
    const struct sockaddr *from =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr;
    made->is_unix = from != NULL && from->sa_family == AF_UNIX;
    print_peer(from, made->peer);
    jd_connection_clear(made);
    jd_connection_enter(made, JD_IDLE);
    jd_handshake_begin(made, mhd);
    return made;
}

static void link_in(jd_connection *connection)
{
    jd_connection **first = &connection->loop->connections;
    connection->next = *first;
    if (*first != NULL)
        (*first)->previous = connection;
    *first = connection;
}

static void unlink_from(jd_connection *connection)
{
    if (connection->previous != NULL)
        connection->previous->next = connection->next;
    else
        connection->loop->connections = connection->next;
    if (connection->next != NULL)
        connection->next->previous = connection->previous;
}

static void end_connection(jd_connection *connection)
{
    if (connection == NULL)
        return;
    if (connection->lingers)
        jd_linger_add(&connection->loop->lingering, connection->fd, connection->loop->now);
    unlink_from(connection);
    jd_handshake_end(connection);
    jd_connection_clear(connection);
    jt_release(NULL, connection);
}

void jd_connection_notify(void *loop, struct MHD_Connection *mhd, void **slot,
                          enum MHD_ConnectionNotificationCode code)
{
    jd_loop *own = loop;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        end_connection(*slot);
        jd_traffic_remove(own->traffic);
        return;
    }
    jd_gate_passed(own);
    jd_connection *made = new_connection(own, mhd);
    *slot = made;
    if (made != NULL)
        link_in(made);
    else
        (void)shutdown(socket_of(mhd), SHUT_RDWR); /* nobody would keep its time */
}

jd_connection *jd_connection_of(struct MHD_Connection *mhd)
{
    return MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
}

static int64_t time_for(jd_phase phase, const jd_http_options *options)
{
    switch (phase) {
    case JD_IDLE: return options->idle_ms;
    case JD_SHAKING:
    case JD_READING: return options->request_ms;
    case JD_ANSWERING: return options->answer_ms;
    case JD_HANDLING:
    case JD_CUT: break;
    }
    return 0;
}

void jd_connection_enter(jd_connection *connection, jd_phase phase)
{
    if (connection->phase == JD_CUT)
        return;
    connection->phase = phase;
    connection->since = connection->loop->now;
    connection->deadline = connection->since + time_for(phase, connection->loop->options);
}

/* Whether bytes have come in that nobody has read: then a request may be beginning. */
static bool has_unread_bytes(const jd_connection *connection)
{
    char byte;
    return recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

bool jd_connection_is_due(const jd_connection *connection, int64_t now, jd_tide tide)
{
    switch (connection->phase) {
    case JD_CUT:
    case JD_HANDLING: return false;
    case JD_IDLE:
        if (tide == JD_DRAINING && now >= connection->since + JD_LULL_MS &&
            !has_unread_bytes(connection))
            return true;
        break;
    case JD_SHAKING:
    case JD_READING:
    case JD_ANSWERING: break;
    }
    return tide == JD_STOPPING || now >= connection->deadline;
}

void jd_connection_cut(jd_connection *connection)
{
    connection->phase = JD_CUT;
    connection->lingers = false;
    (void)shutdown(connection->fd, SHUT_RDWR); /* fails when the client was quicker */
}

void jd_connection_clear(jd_connection *connection)
{
    jd_request *request = &connection->request;
    jt_buf_done(&request->body);
    jt_arena_end(&request->arena, &connection->loop->spares, JD_SPARE_CHUNKS);
    *request = (jd_request){
        .connection = connection, .arena = jt_arena_init(NULL), .body = jt_buf_init(NULL)};
}
