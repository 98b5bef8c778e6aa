/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/limits.c - what is counted, and for how long. */
#include "accounts/limits.h"

#include "accounts/buckets.h"
#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/clock.h"

#include <pthread.h>

#define SETS       ((size_t)8192) /* 64 Ki buckets, 1 MiB when all of it is used */
#define KNOWN_SETS ((size_t)4096)
#define KNOWN_FOR  ((int64_t)30 * 86400 * 1000)
#define MINUTE     ((int64_t)60 * 1000)
#define HOUR       (60 * MINUTE)
#define NAME_MAX   256U /* of a name; what is behind makes no difference to any account */

static const char too_many_there[] = "too many logins were tried from this address";
static const char too_many_failed[] = "too many logins to this account failed";

struct jd_limits {
    pthread_mutex_t mutex;
    bool off;
    jd_bucket_size address, account, lock;
    jd_buckets buckets;
    jd_buckets known;
    jd_limit_ban *bans;
    size_t ban_count;
    jd_counter counter; /* of servers that count together */
};

/* What each kind of bucket is called by: the kind, the source, the name. */
typedef struct called {
    uint8_t bytes[1 + JD_ADDRESS_BYTES + NAME_MAX];
    size_t len;
} called;

enum kind {
    ADDRESS,
    ACCOUNT,
    LOCK,
    KNOWN,
};

static jd_bucket_size size_of(int64_t burst, int64_t time)
{
    const int64_t interval = time / burst;
    return (jd_bucket_size){.burst = burst, .interval = interval > 0 ? interval : 1};
}

void jd_limits_configure(jd_limits *limits, const jd_config *config)
{
    if (limits == NULL)
        return;
    pthread_mutex_lock(&limits->mutex);
    limits->off = !config->rate_limits;
    limits->address = size_of(config->login_rate, MINUTE);
    limits->account = size_of(config->account_rate, HOUR);
    limits->lock = size_of(config->lock_after, config->lock_time * 1000);
    pthread_mutex_unlock(&limits->mutex);
}

void jd_limits_share(jd_limits *limits, const jd_counter *counter)
{
    pthread_mutex_lock(&limits->mutex);
    limits->counter = *counter;
    pthread_mutex_unlock(&limits->mutex);
}

jeton_status jd_limits_open(const jd_config *config, jd_limits **limits, jeton_err *err)
{
    *limits = NULL;
    JT_AUTO(jd_limits_close) jd_limits *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "limits");
    pthread_mutex_init(&made->mutex, NULL);
    jd_limits_configure(made, config);
    JT_TRY(jd_buckets_init(&made->buckets, SETS, err));
    JT_TRY(jd_buckets_init(&made->known, KNOWN_SETS, err));
    *limits = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

void jd_limits_close(jd_limits **limits)
{
    if (limits == NULL || *limits == NULL)
        return;
    jd_buckets_done(&(*limits)->buckets);
    jd_buckets_done(&(*limits)->known);
    jt_release(NULL, (*limits)->bans);
    pthread_mutex_destroy(&(*limits)->mutex);
    jt_release(NULL, *limits);
    *limits = NULL;
}

