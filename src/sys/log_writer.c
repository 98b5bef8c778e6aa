/* SPDX-License-Identifier: Apache-2.0 */
/* sys/log_writer.c - a ring of bytes behind a descriptor, and the thread that empties it. */
#include "sys/log_writer.h"

#include "core/err.h"
#include "sys/metrics.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RING_BYTES  ((size_t)1 << 20)
#define CHUNK_BYTES ((size_t)16 * 1024) /* written at one time */
#define FLUSH_MS    1000
#define FLUSH_STEP  5

static struct {
    pthread_mutex_t lock;
    pthread_cond_t filled;
    int fd;
    bool threaded;
    size_t start, len; /* of what waits in the ring */
    unsigned dropped;
    char ring[RING_BYTES]; /* no page of it is there before it is needed */
} writer = {
    .lock = PTHREAD_MUTEX_INITIALIZER, .filled = PTHREAD_COND_INITIALIZER, .fd = STDERR_FILENO};

/* ---- the thread ------------------------------------------------------------------------------ */

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* What is behind the chunk stays in its place meanwhile, and others add behind that. */
static void write_chunk(void)
{
    const int fd = writer.fd;
    const size_t len = smaller(smaller(writer.len, RING_BYTES - writer.start), CHUNK_BYTES);
    const char *chunk = writer.ring + writer.start;
    pthread_mutex_unlock(&writer.lock);
    const ssize_t written = write(fd, chunk, len);
    const bool again = written < 0 && (errno == EINTR || errno == EAGAIN);
    if (again) /* somebody has made the descriptor non-blocking */
        (void)poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, FLUSH_MS);
    pthread_mutex_lock(&writer.lock);
    /* A descriptor that cannot be written to takes everything: nobody is left to tell. */
    const size_t gone = written < 0 ? (again ? 0 : len) : (size_t)written;
    writer.start = (writer.start + gone) % RING_BYTES;
    writer.len -= gone;
}

static void *empty_ring(void *none)
{
    pthread_mutex_lock(&writer.lock);
    for (;;) {
        while (writer.len == 0)
            pthread_cond_wait(&writer.filled, &writer.lock);
        write_chunk();
    }
    return none;
}

jeton_status jd_log_writer_start(jeton_err *err)
{
    pthread_t thread;
    pthread_mutex_lock(&writer.lock);
    const int failed = writer.threaded ? 0 : pthread_create(&thread, NULL, empty_ring, NULL);
    if (failed == 0 && !writer.threaded) {
        (void)pthread_setname_np(thread, "log");
        (void)pthread_detach(thread); /* ends with the process */
        writer.threaded = true;
    }
    pthread_mutex_unlock(&writer.lock);
    return failed == 0
               ? JETON_OK
               : jt_fail(err, JETON_E_SYSTEM, "cannot start a thread: %s", strerror(failed));
}

/* ---- everybody else -------------------------------------------------------------------------- */

void jd_log_writer_use(int fd)
{
    pthread_mutex_lock(&writer.lock);
    writer.fd = fd;
    pthread_mutex_unlock(&writer.lock);
}

static size_t waiting(void)
{
    pthread_mutex_lock(&writer.lock);
    const size_t len = writer.len;
    pthread_mutex_unlock(&writer.lock);
    return len;
}

void jd_log_writer_flush(void)
{
    const struct timespec step = {.tv_nsec = FLUSH_STEP * 1000000L};
    size_t before = waiting();
    int still = 0; /* milliseconds without progress */
    while (before > 0 && still < FLUSH_MS) {
        (void)nanosleep(&step, NULL);
        const size_t now = waiting();
        still = now < before ? 0 : still + FLUSH_STEP;
        before = now;
    }
}

/* A pipe that is ready takes PIPE_BUF bytes without waiting, and no line is longer. */
static bool is_ready(int fd)
{
    struct pollfd asked = {.fd = fd, .events = POLLOUT};
    return poll(&asked, 1, 0) == 1 && (asked.revents & (POLLOUT | POLLERR)) != 0;
}

static bool keep(const char *line, size_t len)
{
    if (len > RING_BYTES - writer.len)
        return false;
    const size_t end = (writer.start + writer.len) % RING_BYTES;
    const size_t first = smaller(len, RING_BYTES - end);
    memcpy(writer.ring + end, line, first);
    memcpy(writer.ring, line + first, len - first);
    writer.len += len;
    pthread_cond_signal(&writer.filled);
    return true;
}

/* What a descriptor takes only in part, a socket's for instance, goes on from the ring. */
static bool write_now(const char *line, size_t len)
{
    const ssize_t written = write(writer.fd, line, len);
    if (!writer.threaded || (written < 0 && errno != EAGAIN && errno != EINTR))
        return true;
    const size_t gone = written < 0 ? 0 : (size_t)written;
    return gone == len || keep(line + gone, len - gone);
}

unsigned jd_log_writer_put(const char *line, size_t len)
{
    unsigned dropped = 0;
    pthread_mutex_lock(&writer.lock);
    const bool now = !writer.threaded || (writer.len == 0 && is_ready(writer.fd));
    if (now ? write_now(line, len) : keep(line, len)) {
        dropped = writer.dropped;
        writer.dropped = 0;
    } else {
        writer.dropped++;
        jd_metric_add(JD_METRIC_LOG_DROPPED, 0, 0);
    }
    pthread_mutex_unlock(&writer.lock);
    return dropped;
}
