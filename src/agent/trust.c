/* SPDX-License-Identifier: Apache-2.0 */
/* agent/trust.c - the wall clock is trusted when it is right beyond doubt. */
#include "agent/trust.h"

#include "core/ctx.h"
#include "segment/layout.h"
#include "sys/clock.h"

#define APART_NS 50000000

bool jd_clock_look_around(int64_t sent, int64_t store_ms, jd_clock_look *look)
{
    const int64_t before = (int64_t)jt_boot_now();
    *look = (jd_clock_look){.sent = sent, .wall_ms = jt_now(NULL), .store_ms = store_ms};
    look->came = (int64_t)jt_boot_now();
    return look->came - before < APART_NS;
}

/* A long way leaves room for a clock that is neither known to be right nor known to be off. */
static bool is_right(const jd_clock_look *look, int64_t leeway_ms)
{
    const int64_t trip_ms = (look->came - look->sent) / 1000000 + 1;
    return look->store_ms >= look->wall_ms - leeway_ms &&
           look->store_ms + trip_ms <= look->wall_ms + leeway_ms;
}

void jd_trust_clock(const jd_clock_look *look, int64_t leeway_ms)
{
    const int64_t middle = look->sent + (look->came - look->sent) / 2;
    if (is_right(look, leeway_ms))
        jd_clock_trust(look->wall_ms, (uint64_t)look->came);
    else if (!jd_clock_is_trusted() && jd_clock_is_off(look, leeway_ms))
        jd_clock_trust(look->store_ms, (uint64_t)middle);
}
