/* SPDX-License-Identifier: Apache-2.0 */
/* http/unix_socket.c - binds a Unix socket beside its path, and moves it there. */
#include "http/unix_socket.h"

#include "core/auto.h"
#include "core/err.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BEING_MADE ".new"

_Static_assert(JD_UNIX_CHARS + sizeof BEING_MADE - 1 <= sizeof((struct sockaddr_un *)0)->sun_path,
               "a path that is taken must fit while it is being made");

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static struct sockaddr_un address_of(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    return address;
}

static int new_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* What stands in the way at a path, as errno says it; 0 when the path is free to be taken. */
static int obstacle_at(const char *path)
{
    struct stat found;
    if (lstat(path, &found) != 0)
        return errno == ENOENT ? 0 : errno;
    if (!S_ISSOCK(found.st_mode))
        return EEXIST;
    JT_AUTO(close_fd) int probe = new_socket();
    const struct sockaddr_un address = address_of(path);
    if (probe < 0)
        return errno;
    if (connect(probe, (const struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN)
        return EADDRINUSE;
    return errno == ECONNREFUSED ? 0 : errno;
}

/* The mask keeps everybody else out until the mode is as it shall be. */
static bool bind_at(int fd, const char *path, mode_t mode)
{
    const struct sockaddr_un address = address_of(path);
    (void)unlink(path); /* left over from one that was killed here */
    const mode_t mask = umask(0177);
    const int bound = bind(fd, (const struct sockaddr *)&address, sizeof address);
    (void)umask(mask);
    return bound == 0 && chmod(path, mode) == 0 && listen(fd, SOMAXCONN) == 0;
}

/* errno, or 0 */
static int take_place(int fd, const char *path, mode_t mode, jd_unix_file *file)
{
    struct stat made;
    char beside[JD_UNIX_CHARS + sizeof BEING_MADE - 1];
    (void)snprintf(beside, sizeof beside, "%s" BEING_MADE, path);
    int why = obstacle_at(path);
    if (why != 0)
        return why;
    if (bind_at(fd, beside, mode) && stat(beside, &made) == 0 && rename(beside, path) == 0) {
        *file = (jd_unix_file){.device = made.st_dev, .inode = made.st_ino};
        (void)snprintf(file->path, sizeof file->path, "%s", path);
        return 0;
    }
    why = errno;
    (void)unlink(beside);
    return why;
}

jeton_status jd_unix_listen(const char *path, mode_t mode, int *fd, jd_unix_file *file,
                            jeton_err *err)
{
    *fd = -1;
    *file = (jd_unix_file){0};
    const int made = new_socket();
    const int why = made < 0 ? errno : take_place(made, path, mode, file);
    char reason[64];
    if (why == 0) {
        *fd = made;
        return JETON_OK;
    }
    if (made >= 0)
        (void)close(made);
    return jt_fail(err, JETON_E_SYSTEM, "cannot listen on unix:%.110s: %s", path,
                   strerror_r(why, reason, sizeof reason));
}

void jd_unix_remove(jd_unix_file *file)
{
    struct stat found;
    if (file->path[0] != '\0' && lstat(file->path, &found) == 0 && found.st_dev == file->device &&
        found.st_ino == file->inode)
        (void)unlink(file->path);
    *file = (jd_unix_file){0};
}
