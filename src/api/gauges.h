/* SPDX-License-Identifier: Apache-2.0 */
/* api/gauges.h - what /metrics tells of this moment about the node that a process is, whether it is
 * a server or an agent. Each takes what is to be looked at, and may be called by any thread. */
#ifndef JD_API_GAUGES_H
#define JD_API_GAUGES_H

#include "agent/follower.h"

/* follower  NULL: there is no log of others to follow, or not yet */
void jd_gauges_node(jd_follower *follower, const jd_lease *lease);

/* agent  NULL: no segment is kept. One that is being made anew keeps what was told before. */
void jd_gauges_segment(jd_agent *agent);

void jd_gauges_revocations(const jt_revocations *revocations);

/* Memory of the process. */
void jd_gauges_process(void);

/* Of which program it is and since when, once at the start. */
void jd_gauges_build(void);

#endif
