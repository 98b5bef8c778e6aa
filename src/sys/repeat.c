/* SPDX-License-Identifier: Apache-2.0 */
/* sys/repeat.c - when a failure is news. */
#include "sys/repeat.h"

#include <stdio.h>
#include <string.h>

bool jd_repeat_is_due(jd_repeat *repeat, int64_t now, const char *why, int64_t *times)
{
    const bool same = strncmp(repeat->why, why, sizeof repeat->why - 1) == 0;
    repeat->times++;
    /* Two that take turns, and one that comes and goes, are no news four times a second either. */
    if (repeat->is_told && now - repeat->told < (same ? JD_REPEAT_MS : JD_REPEAT_NEWS_MS))
        return false;
    (void)snprintf(repeat->why, sizeof repeat->why, "%s", why);
    *times = repeat->times;
    repeat->is_told = true;
    repeat->told = now;
    repeat->times = 0;
    return true;
}

void jd_repeat_end(jd_repeat *repeat)
{
    repeat->why[0] = '\0';
    repeat->times = 0;
}
