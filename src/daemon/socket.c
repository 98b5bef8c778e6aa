/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/socket.c - the control socket as a file descriptor. */
#include "daemon/socket.h"

#include "core/auto.h"
#include "core/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME "control.sock"

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* A socket's path may be 107 bytes long and a data folder's longer: reached through the open
 * folder, every path is short. */
static jeton_status address_of(const char *data, int *folder, struct sockaddr_un *address,
                               jeton_err *err)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    *folder = open(data, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*folder < 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot open %.90s: %s", data, strerror(errno));
    (void)snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/" NAME, *folder);
    return JETON_OK;
}

static jeton_status new_socket(int *fd, jeton_err *err)
{
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot make a socket: %s", strerror(errno));
    return JETON_OK;
}

jeton_status jd_socket_listen(const char *data, int *fd, jeton_err *err)
{
    JT_AUTO(close_fd) int folder = -1;
    JT_AUTO(close_fd) int made = -1;
    struct sockaddr_un address;
    *fd = -1;
    JT_TRY(address_of(data, &folder, &address, err));
    JT_TRY(new_socket(&made, err));
    (void)unlinkat(folder, NAME, 0);
    const mode_t mask = umask(0177);
    const int bound = bind(made, (const struct sockaddr *)&address, sizeof address);
    (void)umask(mask);
    if (bound != 0 || listen(made, 16) != 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot listen on %.80s/" NAME ": %s", data,
                       strerror(errno));
    *fd = made;
    made = -1; /* ownership has moved to the caller */
    return JETON_OK;
}

jeton_status jd_socket_connect(const char *data, int *fd, jeton_err *err)
{
    JT_AUTO(close_fd) int folder = -1;
    JT_AUTO(close_fd) int made = -1;
    struct sockaddr_un address;
    *fd = -1;
    JT_TRY(address_of(data, &folder, &address, err));
    JT_TRY(new_socket(&made, err));
    if (connect(made, (const struct sockaddr *)&address, sizeof address) == 0) {
        *fd = made;
        made = -1; /* ownership has moved to the caller */
        return JETON_OK;
    }
    if (errno == ENOENT || errno == ECONNREFUSED)
        return JETON_OK;
    return jt_fail(err, JETON_E_SYSTEM, "cannot reach the server of %.80s: %s", data,
                   strerror(errno));
}

void jd_socket_remove(const char *data)
{
    JT_AUTO(close_fd) int folder = open(data, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0)
        (void)unlinkat(folder, NAME, 0);
}

bool jd_socket_is_ours(int fd)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

void jd_socket_set_patience(int fd, unsigned seconds)
{
    const struct timeval time = {.tv_sec = seconds};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

static jeton_status send_all(int fd, jeton_span bytes, jeton_err *err)
{
    while (bytes.len > 0) {
        const ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return jt_fail(err, JETON_E_SYSTEM, "the control socket: %s", strerror(errno));
        bytes = jeton_bytes(bytes.ptr + sent, bytes.len - (size_t)sent);
    }
    return JETON_OK;
}

jeton_status jd_socket_send(int fd, jeton_span line, jeton_err *err)
{
    JT_TRY(send_all(fd, line, err));
    return send_all(fd, jeton_str("\n"), err);
}

jeton_status jd_socket_hear(int fd, jt_buf *line, bool *complete, jeton_err *err)
{
    ssize_t got;
    *complete = false;
    JT_TRY(jt_buf_reserve(line, 4096, err));
    do
        got = recv(fd, line->ptr + line->len, line->cap - line->len, 0);
    while (got < 0 && errno == EINTR);
    if (got <= 0)
        return jt_fail(err, JETON_E_SYSTEM, "the control socket: %s",
                       got == 0 ? "closed early" : strerror(errno));
    line->len += (size_t)got;
    *complete = line->ptr[line->len - 1] == '\n';
    if (*complete)
        line->len--;
    else if (line->len > JD_LINE_MAX)
        return jt_fail(err, JETON_E_LIMIT, "a line longer than %zu bytes", JD_LINE_MAX);
    return JETON_OK;
}

jeton_status jd_socket_receive(int fd, jt_buf *line, jeton_err *err)
{
    bool complete = false;
    while (!complete)
        JT_TRY(jd_socket_hear(fd, line, &complete, err));
    return JETON_OK;
}
