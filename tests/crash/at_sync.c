/* SPDX-License-Identifier: Apache-2.0 */
/* tests/crash/at_sync.c - put in front of the C library (LD_PRELOAD): lets something happen at the
 * moment when the store's log is written or synced.
 *
 * The file named by AT_SYNC says what, as soon as it is there, for whatever touches a file whose
 * name ends in "-wal":
 *
 *   kill-before-write   SIGKILL before the first byte of the transaction is written
 *   kill-before-sync    SIGKILL when it is written and not yet synced
 *   kill-after-sync     SIGKILL when it is on disk and nobody has been told
 *   fail-sync           the sync fails with EIO, as often as it is tried
 *
 * Nothing of this can be in the program itself.
 */
#undef _FILE_OFFSET_BITS /* which would make one function of pwrite and pwrite64 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

/* Whether `what` is to happen now, to the file behind fd. */
static int is_time_for(const char *what, int fd)
{
    char said[32] = "";
    char link[64];
    char path[4096] = "";
    const char *orders = getenv("AT_SYNC");
    const int from = orders != NULL ? open(orders, O_RDONLY | O_CLOEXEC) : -1;
    if (from < 0)
        return 0;
    const ssize_t len = read(from, said, sizeof said - 1);
    (void)close(from);
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    const ssize_t named = readlink(link, path, sizeof path - 1);
    return len > 0 && strcmp(said, what) == 0 && named > 4 && strcmp(path + named - 4, "-wal") == 0;
}

static void die_if(const char *what, int fd)
{
    if (is_time_for(what, fd))
        (void)kill(getpid(), SIGKILL);
}

static ssize_t write_through(const char *name, int fd, const void *bytes, size_t len, off_t at)
{
    ssize_t (*real)(int, const void *, size_t, off_t);
    *(void **)&real = dlsym(RTLD_NEXT, name);
    die_if("kill-before-write", fd);
    return real(fd, bytes, len, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return write_through("pwrite", fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
    return write_through("pwrite64", fd, bytes, len, at);
}

static int sync_through(const char *name, int fd)
{
    int (*real)(int);
    *(void **)&real = dlsym(RTLD_NEXT, name);
    die_if("kill-before-sync", fd);
    if (is_time_for("fail-sync", fd)) {
        errno = EIO;
        return -1;
    }
    const int done = real(fd);
    if (done == 0)
        die_if("kill-after-sync", fd);
    return done;
}

int fsync(int fd)
{
    return sync_through("fsync", fd);
}

int fdatasync(int fd)
{
    return sync_through("fdatasync", fd);
}