/* ASCII letters of either case are the same name, as in the store. */
static uint8_t folded(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static called call_it(enum kind kind, const jd_address *client, jeton_span name)
{
    called made = {.bytes = {(uint8_t)kind}, .len = 1};
    if (client != NULL) {
        const jd_address source = jd_address_source(client);
        memcpy(made.bytes + made.len, source.bytes, JD_ADDRESS_BYTES);
        made.len += JD_ADDRESS_BYTES;
    }
    for (size_t i = 0; i < name.len && i < NAME_MAX; i++)
        made.bytes[made.len++] = folded(name.ptr[i]);
    return made;
}

static jeton_span span_of(const called *name)
{
    return jeton_bytes(name->bytes, name->len);
}

static jeton_status wait_for(int64_t milliseconds, const char *why, int64_t *wait, jeton_err *err)
{
    *wait = (milliseconds + 999) / 1000;
    return *wait == 0 ? JETON_OK : jt_fail(err, JETON_E_RATE, "%s", why);
}

jeton_status jd_limits_ban(jd_limits *limits, const jd_limit_ban *bans, size_t count,
                           jeton_err *err)
{
    jd_limit_ban *copy = jt_alloc(NULL, (count + 1) * sizeof *copy);
    if (copy == NULL)
        return jt_fail(err, JETON_E_NOMEM, "bans");
    if (count > 0)
        memcpy(copy, bans, count * sizeof *copy);
    pthread_mutex_lock(&limits->mutex);
    jd_limit_ban *before = limits->bans;
    limits->bans = copy;
    limits->ban_count = count;
    pthread_mutex_unlock(&limits->mutex);
    jt_release(NULL, before);
    return JETON_OK;
}

/* Milliseconds that a ban of the client still lasts; 0: there is none. Under the lock. */
static int64_t banned_for(const jd_limits *limits, const jd_address *client)
{
    const jeton_time now = limits->ban_count > 0 ? jd_now() : 0;
    for (size_t i = 0; i < limits->ban_count; i++) {
        const jd_limit_ban *ban = &limits->bans[i];
        if (jd_cidr_has(&ban->network, client) && (ban->until == 0 || ban->until > now))
            return ban->until > 0 ? ban->until - now : JD_DAY * 1000;
    }
    return 0;
}

jeton_status jd_limits_knock(jd_limits *limits, const jd_address *client, int64_t now,
                             int64_t *wait, jeton_err *err)
{
    *wait = 0;
    if (limits == NULL)
        return JETON_OK;
    const called name = call_it(ADDRESS, client, jeton_str(NULL));
    pthread_mutex_lock(&limits->mutex);
    int64_t over = banned_for(limits, client);
    if (over == 0 && !limits->off)
        over = jd_buckets_take(&limits->buckets, span_of(&name), limits->address, now);
    pthread_mutex_unlock(&limits->mutex);
    return wait_for(over, too_many_there, wait, err);
}

/* ---- counting together ---------------------------------------------------------------------- */

/* The names of a try, and what counts it elsewhere. */
typedef struct together {
    jd_counter counter;
    called address, known, lock, account;
    jd_counts_try at;
} together;

static jd_count count_of(const called *name, jd_bucket_size size)
{
    return (jd_count){.name = span_of(name), .burst = size.burst, .interval = size.interval};
}

/* False where nobody else counts. */
static bool prepare(jd_limits *limits, const jd_try *at, together *of)
{
    pthread_mutex_lock(&limits->mutex);
    const bool off = limits->off;
    const jd_bucket_size address = limits->address;
    const jd_bucket_size account = limits->account;
    const jd_bucket_size lock = limits->lock;
    of->counter = limits->counter;
    pthread_mutex_unlock(&limits->mutex);
    if (off || of->counter.begin == NULL)
        return false;
    of->address = call_it(ADDRESS, at->client, jeton_str(NULL));
    of->known = call_it(KNOWN, at->client, at->name);
    of->lock = call_it(LOCK, at->client, at->name);
    of->account = call_it(ACCOUNT, NULL, at->name);
    of->at = (jd_counts_try){.address = count_of(&of->address, address),
                             .lock = count_of(&of->lock, lock),
                             .account = count_of(&of->account, account),
                             .known = span_of(&of->known)};
    return true;
}

/* Zeros when nobody answers. */
static jd_counts_answer begin_together(jd_limits *limits, jd_try *at)
{
    together of;
    jd_counts_answer answer = {0};
    if (!prepare(limits, at, &of) || !of.counter.begin(of.counter.user, &of.at, &answer))
        return (jd_counts_answer){0};
    at->shared = answer.address_over == 0 && answer.account_over == 0 && !answer.locked;
    at->shared_at_account = at->shared && !answer.known;
    return answer;
}

static void end_together(jd_limits *limits, const jd_try *at, int64_t known_for)
{
    together of;
    if (!at->shared || !prepare(limits, at, &of))
        return;
    const bool ended = of.counter.end(of.counter.user, &of.at, at->shared_at_account, known_for);
    (void)ended; /* or else the try counts as a failure there until its token comes back */
}

/* ---- one server ----------------------------------------------------------------------------- */

/* Takes the tokens of a try; what is over at the account. Under the lock. */
static int64_t begin(jd_limits *limits, jd_try *at, bool known_elsewhere, int64_t now)
{
    const called known = call_it(KNOWN, at->client, at->name);
    const called lock = call_it(LOCK, at->client, at->name);
    const called account = call_it(ACCOUNT, NULL, at->name);
    at->known = known_elsewhere || jd_buckets_has(&limits->known, span_of(&known), now);
    at->locked = jd_buckets_take(&limits->buckets, span_of(&lock), limits->lock, now) > 0;
    at->counted = !at->locked;
    if (at->locked || at->known)
        return 0;
    const int64_t over = jd_buckets_take(&limits->buckets, span_of(&account), limits->account, now);
    if (over > 0)
        jd_buckets_give(&limits->buckets, span_of(&lock), limits->lock, now);
    at->counted = over == 0;
    return over;
}

static int64_t begin_alone(jd_limits *limits, jd_try *at, bool known_elsewhere, int64_t now)
{
    pthread_mutex_lock(&limits->mutex);
    const int64_t over = limits->off ? 0 : begin(limits, at, known_elsewhere, now);
    pthread_mutex_unlock(&limits->mutex);
    return over;
}

jeton_status jd_limits_begin(jd_limits *limits, jd_try *at, int64_t now, int64_t *wait,
                             jeton_err *err)
{
    *wait = 0;
    *at = (jd_try){.client = at->client, .name = at->name};
    if (limits == NULL)
        return JETON_OK;
    const jd_counts_answer others = begin_together(limits, at);
    JT_TRY(wait_for(others.address_over, too_many_there, wait, err));
    JT_TRY(wait_for(others.account_over, too_many_failed, wait, err));
    at->locked = others.locked;
    const int64_t over = others.locked ? 0 : begin_alone(limits, at, others.known, now);
    if (at->locked || over > 0) { /* a try that one of both refuses is counted by neither */
        end_together(limits, at, 0);
        at->shared = false;
    }
    return wait_for(over, too_many_failed, wait, err);
}

/* Under the lock. */
static void give_back(jd_limits *limits, const jd_try *at, int64_t now)
{
    const called lock = call_it(LOCK, at->client, at->name);
    const called account = call_it(ACCOUNT, NULL, at->name);
    jd_buckets_give(&limits->buckets, span_of(&lock), limits->lock, now);
    if (!at->known)
        jd_buckets_give(&limits->buckets, span_of(&account), limits->account, now);
}

void jd_limits_succeed(jd_limits *limits, const jd_try *at, int64_t now)
{
    if (limits == NULL || !at->counted)
        return;
    const called known = call_it(KNOWN, at->client, at->name);
    pthread_mutex_lock(&limits->mutex);
    give_back(limits, at, now);
    jd_buckets_mark(&limits->known, span_of(&known), now + KNOWN_FOR, now);
    pthread_mutex_unlock(&limits->mutex);
    end_together(limits, at, KNOWN_FOR);
}

void jd_limits_forget(jd_limits *limits, const jd_try *at, int64_t now)
{
    if (limits == NULL || !at->counted)
        return;
    pthread_mutex_lock(&limits->mutex);
    give_back(limits, at, now);
    pthread_mutex_unlock(&limits->mutex);
    end_together(limits, at, 0);
}
