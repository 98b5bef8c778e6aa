/* SPDX-License-Identifier: Apache-2.0 */
/* api/probe.h - how servers and agents answer whoever watches over them. */
#ifndef JD_API_PROBE_H
#define JD_API_PROBE_H

#include "api/call.h"
#include "sys/metrics.h"

/* The answer of /readyz: 200 when `why` is NULL, otherwise 503 with that word. */
void jd_probe_ready(jd_call *call, const char *why);

/* The answer of /metrics: these of them, in the order of metrics_list.h. JETON_E_NOMEM. */
JETON_MUST jeton_status jd_probe_metrics(jd_call *call, const jd_metric *shown, size_t count,
                                         jeton_err *err);

#endif
