/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_metrics.c - GET /metrics: what is counted, for Prometheus. */
#include "api/endpoints.h"
#include "api/gauges.h"
#include "api/guard.h"
#include "api/probe.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/keys.h"
#include "sys/metrics.h"

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

static void gather(jd_call *call)
{
    const jd_app *app = call->app;
    if (app->reads != NULL)
        set_lane(JD_LANE_READ, app->reads);
    set_lane(JD_LANE_COMMIT, app->commits);
    set_lane(JD_LANE_HASH, app->hashes);
    set_cache(app->cache);
    jd_gauges_process();
    jd_gauges_segment(app->accounts->agent);
    jd_gauges_node(atomic_load(&app->accounts->follower), &app->accounts->lease);
    jd_gauges_revocations(app->accounts->revocations);
    if (app->http != NULL)
        jd_metric_set(JD_METRIC_CONNECTIONS, 0, jd_http_connections(app->http));
    set_keys(call);
}

/* ---- the answer ----------------------------------------------------------------------------- */

static jeton_status answer(jd_call *call, const jt_buf *text, jeton_err *err)
{
    const char *kept = jt_arena_text(call->arena, jt_buf_span(text));
    if (kept == NULL)
        return jt_fail(err, JETON_E_NOMEM, "metrics");
    jd_call_answer_bytes(call, 200, "text/plain; version=0.0.4; charset=utf-8",
                         jeton_bytes(kept, text->len));
    return JETON_OK;
}

jeton_status jd_probe_metrics(jd_call *call, const jd_metric *shown, size_t count, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_TRY(jd_metrics_print(shown, count, &text, err));
    return answer(call, &text, err);
}

static jeton_status metrics(jd_call *call, jeton_err *err)
{
    gather(call);
    return jd_probe_metrics(call, NULL, 0, err);
}

const jd_step jd_ep_metrics[] = {
    {JD_ON_LOOP, check_reader},
    {JD_ON_READ, metrics},
    {.run = NULL},
};
