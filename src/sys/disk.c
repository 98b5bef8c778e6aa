/* SPDX-License-Identifier: Apache-2.0 */
/* sys/disk.c - reading, atomic writing, the folder and its lock. */
#include "sys/disk.h"

#include "core/auto.h"
#include "core/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* "cannot <what> PATH: No such file or directory" */
static jeton_status fail(jeton_err *err, const char *what, const char *path)
{
    char reason[64];
    return jt_fail(err, JETON_E_SYSTEM, "cannot %s %.70s: %s", what, path,
                   strerror_r(errno, reason, sizeof reason));
}

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

jeton_status jd_path_join(const char *dir, const char *name, jd_path *path, jeton_err *err)
{
    const int len = snprintf(path->chars, JD_PATH_MAX, "%s/%s", dir, name);
    if (len >= 0 && (size_t)len < JD_PATH_MAX)
        return JETON_OK;
    *path = (jd_path){0};
    return jt_fail(err, JETON_E_LIMIT, "a path is longer than %u bytes", JD_PATH_MAX - 1);
}

/* --- reading -------------------------------------------------------------------------------- */

/* Reads until the end of the file or `size` bytes; -1 on failure. */
static ssize_t read_all(int fd, uint8_t *to, size_t size)
{
    size_t len = 0;
    while (len < size) {
        const ssize_t got = read(fd, to + len, size - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        len += (size_t)got;
    }
    return (ssize_t)len;
}

jeton_status jd_file_load(const jeton_ctx *ctx, const char *path, size_t most, jt_secret *bytes,
                          jeton_err *err)
{
    *bytes = (jt_secret){0};
    JT_AUTO(close_fd) const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no %.100s", path);
    if (fd < 0)
        return fail(err, "open", path);

    /* One byte more than allowed tells whether there is more; a size asked for before could be
     * another one by now. */
    JT_AUTO(jt_secret_done) jt_secret room = {0};
    JT_TRY(jt_secret_new(ctx, most + 1, &room, err));
    const ssize_t len = read_all(fd, room.ptr, room.len);
    if (len < 0)
        return fail(err, "read", path);
    if ((size_t)len > most)
        return jt_fail(err, JETON_E_LIMIT, "%.80s is longer than %zu bytes", path, most);
    return jt_secret_copy(ctx, jeton_bytes(room.ptr, (size_t)len), bytes, err);
}

jeton_status jd_file_check_private(const char *path, jeton_err *err)
{
    struct stat found;
    if (stat(path, &found) != 0 && errno == ENOENT)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no %.100s", path);
    if (stat(path, &found) != 0)
        return fail(err, "look at", path);
    if (S_ISDIR(found.st_mode))
        return jt_fail(err, JETON_E_SYSTEM, "%.80s is a folder, and no file", path);
    if ((found.st_mode & (S_IRWXO | S_IWGRP)) != 0)
        return jt_fail(err, JETON_E_SYSTEM,
                       "%.80s is open to other users of this machine: chmod 600 it", path);
    return JETON_OK;
}

/* --- writing -------------------------------------------------------------------------------- */

static bool write_all(int fd, jeton_span bytes)
{
    while (bytes.len > 0) {
        const ssize_t put = write(fd, bytes.ptr, bytes.len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes.ptr += put;
        bytes.len -= (size_t)put;
    }
    return true;
}

/* A name is in its folder for good only when the folder has been synced as well. */
static bool sync_folder_of(const char *path)
{
    jd_path dir = {0};
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        (void)snprintf(dir.chars, sizeof dir.chars, ".");
    else
        (void)snprintf(dir.chars, sizeof dir.chars, "%.*s/", (int)(slash - path), path);
    JT_AUTO(close_fd) const int fd = open(dir.chars, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && fsync(fd) == 0;
}

static bool write_new(const char *path, jeton_span bytes)
{
    (void)unlink(path); /* left behind by a crash, or a link put there by somebody else */
    JT_AUTO(close_fd)
    const int fd =
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    return fd >= 0 && write_all(fd, bytes) && fsync(fd) == 0;
}

jeton_status jd_file_save(const char *path, jeton_span bytes, jeton_err *err)
{
    jd_path temporary;
    const int len = snprintf(temporary.chars, JD_PATH_MAX, "%s.new", path);
    if (len < 0 || (size_t)len >= JD_PATH_MAX)
        return jt_fail(err, JETON_E_LIMIT, "a path is longer than %u bytes", JD_PATH_MAX - 1);

    if (write_new(temporary.chars, bytes) && rename(temporary.chars, path) == 0 &&
        sync_folder_of(path))
        return JETON_OK;
    const jeton_status status = fail(err, "write", path);
    (void)unlink(temporary.chars);
    return status;
}

jeton_status jd_file_replace(const char *from, const char *to, jeton_err *err)
{
    if (rename(from, to) == 0 && sync_folder_of(to))
        return JETON_OK;
    return fail(err, "write", to);
}

/* --- the folder ----------------------------------------------------------------------------- */

jeton_status jd_dir_make(const char *path, bool *open_to_others, jeton_err *err)
{
    *open_to_others = false;
    if (mkdir(path, S_IRWXU) == 0 && sync_folder_of(path))
        return JETON_OK;
    if (errno != EEXIST)
        return fail(err, "make the folder", path);

    struct stat found;
    if (stat(path, &found) != 0)
        return fail(err, "use the folder", path);
    if (!S_ISDIR(found.st_mode))
        return jt_fail(err, JETON_E_SYSTEM, "%.120s is not a folder", path);
    *open_to_others = (found.st_mode & (S_IRWXG | S_IRWXO)) != 0;
    return JETON_OK;
}

jeton_status jd_lock_take(const char *dir, jd_lock *lock, jeton_err *err)
{
    *lock = (jd_lock){-1};
    jd_path path;
    JT_TRY(jd_path_join(dir, "lock", &path, err));
    const int fd = open(path.chars, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return fail(err, "open", path.chars);
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        lock->fd = fd;
        return JETON_OK;
    }
    const jeton_status status =
        errno == EWOULDBLOCK ? jt_fail(err, JETON_E_BUSY, "another jeton works on %.110s", dir)
                             : fail(err, "lock", path.chars);
    (void)close(fd);
    return status;
}

void jd_lock_drop(jd_lock *lock)
{
    if (lock->fd >= 0)
        (void)close(lock->fd);
    lock->fd = -1;
}
