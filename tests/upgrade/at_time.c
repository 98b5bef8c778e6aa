/* SPDX-License-Identifier: Apache-2.0 */
/* tests/upgrade/at_time.c - put in front of the C library (LD_PRELOAD): what time it is differs
 * from the system's by AT_TIME seconds, so that a token of long ago is a young one. The clocks that
 * only go forward stay as they are.
 *
 * Nothing of this can be in the program itself.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int (*real)(clockid_t, struct timespec *);
    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    const int done = real(clock, now);
    const char *shift = getenv("AT_TIME");
    if (done == 0 && shift != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += (time_t)strtoll(shift, NULL, 10);
    return done;
}
