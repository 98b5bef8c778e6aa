/* SPDX-License-Identifier: Apache-2.0 */
/* api/agent_app.c - the app of an agent, and how its endpoints differ from those of a server. */
#include "api/agent_app.h"

#include "api/endpoints.h"
#include "api/gauges.h"
#include "api/probe.h"
#include "api/routes.h"
#include "core/auto.h"
#include "core/ctx.h"

jeton_status jd_agent_app_open(jd_app *app, jd_agent_view *view, jeton_err *err)
{
    static const jd_origins none = {0};
    *app = (jd_app){.view = view, .origins = &none};
    jd_routes_name();
    jd_gauges_build();
    return jt_random(NULL, &app->boot, sizeof app->boot, err);
}

/* ---- GET /readyz ---------------------------------------------------------------------------- */

/* Why guards should not go by the segment at the moment, as a word; NULL: they may. Those of
 * jd_follow_word(), and "unwritten": it cannot be written, for the disk is full or the like. */
static const char *why_stale(jd_agent_view *view)
{
    jd_follower *follower = atomic_load(&view->follower);
    const char *why = jd_follower_why_stale(follower, view->lease);
    if (why != NULL)
        return why;
    return atomic_load(&view->published) && jd_agent_is_written(view->segment) ? NULL : "unwritten";
}

static jeton_status readyz(jd_call *call, jeton_err *err)
{
    (void)err;
    jd_probe_ready(call, why_stale(call->app->view));
    return JETON_OK;
}

/* ---- GET /metrics --------------------------------------------------------------------------- */

/* Everything else that is counted is about what an agent never does. */
static const jd_metric shown[] = {
    JD_METRIC_REQUESTS,        JD_METRIC_LATENCIES,
    JD_METRIC_CONNECTIONS,     JD_METRIC_REVOCATIONS,
    JD_METRIC_LOG_HEAD,        JD_METRIC_SEGMENT_ENTRIES,
    JD_METRIC_INDEX_LISTS,     JD_METRIC_INDEX_PLACES,
    JD_METRIC_INDEX_BYTES,     JD_METRIC_INDEX_LIMIT,
    JD_METRIC_INDEX_VOID,      JD_METRIC_SEGMENT_BYTES,
    JD_METRIC_SEGMENT_LOST,    JD_METRIC_SEGMENT_GENERATION,
    JD_METRIC_SEGMENT_WRITTEN, JD_METRIC_LEASE_FRESH,
    JD_METRIC_LEASE_LEFT,      JD_METRIC_LOG_APPLIED,
    JD_METRIC_LOG_LAG,         JD_METRIC_LOG_ASKED,
    JD_METRIC_LOG_FAILED,      JD_METRIC_LOG_ANEW,
    JD_METRIC_BUS_UP,          JD_METRIC_BUS_FORGED,
    JD_METRIC_LOG_DROPPED,     JD_METRIC_MEMORY,
    JD_METRIC_STARTED,         JD_METRIC_BUILD,
};

static jeton_status metrics(jd_call *call, jeton_err *err)
{
    const jd_app *app = call->app;
    jd_gauges_process();
    jd_gauges_segment(app->view->segment);
    jd_gauges_node(atomic_load(&app->view->follower), app->view->lease);
    jd_gauges_revocations(app->view->revocations);
    if (app->http != NULL)
        jd_metric_set(JD_METRIC_CONNECTIONS, 0, jd_http_connections(app->http));
    return jd_probe_metrics(call, shown, JT_COUNT(shown), err);
}

const jd_step jd_ep_agent_readyz[] = {
    {JD_ON_LOOP, readyz},
    {.run = NULL},
};

const jd_step jd_ep_agent_metrics[] = {
    {JD_ON_LOOP, metrics},
    {.run = NULL},
};
