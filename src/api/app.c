/* SPDX-License-Identifier: Apache-2.0 */
/* api/app.c - the parts that all endpoints share, and the three functions that http/ calls. */
#include "api/app.h"

#include "accounts/batch.h"
#include "accounts/indexes.h"
#include "accounts/waits.h"
#include "api/gauges.h"
#include "api/joint.h"
#include "api/problem.h"
#include "api/routes.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "store/store.h"
#include "sys/clock.h"
#include "sys/metrics.h"

#include <assert.h>

#include <jeton/export.h>

#define READ_THREADS      4U
#define READ_QUEUE        4096U
#define COMMIT_QUEUE      10000U
#define OPERATION_QUEUE   64U
#define OPERATION_THREADS 2U  /* a backup does not keep the others waiting */
#define BATCH_MOST        64U /* works that reach the disk together */
#define BATCH_MS          2U
#define CACHE_ENTRIES     ((size_t)8192)
#define CACHE_BYTES       ((size_t)8 << 20)
#define CACHE_WORTH       8U /* entries that one verification between two looks is worth keeping */

static jeton_status begin_batch(void *accounts, jeton_err *err)
{
    return jd_batch_begin(accounts, err);
}

static jeton_status end_batch(void *accounts, jeton_err *err)
{
    return jd_batch_end(accounts, err);
}

/* For those who are in no call. */
static jeton_status run_joint(void *user, jd_joint_work *work, void *args, jeton_err *err)
{
    const jd_app *app = user;
    return jd_joint_run(app->commits, work, args, err);
}

typedef struct verifiers {
    jeton_verifier *of[JD_TAKINGS];
} verifiers;

static void free_verifiers(verifiers *all)
{
    for (size_t i = 0; i < JD_TAKINGS; i++)
        jeton_verifier_free(&all->of[i]);
}

/* Nobody ends the same token all the time: that is not worth a place. */
static void use_cache(const jd_app *app, jeton_verifier *const of[JD_TAKINGS])
{
    for (size_t i = 0; i < JD_TAKINGS; i++)
        if (i != JD_TAKE_TO_REVOKE)
            jeton_verifier_use_cache(of[i], app->cache);
}

static void swap(jeton_verifier **a, jeton_verifier **b)
{
    jeton_verifier *kept = *a;
    *a = *b;
    *b = kept;
}

/* The keys have changed. Secrets verify nothing that is for ourselves. */
static jeton_status take_keys(void *user, const jeton_keyset *published, const jeton_keyset *all,
                              jeton_err *err)
{
    jd_app *app = user;
    JT_AUTO(free_verifiers) verifiers made = {{NULL}};
    if (app->accounts->agent != NULL)
        JT_TRY(jd_agent_keys(app->accounts->agent, published, err));
    for (jd_taking i = 0; i < JD_TAKINGS; i++)
        JT_TRY(jd_access_token_verifier(app->accounts, i, i == JD_TAKE_OURS ? published : all,
                                        &made.of[i], err));
    use_cache(app, made.of);
    (void)pthread_rwlock_wrlock(&app->keys); /* and then nobody uses the old ones any more */
    for (size_t i = 0; i < JD_TAKINGS; i++)
        swap(&app->verifiers[i], &made.of[i]);
    (void)pthread_rwlock_unlock(&app->keys);
    return JETON_OK;
}

