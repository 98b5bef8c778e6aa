/* SPDX-License-Identifier: Apache-2.0 */
/* tests/cluster/clock_shim.c - put in front of the C library (LD_PRELOAD): the wall clock goes
 * wrong as the test says, while the program runs.
 *
 * The file named by JETON_CLOCK_STEP holds a 64-bit number of nanoseconds in the machine's byte
 * order: so much later (or, negative, earlier) is the time of day. It is mapped, so that the test
 * changes it by writing. The clocks that count from the boot, and the machine's own clock, stay
 * what they are.
 *
 * A program that waits until a time of day would wait by the machine's clock, which has not been
 * stepped: such deadlines are taken back to it.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS 1000000000

static const _Atomic int64_t *step; /* NULL: the clock is right */

__attribute__((constructor)) static void map_step(void)
{
    const char *path = getenv("JETON_CLOCK_STEP");
    const int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *map = mmap(NULL, sizeof *step, PROT_READ, MAP_SHARED, fd, 0);
    (void)close(fd);
    if (map != MAP_FAILED)
        step = map;
}

static int64_t stepped_by(void)
{
    return step != NULL ? atomic_load_explicit(step, memory_order_relaxed) : 0;
}

static void move(struct timespec *at, int64_t by)
{
    const int64_t nsec = at->tv_nsec + by % NS;
    at->tv_sec += (time_t)(by / NS + (nsec >= NS ? 1 : 0) - (nsec < 0 ? 1 : 0));
    at->tv_nsec = (long)((nsec + NS) % NS);
}

/* The function of that name behind this one. */
#define REAL(name)                                                                                 \
    static __typeof__(name) *real;                                                                 \
    if (real == NULL)                                                                              \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

int clock_gettime(clockid_t clock, struct timespec *now)
{
    REAL(clock_gettime);
    const int done = real(clock, now);
    if (done == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        move(now, stepped_by());
    return done;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    (void)zone;
    struct timespec at;
    if (clock_gettime(CLOCK_REALTIME, &at) != 0)
        return -1;
    *now = (struct timeval){.tv_sec = at.tv_sec, .tv_usec = at.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *now)
{
    struct timespec at;
    if (clock_gettime(CLOCK_REALTIME, &at) != 0)
        return (time_t)-1;
    if (now != NULL)
        *now = at.tv_sec;
    return at.tv_sec;
}

int timespec_get(struct timespec *now, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, now) == 0 ? base : 0;
}

/* ---- deadlines by the time of day ---------------------------------------------------------------
 */

static struct timespec unstepped(const struct timespec *until)
{
    struct timespec at = *until;
    move(&at, -stepped_by());
    return at;
}

/* Whoever has given a condition another clock means that one: it is not to be told from outside,
 * but nothing counts from the boot to a time of day. */
int pthread_cond_timedwait(pthread_cond_t *restrict news, pthread_mutex_t *restrict lock,
                           const struct timespec *restrict until)
{
    REAL(pthread_cond_timedwait);
    struct timespec now;
    (void)clock_gettime(CLOCK_BOOTTIME, &now);
    const int of_day = until->tv_sec - now.tv_sec > 365L * 24 * 3600;
    const struct timespec at = of_day ? unstepped(until) : *until;
    return real(news, lock, &at);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict lock, const struct timespec *restrict until)
{
    REAL(pthread_mutex_timedlock);
    const struct timespec at = unstepped(until);
    return real(lock, &at);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *until, struct timespec *left)
{
    REAL(clock_nanosleep);
    const int of_day = clock == CLOCK_REALTIME && (flags & TIMER_ABSTIME) != 0;
    const struct timespec at = of_day ? unstepped(until) : *until;
    return real(clock, flags, &at, left);
}
