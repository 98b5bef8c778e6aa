/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/limits.c - what is counted, and for how long. */
#include "accounts/limits.h"

#include "accounts/buckets.h"
#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"

#include <pthread.h>

#define SETS       ((size_t)8192) /* 64 Ki buckets, 1 MiB when all of it is used */
#define KNOWN_SETS ((size_t)4096)
#define KNOWN_FOR  ((int64_t)30 * 86400 * 1000)
#define MINUTE     ((int64_t)60 * 1000)
#define HOUR       (60 * MINUTE)
#define NAME_MAX   256U /* of a name; what is behind makes no difference to any account */

struct jd_limits {
    pthread_mutex_t mutex;
    bool off;
    jd_bucket_size address, account, lock;
    jd_buckets buckets;
    jd_buckets known;
    jd_limit_ban *bans;
    size_t ban_count;
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
    const jeton_time now = limits->ban_count > 0 ? jt_now(NULL) : 0;
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
    return wait_for(over, "too many logins were tried from this address", wait, err);
}

/* Takes the tokens of a try; what is over at the account. Under the lock. */
static int64_t begin(jd_limits *limits, jd_try *at, int64_t now)
{
    const called known = call_it(KNOWN, at->client, at->name);
    const called lock = call_it(LOCK, at->client, at->name);
    const called account = call_it(ACCOUNT, NULL, at->name);
    at->known = jd_buckets_has(&limits->known, span_of(&known), now);
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

jeton_status jd_limits_begin(jd_limits *limits, jd_try *at, int64_t now, int64_t *wait,
                             jeton_err *err)
{
    *wait = 0;
    at->locked = false;
    at->known = false;
    at->counted = false;
    if (limits == NULL)
        return JETON_OK;
    pthread_mutex_lock(&limits->mutex);
    const int64_t over = limits->off ? 0 : begin(limits, at, now);
    pthread_mutex_unlock(&limits->mutex);
    return wait_for(over, "too many logins to this account failed", wait, err);
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
}

void jd_limits_forget(jd_limits *limits, const jd_try *at, int64_t now)
{
    if (limits == NULL || !at->counted)
        return;
    pthread_mutex_lock(&limits->mutex);
    give_back(limits, at, now);
    pthread_mutex_unlock(&limits->mutex);
}
