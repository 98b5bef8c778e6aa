/* SPDX-License-Identifier: Apache-2.0 */
/* http/linger.c - reads sockets to their end. */
#include "http/linger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

void jd_linger_add(jd_linger *linger, int fd, int64_t now)
{
    if (linger->count == JD_LINGER_SOCKETS)
        return;
    const int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
        return;
    (void)shutdown(copy, SHUT_WR);
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.fd = copy};
    if (epoll_ctl(linger->epoll, EPOLL_CTL_ADD, copy, &event) != 0) {
        close(copy);
        return;
    }
    linger->sockets[linger->count].fd = copy;
    linger->sockets[linger->count].deadline = now + JD_LINGER_MS;
    linger->count++;
}

static void close_at(jd_linger *linger, size_t i)
{
    close(linger->sockets[i].fd); /* leaves the epoll set by itself */
    linger->sockets[i] = linger->sockets[--linger->count];
}

/* Whether there may be more to come. One round of bounded length: other sockets wait as well. */
static bool read_on(int fd)
{
    char waste[16384];
    const ssize_t len = recv(fd, waste, sizeof waste, MSG_DONTWAIT);
    return len > 0 || (len < 0 && (errno == EAGAIN || errno == EINTR));
}

void jd_linger_read(jd_linger *linger, int fd)
{
    for (size_t i = 0; i < linger->count; i++) {
        if (linger->sockets[i].fd != fd)
            continue;
        if (!read_on(fd))
            close_at(linger, i);
        return;
    }
}

void jd_linger_expire(jd_linger *linger, int64_t now)
{
    for (size_t i = linger->count; i-- > 0;)
        if (linger->sockets[i].deadline <= now)
            close_at(linger, i);
}
