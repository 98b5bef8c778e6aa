/* SPDX-License-Identifier: Apache-2.0 */
/* api/gauges.c - from counts that others keep to metrics. */
#include "api/gauges.h"

#include "core/auto.h"
#include "sys/clock.h"
#include "sys/metrics.h"

#include <jeton/export.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MS_NS 1000000U

/* How long it still holds. */
static uint64_t left_ms(const jd_lease *lease)
{
    const uint64_t since = atomic_load_explicit(&lease->since, memory_order_acquire);
    const uint64_t passed = (jt_boot_now() - since) / MS_NS;
    return since != 0 && passed < lease->ms ? lease->ms - passed : 0;
}

void jd_gauges_node(jd_follower *follower, const jd_lease *lease)
{
    jd_follower_counts counts = {0};
    if (follower != NULL)
        jd_follower_count(follower, &counts);
    jd_metric_set(JD_METRIC_LEASE_FRESH, 0, jd_lease_holds(lease));
    jd_metric_set(JD_METRIC_LEASE_LEFT, 0, left_ms(lease));
    jd_metric_set(JD_METRIC_LOG_APPLIED, 0, counts.applied);
    jd_metric_set(JD_METRIC_LOG_LAG, 0, counts.head - counts.applied);
    jd_metric_set(JD_METRIC_LOG_ASKED, 0, counts.follow.asked);
    jd_metric_set(JD_METRIC_LOG_FAILED, 0, counts.follow.failed);
    jd_metric_set(JD_METRIC_LOG_ANEW, 0, counts.follow.anew);
    jd_metric_set(JD_METRIC_BUS_UP, 0, counts.bus_up);
    jd_metric_set(JD_METRIC_BUS_TOLD, 0, counts.published);
    jd_metric_set(JD_METRIC_BUS_UNTOLD, 0, counts.unpublished);
    jd_metric_set(JD_METRIC_BUS_FORGED, 0, counts.follow.forged + counts.bad);
}

void jd_gauges_segment(jd_agent *agent)
{
    jd_agent_counts counts = {0};
    if (agent != NULL && !jd_agent_count(agent, &counts))
        return; /* it is being made anew: what was counted before stays */
    jd_metric_set(JD_METRIC_SEGMENT_ENTRIES, 0, counts.entries);
    jd_metric_set(JD_METRIC_SEGMENT_BYTES, 0, counts.bytes);
    jd_metric_set(JD_METRIC_SEGMENT_GENERATION, 0, counts.generation);
    jd_metric_set(JD_METRIC_SEGMENT_LOST, 0, counts.lost);
    jd_metric_set(JD_METRIC_SEGMENT_WRITTEN, 0, agent != NULL && jd_agent_is_written(agent));
}

void jd_gauges_revocations(const jt_revocations *revocations)
{
    jd_metric_set(JD_METRIC_REVOCATIONS, 0, jt_revocations_count(revocations));
    jd_metric_set(JD_METRIC_LOG_HEAD, 0, jt_revocations_head(revocations));
    const jt_bitmaps_counts counts = jt_bitmaps_count(jt_revocations_bitmaps(revocations));
    jd_metric_set(JD_METRIC_INDEX_LISTS, 0, counts.lists);
    jd_metric_set(JD_METRIC_INDEX_PLACES, 0, counts.announced);
    jd_metric_set(JD_METRIC_INDEX_BYTES, 0, counts.used);
    jd_metric_set(JD_METRIC_INDEX_LIMIT, 0, counts.limit);
    jd_metric_set(JD_METRIC_INDEX_VOID, 0, counts.voids);
}

/* The second number of /proc/self/statm is the resident pages. */
void jd_gauges_process(void)
{
    char line[128];
    char *resident = NULL;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return;
    if (fgets(line, sizeof line, file) != NULL)
        resident = strchr(line, ' ');
    if (resident != NULL)
        jd_metric_set(JD_METRIC_MEMORY, 0,
                      strtoull(resident, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE));
    (void)fclose(file);
}

void jd_gauges_build(void)
{
    jd_metric_name(JD_BY_VERSION, 0, NULL, JETON_VERSION);
    jd_metric_set(JD_METRIC_BUILD, 0, 1);
    jd_metric_set(JD_METRIC_STARTED, 0, (uint64_t)(jd_now() / 1000));
}