/* Verifications without end must not keep a change of keys from happening. */
static void init_lock(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t kind;
    (void)pthread_rwlockattr_init(&kind);
    (void)pthread_rwlockattr_setkind_np(&kind, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    (void)pthread_rwlock_init(lock, &kind);
    (void)pthread_rwlockattr_destroy(&kind);
}

static jeton_status open_verifiers(jd_app *app, jeton_err *err)
{
    const jeton_cache_options options = {.entries = CACHE_ENTRIES, .bytes = CACHE_BYTES};
    JT_TRY(jeton_cache_new(NULL, &options, &app->cache, err));
    return jd_signer_watch(app->accounts->signer, take_keys, app, err);
}

jeton_status jd_app_verify(jd_app *app, jd_taking taking, jeton_span token, jeton_verdict *verdict)
{
    (void)pthread_rwlock_rdlock(&app->keys);
    const jeton_status status = jeton_verify(app->verifiers[taking], token, verdict);
    (void)pthread_rwlock_unlock(&app->keys);
    return status;
}

jeton_status jd_app_keep_origins(jd_app *app, const char *list, const jd_origins **kept,
                                 jeton_err *err)
{
    *kept = NULL;
    jd_origins *made = jt_arena_alloc(&app->every_origins, sizeof *made);
    const char *text = jt_arena_text(&app->every_origins, jeton_str(list)); /* they lie in it */
    if (made == NULL || text == NULL)
        return jt_fail(err, JETON_E_NOMEM, "origins");
    JT_TRY(jd_origins_parse(text, made, err));
    *kept = made;
    return JETON_OK;
}

void jd_app_allow_origins(jd_app *app, const jd_origins *kept)
{
    app->origins = kept;
}

/* Who asks again is verified in full once: that is less than an eighth of the entries. Nobody uses
 * the verifiers meanwhile, and a verdict keeps the entry it stands in. */
void jd_app_rest(jd_app *app)
{
    jeton_cache_counts counts;
    jeton_cache_stats(app->cache, &counts);
    const uint64_t verified = counts.hits + counts.misses + counts.expired;
    const uint64_t since = verified - app->verified;
    app->verified = verified;
    if (since * CACHE_WORTH >= counts.entries)
        return;
    (void)pthread_rwlock_wrlock(&app->keys);
    use_cache(app, app->verifiers); /* from the start: empty */
    (void)pthread_rwlock_unlock(&app->keys);
    jt_trim();
}

/* ---- indexes -------------------------------------------------------------------------------- */

/* A block of them on its way over the commit lane; they are few, so each brings its own memory. */
typedef struct fetching {
    jd_work work; /* must stay first */
    jd_app *app;
    jd_fetched fetched;
} fetching;

static void fetch(jd_work *work)
{
    fetching *of = (fetching *)work;
    jd_indexes_fetch(of->app->accounts, of->fetched.of, &of->fetched);
}

static void take_fetched(jd_work *work, jeton_status status, const jeton_err *err)
{
    (void)err; /* told where it happened */
    fetching *of = (fetching *)work;
    jd_indexes_take(of->app->accounts, &of->fetched, status == JETON_OK);
    jt_release(NULL, of);
}

static bool want_indexes(void *user, size_t class)
{
    jd_app *app = user;
    fetching *of = jt_zalloc(NULL, sizeof *of);
    if (of == NULL)
        return false;
    *of = (fetching){.work = {.run = fetch, .settle = take_fetched},
                     .app = app,
                     .fetched = {.of = class, .status = JETON_E_STORE}};
    jeton_err none = {0};
    if (jd_lane_add(app->commits, &of->work, &none) == JETON_OK)
        return true;
    jt_release(NULL, of);
    return false;
}

static jeton_status open_lanes(jd_app *app, jeton_err *err)
{
    jd_accounts *accounts = app->accounts;
    const jd_lane_options commits = {.name = "commit",
                                     .threads = 1,
                                     .queue = COMMIT_QUEUE,
                                     .batch = {.most = BATCH_MOST,
                                               .milliseconds = BATCH_MS,
                                               .user = accounts,
                                               .begin = begin_batch,
                                               .end = end_batch}};
    const jd_lane_options hashes = {.name = "hash",
                                    .threads = (unsigned)accounts->config->hash_threads,
                                    .queue = (size_t)accounts->config->hash_queue,
                                    .idle = true};
    const jd_lane_options operations = {
        .name = "operation", .threads = OPERATION_THREADS, .queue = OPERATION_QUEUE};
    const jd_lane_options reads = {.name = "read", .threads = READ_THREADS, .queue = READ_QUEUE};
    if (jd_store_is_shared(accounts->store))
        JT_TRY(jd_lane_open(&reads, &app->reads, err));
    JT_TRY(jd_lane_open(&commits, &app->commits, err));
    accounts->commits = (jd_commit_queue){run_joint, app};
    JT_TRY(jd_lane_open(&hashes, &app->hashes, err));
    return jd_lane_open(&operations, &app->operations, err);
}

jeton_status jd_app_open(jd_app *app, jd_accounts *accounts, jeton_err *err)
{
    *app = (jd_app){.accounts = accounts, .every_origins = jt_arena_init(NULL)};
    init_lock(&app->keys);
    jd_verdicts_init(&app->verdicts);
    jd_routes_name();
    jd_gauges_build();
    const jd_origins *origins;
    JT_TRY(jd_app_keep_origins(app, accounts->config->allowed_origins, &origins, err));
    jd_app_allow_origins(app, origins);
    JT_TRY(jd_identity_parse(accounts->config->identity_headers, &app->identity, err));
    JT_TRY(jd_verify_rules_load(accounts->config->verify_rules, &app->verify_rules, err));
    JT_TRY(jd_accounts_expect_logins(accounts, err));
    JT_TRY(jt_random(NULL, &app->boot, sizeof app->boot, err));
    JT_TRY(open_verifiers(app, err));
    JT_TRY(open_lanes(app, err));
    JT_TRY(jd_indexes_open(accounts, want_indexes, app, err));
    return jd_status_lists_open(accounts, &app->status_lists, err);
}

void jd_app_hurry(jd_app *app)
{
    atomic_store(&app->hurried, true);
    jd_waits_stop(app->accounts->waits); /* calls that wait for other nodes are answered */
}

void jd_app_close(jd_app *app)
{
    jd_indexes_stop(app->accounts);
    jd_lane_close(&app->reads);
    jd_lane_close(&app->hashes); /* before the lanes its works move on to */
    jd_lane_close(&app->operations);
    app->accounts->commits = (jd_commit_queue){NULL, NULL};
    jd_lane_close(&app->commits);
    jeton_err none = {0}; /* nobody is told, so nothing can fail */
    const jeton_status unwatched = jd_signer_watch(app->accounts->signer, NULL, NULL, &none);
    assert(unwatched == JETON_OK);
    (void)unwatched;
    for (size_t i = 0; i < JD_TAKINGS; i++)
        jeton_verifier_free(&app->verifiers[i]);
    jd_verdicts_done(&app->verdicts);
    jd_verify_rules_free(&app->verify_rules);
    jeton_cache_free(&app->cache);
    jd_status_lists_close(&app->status_lists);
    jt_arena_done(&app->every_origins);
    (void)pthread_rwlock_destroy(&app->keys);
}

void jd_app_handle(void *app, jd_request *request)
{
    jd_call *call = jd_call_new(app, request);
    if (call != NULL)
        jd_route(call);
    else
        jd_request_answer(request, 503, NULL, 0, jeton_str(NULL));
}

/* How a refusal of http/ is called in our error shape. */
static const struct {
    unsigned status;
    const char *error;
} refusals[] = {
    {400, "invalid_request"},
    {413, "request_too_large"},
    {503, "temporarily_unavailable"},
};

typedef struct refusal {
    unsigned status;
    const char *why;
} refusal;

static jeton_status refuse(jd_call *call, jeton_err *err)
{
    (void)err;
    const refusal *of = call->state;
    const char *error = "invalid_request";
    for (size_t i = 0; i < JT_COUNT(refusals); i++)
        if (refusals[i].status == of->status)
            error = refusals[i].error;
    jd_problem_answer_http(call, of->status, error, of->why);
    return JETON_OK;
}

void jd_app_refuse(void *app, jd_request *request, unsigned status, const char *why)
{
    static const jd_step steps[] = {{JD_ON_LOOP, refuse}, {.run = NULL}};
    refusal of = {.status = status, .why = why};
    jd_call *call = jd_call_new(app, request);
    if (call == NULL) {
        jd_request_answer(request, status, NULL, 0, jeton_str(NULL));
        return;
    }
    call->state = &of; /* it answers before this returns */
    jd_call_run(call, steps);
}

void jd_app_finish(void *app, jd_request *request, bool sent)
{
    (void)app;
    (void)sent;
    jd_call *call = jd_request_state(request);
    if (call != NULL)
        jd_call_done(call);
}
