/* SPDX-License-Identifier: Apache-2.0 */
/* api/call.c - carries a request from step to step, and its answer out. */
#include "api/call.h"

#include "accounts/slot.h"
#include "accounts/waits.h"
#include "api/attempt.h"
#include "api/cors.h"
#include "api/problem.h"
#include "api/routes.h"
#include "api/trace.h"
#include "core/auto.h"
#include "core/err.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/metrics.h"

#include <inttypes.h>
#include <stdio.h>

#define HSTS_MAX         40U
#define JD_FIRST_HEADERS 1U /* those that jd_call_new() puts */

/* A one-to-one mixing of 64 bits (the finaliser of splitmix64): ids do not repeat, and do not tell
 * a stranger how many requests there were. */
static uint64_t scatter(uint64_t x)
{
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9U;
    x = (x ^ x >> 27) * 0x94d049bb133111ebU;
    return x ^ x >> 31;
}

static void print_id(uint64_t id, char to[JD_CALL_ID + 1])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = JD_CALL_ID; i-- > 0; id >>= 4)
        to[i] = digits[id & 15];
    to[JD_CALL_ID] = '\0';
}

jd_call *jd_call_new(jd_app *app, jd_request *request)
{
    jt_arena *arena = jd_request_arena(request);
    jd_call *call = jt_arena_alloc(arena, sizeof *call);
    if (call == NULL)
        return NULL;
    *call = (jd_call){.app = app,
                      .request = request,
                      .arena = arena,
                      .where = JD_ON_LOOP,
                      .route = jd_route_none(),
                      .began = jd_nanoseconds()};
    jd_trace_read(request, call->trace);
    call->who = (jd_audit_who){.address = jd_request_client(request), .request = call->id};
    const uint64_t number = atomic_fetch_add_explicit(&app->requests, 1, memory_order_relaxed);
    print_id(scatter(app->boot + number), call->id);
    jd_request_set_state(request, call);
    jd_call_header(call, "X-Request-Id", call->id);
    return call;
}

void jd_call_done(jd_call *call)
{
    jd_verdicts_give(&call->app->verdicts, &call->verdict);
    jt_json_free(&call->arguments);
}

/* ---- steps ---------------------------------------------------------------------------------- */

/* The last thing done with a call: the request may be over before this returns. */
static void send(jd_call *call)
{
    const int64_t took = jd_nanoseconds() - call->began;
    jd_metric_add(JD_METRIC_REQUESTS, call->route, jd_metric_status(call->status));
    jd_metric_time(JD_METRIC_LATENCIES, call->route, took);
    jd_log(JD_DEBUG, EV_REQUEST, JD_REQUEST(call->id), JD_TEXT("route", jd_route_path(call->route)),
           JD_INT("status", call->status), JD_INT("us", took / 1000));
    jd_log_within(NULL);
    if (call->hold > 0) {
        if (call->where == JD_ON_LOOP)
            jd_request_suspend(call->request);
        jd_request_hold(call->request, call->hold);
    }
    jd_request_answer(call->request, call->status, call->headers, call->header_count, call->body);
}

static jeton_status run_step(jd_call *call, const jd_step *step, jeton_err *err)
{
    if (step->where == JD_ON_HASH && atomic_load(&call->app->hurried))
        return jt_fail(err, JETON_E_BUSY, "the server stops");
    return step->run(call, err);
}

static void fail(jd_call *call, const jd_step *step, jeton_status status, const jeton_err *err)
{
    if (call->attempt != NULL && step->where == JD_ON_HASH)
        jd_attempt_failed(call, status);
    if (status == JETON_E_CREDENTIALS && call->slotted)
        call->hold = jd_slot_end(call->app->accounts->slot, call->began / 1000000, jd_monotonic());
    jd_problem_answer(call, status, err);
}

/* A loop must not wait for a database: while that does not answer, tokens are verified all the
 * same. A file is read sooner than a call is handed over. */
static jd_where where_of(const jd_app *app, const jd_step *step)
{
    return step->where == JD_ON_READ && app->reads == NULL ? JD_ON_LOOP : step->where;
}

/* Runs the steps that belong to the lane we are on, up to an answer or to one of another lane. */
static void run_here(jd_work *work)
{
    jd_call *call = (jd_call *)work;
    jd_log_within(call->trace);
    jd_audit_within(&call->who);
    while (!call->answered && where_of(call->app, call->next) == call->where) {
        const jd_step *step = call->next++;
        jeton_err err = {0};
        const jeton_status status = run_step(call, step, &err);
        if (status != JETON_OK)
            fail(call, step, status, &err);
    }
    jd_log_within(NULL);
    jd_audit_within(NULL);
}

static void settle(jd_work *work, jeton_status status, const jeton_err *err);

static jd_lane *lane_of(const jd_app *app, jd_where where)
{
    jd_lane *const lanes[] = {[JD_ON_READ] = app->reads,
                              [JD_ON_COMMIT] = app->commits,
                              [JD_ON_HASH] = app->hashes,
                              [JD_ON_OPERATION] = app->operations};
    return lanes[where];
}

