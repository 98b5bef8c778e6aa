/* SPDX-License-Identifier: Apache-2.0 */
/* sys/clock.h - the clock that only goes forward. What time it is for people and tokens comes from
 * jt_now() of core/ctx.h. */
#ifndef JD_SYS_CLOCK_H
#define JD_SYS_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Milliseconds since some moment before the program started; setting the clock moves nothing. */
static inline int64_t jd_monotonic(void)
{
    struct timespec ts = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

#endif
