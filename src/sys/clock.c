/* SPDX-License-Identifier: Apache-2.0 */
/* sys/clock.c - the wall clock, held against the boot-time clock. */
#include "sys/clock.h"

#include "core/ctx.h"
#include "segment/layout.h"

#include <pthread.h>

/* Two clocks cannot be read at the same moment, and a thread may rest in between; what moves the
 * wall clock by less is no step that would matter. */
#define STEP_MS 500

/* How far the time is ahead of the boot-time clock, milliseconds; 0: nothing is known. No machine
 * was started in 1970. */
static _Atomic int64_t ahead;

static jeton_ctx ctx; /* complete once it was made */

static int64_t to_ms(uint64_t boot)
{
    return (int64_t)(boot / 1000000U);
}

jeton_time jd_now(void)
{
    const jeton_time wall = jt_now(NULL);
    const int64_t known = atomic_load_explicit(&ahead, memory_order_relaxed);
    if (known == 0)
        return wall;
    const jeton_time held = to_ms(jt_boot_now()) + known;
    return wall - held <= STEP_MS && held - wall <= STEP_MS ? wall : held;
}

static jeton_time now_of_ctx(void *user)
{
    (void)user;
    return jd_now();
}

static void make_ctx(void)
{
    ctx = *jt_ctx(NULL);
    ctx.options.now = now_of_ctx;
}

const jeton_ctx *jd_now_ctx(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, make_ctx);
    return &ctx;
}

void jd_clock_trust(jeton_time time, uint64_t boot)
{
    atomic_store_explicit(&ahead, time - to_ms(boot), memory_order_relaxed);
}

bool jd_clock_is_trusted(void)
{
    return atomic_load_explicit(&ahead, memory_order_relaxed) != 0;
}

void jd_clock_forget(void)
{
    atomic_store_explicit(&ahead, 0, memory_order_relaxed);
}