static void resume(void *user)
{
    const jeton_err none = {0};
    jd_call *call = user;
    run_here(&call->work);
    settle(&call->work, JETON_OK, &none);
}

/* The call waits for other nodes, on no thread. It may be over when this returns. */
static bool park(jd_call *call)
{
    call->where = JD_ON_NODES;
    jd_waits_when(call->app->accounts->waits, call->ticket, resume, call);
    return true;
}

/* Moves the call to the lane of its next step. False when that lane is full: the call is still
 * ours then, and answered. */
static bool move_on(jd_call *call)
{
    jeton_err err = {0};
    if (call->where == JD_ON_LOOP)
        jd_request_suspend(call->request);
    if (call->next->where == JD_ON_NODES)
        return park(call);
    call->where = where_of(call->app, call->next);
    jd_lane *lane = lane_of(call->app, call->where);
    call->work.run = run_here;
    call->work.settle = settle;
    const jeton_status status = jd_lane_add(lane, &call->work, &err);
    if (status == JETON_OK)
        return true;
    jd_problem_answer(call, status, &err);
    return false;
}

/* An answer goes out, or the call goes on to another thread, only when what was done so far holds:
 * if the commit failed, whatever the steps have put is no answer any more. */
static void settle(jd_work *work, jeton_status status, const jeton_err *err)
{
    jd_call *call = (jd_call *)work;
    jd_call_settled *settled = call->settled;
    jd_log_within(call->trace);
    call->settled = NULL;
    if (settled != NULL)
        settled(call, status);
    if (status != JETON_OK) {
        call->header_count = JD_FIRST_HEADERS;
        jd_problem_answer(call, status, err);
    }
    if (call->answered || !move_on(call))
        send(call);
    jd_log_within(NULL); /* the call may be somebody else's already */
}

void jd_call_run(jd_call *call, const jd_step *steps)
{
    const jeton_err none = {0};
    call->next = steps;
    run_here(&call->work);
    settle(&call->work, JETON_OK, &none);
}

/* ---- answers -------------------------------------------------------------------------------- */

void jd_call_header(jd_call *call, const char *name, const char *value)
{
    if (call->header_count < JD_HEADERS_MAX)
        call->headers[call->header_count++] = (jd_header){name, value};
}

static bool has_header(const jd_call *call, const char *name)
{
    for (size_t i = 0; i < call->header_count; i++)
        if (strcmp(call->headers[i].name, name) == 0)
            return true;
    return false;
}

/* HTTP Strict Transport Security (RFC 6797). Who is reached over TLS, by himself or behind a proxy,
 * has an issuer that says so. Never for localhost: it would shut out every other server there. */
static void put_hsts(jd_call *call)
{
    const jd_accounts *accounts = call->app->accounts;
    if (accounts == NULL) /* an agent: nothing that a browser goes to */
        return;
    const int64_t ttl = accounts->config->hsts_ttl;
    jeton_span host;
    if (ttl == 0 || strncmp(accounts->issuer, "https://", 8) != 0 ||
        jd_request_header(call->request, "Host", &host) != 1 || jd_origin_is_local(host))
        return;
    char *text = jt_arena_alloc(call->arena, HSTS_MAX);
    if (text == NULL)
        return;
    (void)snprintf(text, HSTS_MAX, "max-age=%" PRId64, ttl);
    jd_call_header(call, "Strict-Transport-Security", text);
}

/* What a browser may do with an answer that it shows or runs: nothing. An empty one, such as that
 * of /verify to a proxy, is spared the bytes. */
static void put_for_browsers(jd_call *call)
{
    jd_call_header(call, "X-Content-Type-Options", "nosniff");
    jd_call_header(call, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    jd_call_header(call, "Referrer-Policy", "no-referrer");
    put_hsts(call);
}

static void complete(jd_call *call, unsigned status, jeton_span body)
{
    if (!has_header(call, "Cache-Control"))
        jd_call_header(call, "Cache-Control", "no-store");
    if (body.len > 0)
        put_for_browsers(call);
    jd_cors_put(call);
    call->status = status;
    call->body = body;
    call->answered = true;
}

void jd_call_answer_bytes(jd_call *call, unsigned status, const char *type, jeton_span body)
{
    jd_call_header(call, "Content-Type", type);
    complete(call, status, body);
}

void jd_call_answer_text(jd_call *call, unsigned status, jeton_span json)
{
    jd_call_answer_bytes(call, status, "application/json", json);
}

void jd_call_answer_empty(jd_call *call, unsigned status)
{
    complete(call, status, jeton_str(NULL));
}

jeton_status jd_call_answer(jd_call *call, unsigned status, const jt_tree *tree,
                            const jt_node *root, jeton_err *err)
{
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_TRY(jt_tree_print(tree, root, JT_COMPACT, &text, err));
    const char *kept = jt_arena_text(call->arena, jt_buf_span(&text));
    if (kept == NULL)
        return jt_fail(err, JETON_E_NOMEM, "answer");
    jd_call_answer_text(call, status, jeton_bytes(kept, text.len));
    return JETON_OK;
}
