/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/notify.c - the datagrams, and the watchdog's settings. */
#include "daemon/notify.h"

#include "daemon/number.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* A path, or "@" and a name of the abstract space. The length, or 0 when it is neither. */
static socklen_t read_address(const char *text, struct sockaddr_un *address)
{
    const size_t len = text != NULL ? strlen(text) : 0;
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (len < 2 || len >= sizeof address->sun_path || (text[0] != '/' && text[0] != '@'))
        return 0;
    memcpy(address->sun_path, text, len);
    if (text[0] == '@')
        address->sun_path[0] = '\0';
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

static int open_socket(const char *text)
{
    const struct timeval patience = {.tv_sec = 1};
    struct sockaddr_un address;
    const socklen_t len = read_address(text, &address);
    if (len == 0)
        return -1;
    const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&address, len) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

/* Twice within the time that we are given, as its protocol advises. */
static int64_t read_pulse(void)
{
    int64_t pid;
    int64_t microseconds;
    const char *whose = getenv("WATCHDOG_PID");
    if (whose != NULL && (!jd_number_read(whose, &pid) || pid != getpid()))
        return 0;
    if (!jd_number_read(getenv("WATCHDOG_USEC"), &microseconds))
        return 0;
    const int64_t pulse = microseconds / 2000;
    return microseconds > 0 && pulse == 0 ? 1 : pulse;
}

void jd_notify_open(jd_notify *notify)
{
    notify->fd = open_socket(getenv("NOTIFY_SOCKET"));
    notify->pulse_ms = notify->fd >= 0 ? read_pulse() : 0;
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
}

void jd_notify_send(const jd_notify *notify, const char *text)
{
    if (notify->fd < 0)
        return;
    const ssize_t sent = send(notify->fd, text, strlen(text), MSG_NOSIGNAL);
    (void)sent; /* who started us is gone: we go on */
}

void jd_notify_reloading(const jd_notify *notify)
{
    char text[80];
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    (void)snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
                   (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    jd_notify_send(notify, text);
}

void jd_notify_close(jd_notify *notify)
{
    if (notify->fd >= 0)
        (void)close(notify->fd);
    notify->fd = -1;
}
