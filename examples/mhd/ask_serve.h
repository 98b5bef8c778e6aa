/* SPDX-License-Identifier: Apache-2.0 */
/* ask_serve.h - asks a jeton serve whether a token stands, by GET /verify, and waits no longer than
 * it may: for routes whose stale policy is JETON_STALE_INTROSPECT. Over plain HTTP, so for a server
 * on this host, or for a proxy on it that speaks TLS. */
#ifndef EXAMPLE_ASK_SERVE_H
#define EXAMPLE_ASK_SERVE_H

#include <arpa/inet.h>
#include <jeton.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static inline long long now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

static inline bool wait_for(int fd, short events, long long until)
{
    struct pollfd waits = {.fd = fd, .events = events};
    const long long left = until - now_ms();
    return left > 0 && poll(&waits, 1, (int)left) == 1;
}

/* All of the request is sent at once: a few KB fit into what the kernel keeps for a new socket. */
static inline int status_of(int fd, const struct sockaddr_in *at, jeton_span token, long long until)
{
    char text[16384];
    const int len =
        snprintf(text, sizeof text,
                 "GET /verify HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %.*s\r\n"
                 "Connection: close\r\n\r\n",
                 (int)token.len, token.ptr);
    (void)connect(fd, (const struct sockaddr *)at, sizeof *at);
    if (len >= (int)sizeof text || !wait_for(fd, POLLOUT, until) ||
        send(fd, text, (size_t)len, MSG_NOSIGNAL) != len || !wait_for(fd, POLLIN, until))
        return 0;
    const ssize_t got = read(fd, text, sizeof text - 1); /* the status is in the first bytes */
    text[got > 0 ? got : 0] = '\0';
    return strncmp(text, "HTTP/1.1 ", 9) == 0 ? (int)strtol(text + 9, NULL, 10) : 0;
}

/* A jeton_introspect; `port` is the text of the server's port on this host. */
static inline jeton_status ask_serve(void *port, jeton_span token, unsigned deadline_ms)
{
    const long long until = now_ms() + deadline_ms;
    const struct sockaddr_in at = {.sin_family = AF_INET,
                                   .sin_port = htons((unsigned short)strtoul(port, NULL, 10)),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int http = fd >= 0 ? status_of(fd, &at, token, until) : 0;
    if (fd >= 0)
        close(fd);
    return http == 200 ? JETON_OK : http == 401 ? JETON_E_REVOKED : JETON_E_STALE;
}

#endif
