/* SPDX-License-Identifier: Apache-2.0 */
/* http/linger.h - sockets whose answer is sent, read on for a moment before they are closed.
 *
 * Closing a socket that has unread bytes resets the connection, and the reset overtakes the answer
 * on its way: a client that is still sending its too large body would never see the 413
 * (RFC 9112 §9.6). Loop thread only. */
#ifndef JD_HTTP_LINGER_H
#define JD_HTTP_LINGER_H

#include <stddef.h>
#include <stdint.h>

#define JD_LINGER_SOCKETS 32U /* past it sockets are closed at once */
#define JD_LINGER_MS      2000

typedef struct jd_linger {
    int epoll; /* of the loop: gets each socket, with the socket as data.fd */
    size_t count;
    struct {
        int fd;
        int64_t deadline;
    } sockets[JD_LINGER_SOCKETS];
} jd_linger;

/* Keeps a duplicate of the socket; the caller closes its own. */
void jd_linger_add(jd_linger *linger, int fd, int64_t now);

/* Throws away what has come in on a socket, and closes it at its end. Others are ignored. */
void jd_linger_read(jd_linger *linger, int fd);

/* Closes those whose time is up; INT64_MAX for all of them. */
void jd_linger_expire(jd_linger *linger, int64_t now);

#endif
