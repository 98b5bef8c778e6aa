/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_metrics.c - GET /metrics: what is counted, for Prometheus. */
#include "api/endpoints.h"
#include "api/guard.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/keys.h"
#include "sys/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- who may -------------------------------------------------------------------------------- */

static bool is_loopback(const char *peer)
{
    return strncmp(peer, "127.", 4) == 0 || strcmp(peer, "::1") == 0;
}

/* A proxy on this machine sends us the requests of others, and says so in one of these. One that
 * does not is why metrics-local is off unless somebody who knows switches it on. */
static bool was_forwarded(const jd_request *request)
{
    static const char *const headers[] = {"Forwarded",        "X-Forwarded-For",
                                          "X-Forwarded-Host", "X-Forwarded-Proto",
                                          "X-Real-IP",        "Via"};
    for (size_t i = 0; i < JT_COUNT(headers); i++)
        if (jd_request_header(request, headers[i], &(jeton_span){0}) > 0)
            return true;
    return false;
}

static bool is_local(const jd_call *call)
{
    return call->app->accounts->config->metrics_local &&
           is_loopback(jd_request_peer(call->request)) && !was_forwarded(call->request);
}

static jeton_status check_reader(jd_call *call, jeton_err *err)
{
    if (is_local(call))
        return JETON_OK;
    JT_TRY(jd_guard(call, err));
    if (jeton_verdict_has(call->verdict, "roles", jeton_str("admin")) ||
        jeton_verdict_has_word(call->verdict, "scope", jeton_str("metrics")))
        return JETON_OK;
    return jt_fail(err, JETON_E_SCOPE, "the role admin or the scope metrics is missing");
}

/* ---- what is read at this moment ------------------------------------------------------------ */

static void set_lane(size_t number, jd_lane *lane)
{
    jd_lane_counts counts;
    jd_lane_count(lane, &counts);
    jd_metric_set(JD_METRIC_LANE_WAITING, number, counts.waiting);
    jd_metric_set(JD_METRIC_LANE_ACTIVE, number, counts.active);
    jd_metric_set(JD_METRIC_LANE_WORKS, number, counts.taken);
    jd_metric_set(JD_METRIC_LANE_REJECTED, number, counts.rejected);
}

static void set_cache(const jeton_cache *cache)
{
    jeton_cache_counts counts;
    jeton_cache_stats(cache, &counts);
    jd_metric_set(JD_METRIC_CACHE_HITS, 0, counts.hits);
    jd_metric_set(JD_METRIC_CACHE_MISSES, 0, counts.misses);
    jd_metric_set(JD_METRIC_CACHE_EXPIRED, 0, counts.expired);
    jd_metric_set(JD_METRIC_CACHE_EVICTED, 0, counts.evicted);
    jd_metric_set(JD_METRIC_CACHE_ENTRIES, 0, counts.entries);
    jd_metric_set(JD_METRIC_CACHE_BYTES, 0, counts.bytes);
}

static void set_segment(jd_agent *agent)
{
    jd_agent_counts counts = {0};
    if (agent != NULL && !jd_agent_count(agent, &counts))
        return; /* it is being made anew: what was counted before stays */
    jd_metric_set(JD_METRIC_SEGMENT_ENTRIES, 0, counts.entries);
    jd_metric_set(JD_METRIC_SEGMENT_BYTES, 0, counts.bytes);
    jd_metric_set(JD_METRIC_SEGMENT_GENERATION, 0, counts.generation);
    jd_metric_set(JD_METRIC_SEGMENT_LOST, 0, counts.lost);
}

static void set_node(jd_accounts *accounts)
{
    jd_follower_counts counts = {0};
    jd_follower *follower = atomic_load(&accounts->follower);
    if (follower != NULL)
        jd_follower_count(follower, &counts);
    jd_metric_set(JD_METRIC_LEASE_FRESH, 0, jd_lease_holds(&accounts->lease));
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

/* What is counted here is the only thing that the store is asked for: without it, the rest is told.
 */
static void set_keys(jd_call *call)
{
    static const char *const states[] = {
#define STATE(name, text) text,
        JD_KEY_STATE_LIST(STATE)
#undef STATE
    };
    jd_stored_keys keys;
    if (jd_store_key_list(call->app->accounts->store, call->arena, &keys, NULL) != JETON_OK)
        return;
    for (size_t i = 0; i < JT_COUNT(states); i++) {
        uint64_t count = 0;
        for (size_t k = 0; k < keys.count; k++)
            count += jeton_span_equal(keys.at[k].state, jeton_str(states[i]));
        jd_metric_set(JD_METRIC_KEYS, i, count);
    }
}

/* The second number of /proc/self/statm is the resident pages. */
static void set_memory(void)
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

static void gather(jd_call *call)
{
    const jd_app *app = call->app;
    if (app->reads != NULL)
        set_lane(JD_LANE_READ, app->reads);
    set_lane(JD_LANE_COMMIT, app->commits);
    set_lane(JD_LANE_HASH, app->hashes);
    set_cache(app->cache);
    set_memory();
    set_segment(app->accounts->agent);
    set_node(app->accounts);
    jd_metric_set(JD_METRIC_REVOCATIONS, 0, jt_revocations_count(app->accounts->revocations));
    jd_metric_set(JD_METRIC_LOG_HEAD, 0, jt_revocations_head(app->accounts->revocations));
    if (app->http != NULL)
        jd_metric_set(JD_METRIC_CONNECTIONS, 0, jd_http_connections(app->http));
    set_keys(call);
}

/* ---- the answer ----------------------------------------------------------------------------- */

static jeton_status metrics(jd_call *call, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    gather(call);
    JT_TRY(jd_metrics_print(&text, err));
    const char *kept = jt_arena_text(call->arena, jt_buf_span(&text));
    if (kept == NULL)
        return jt_fail(err, JETON_E_NOMEM, "metrics");
    jd_call_answer_bytes(call, 200, "text/plain; version=0.0.4; charset=utf-8",
                         jeton_bytes(kept, text.len));
    return JETON_OK;
}

const jd_step jd_ep_metrics[] = {
    {JD_ON_LOOP, check_reader},
    {JD_ON_READ, metrics},
    {.run = NULL},
};
