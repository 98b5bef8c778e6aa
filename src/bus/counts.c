/* SPDX-License-Identifier: Apache-2.0 */
/* bus/counts.c - one script, so that no two servers take the same token. */
#include "bus/counts.h"

#include "bus/ask.h"
#include "core/auto.h"
#include "core/base64url.h"
#include "core/err.h"
#include "core/mem.h"
#include "crypto/hmac.h"
#include "sys/log.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>

#define KEYS     4U
#define ID_BYTES 16U
#define KEY_MOST 192U

struct jd_counts {
    pthread_mutex_t lock;
    pthread_cond_t news; /* it is down, or closing */
    pthread_t thread;
    bool has_thread, closing;
    bool up;      /* under the lock: whoever has that may use the bus; else it is the thread's */
    bool is_told; /* whether the last line of the log said `up` */
    bool told;
    jd_bus *bus;
    jt_hmac_key secret;
    char prefix[JD_BUS_HOST];
};

/* KEYS: address, known, lock, account. ARGV: what to do; numbers. A bucket is the moment at which
 * it is full again, in ms of Redis's clock; without a key it is full now. */
static const char script[] =
    "local n={} for w in string.gmatch(ARGV[2],'%d+') do n[#n+1]=tonumber(w) end "
    "local t=redis.call('TIME') "
    "local now=t[1]*1000+math.floor(t[2]/1000) "
    "local function full(key) "
    " local at=tonumber(redis.call('GET',key)) "
    " if not at or at<now then return now end "
    " return at "
    "end "
    "local function put(key,at) "
    " if at<=now then redis.call('DEL',key) return end "
    " redis.call('SET',key,string.format('%.0f',at),'PX',string.format('%.0f',at-now)) "
    "end "
    "local function take(key,burst,interval) "
    " local at=full(key)+interval "
    " local over=at-now-burst*interval "
    " if over>0 then return over end "
    " put(key,at) "
    " return 0 "
    "end "
    "local function give(key,interval) put(key,full(key)-interval) end "
    "if ARGV[1]=='begin' then "
    " local address=take(KEYS[1],n[1],n[2]) "
    " if address>0 then return {address,0,0,0} end "
    " local known=redis.call('EXISTS',KEYS[2]) "
    " if take(KEYS[3],n[3],n[4])>0 then return {0,0,known,1} end "
    " if known==1 then return {0,0,1,0} end "
    " local account=take(KEYS[4],n[5],n[6]) "
    " if account>0 then give(KEYS[3],n[4]) end "
    " return {0,account,0,0} "
    "end "
    "give(KEYS[3],n[1]) "
    "if n[2]>0 then give(KEYS[4],n[2]) end "
    "if n[3]>0 then redis.call('SET',KEYS[2],'1','PX',string.format('%.0f',n[3])) end "
    "return {0,0,0,0}";

/* ---- keys ----------------------------------------------------------------------------------- */

/* The braces keep all keys in one place, should that be a part of a cluster. */
static void print_key(const jd_counts *of, jeton_span name, char to[KEY_MOST])
{
    static const char domain[] = "jeton limits";
    uint8_t mac[32];
    char id[24];
    jt_sha2 running;
    jt_hmac_begin(&of->secret, &running);
    jt_sha2_update(&running, jeton_bytes(domain, sizeof domain));
    jt_sha2_update(&running, name);
    jt_hmac_sign_end(&of->secret, &running, mac);
    jt_base64url_print(jeton_bytes(mac, ID_BYTES), id);
    (void)snprintf(to, KEY_MOST, "{%.128s:limits}:%.*s", of->prefix,
                   (int)jt_base64url_chars(ID_BYTES), id);
}

/* ---- connecting ----------------------------------------------------------------------------- */

/* Once for each change, and for what it is at first. Under the lock. */
static void tell(jd_counts *of, const char *why)
{
    if (of->is_told && of->told == of->up)
        return;
    of->is_told = true;
    of->told = of->up;
    if (of->up)
        jd_log(JD_INFO, EV_LIMITS_SHARED);
    else
        jd_log(JD_WARN, EV_LIMITS_ALONE, JD_TEXT("why", why),
               JD_TEXT("next", "this server goes by what it counts itself"));
}

/* Who answers may still refuse to write: his memory is full, he is a replica, we are not permitted
 * to. One that says so to each login would have it wait for nothing. */
static jeton_status prove(jd_counts *of, jeton_err *err)
{
    char key[KEY_MOST];
    JT_AUTO(jd_reply_free) redisReply *reply = NULL;
    print_key(of, jeton_str("does it write?"), key);
    const jeton_span words[] = {jeton_str("EVAL"),
                                jeton_str("return redis.call('SET',KEYS[1],'1','PX',1)"),
                                jeton_str("1"), jeton_str(key)};
    JT_TRY(jd_bus_connect(of->bus, err)); /* after the pause that is due */
    return jd_bus_ask(of->bus, words, JT_COUNT(words), &reply, err);
}

static void *keep_connected(void *user)
{
    jd_counts *of = user;
    pthread_mutex_lock(&of->lock);
    while (!of->closing) {
        jeton_err err = {0};
        if (of->up) {
            pthread_cond_wait(&of->news, &of->lock);
            continue;
        }
        pthread_mutex_unlock(&of->lock);
        const jeton_status status = prove(of, &err);
        pthread_mutex_lock(&of->lock);
        of->up = status == JETON_OK;
        if (!of->closing)
            tell(of, err.text);
    }
    pthread_mutex_unlock(&of->lock);
    return NULL;
}

jeton_status jd_counts_open(const jd_bus_options *options, jeton_span secret, jd_counts **counts,
                            jeton_err *err)
{
    jd_bus_options with = *options;
    *counts = NULL;
    JT_AUTO(jd_counts_close) jd_counts *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "counts");
    (void)pthread_mutex_init(&made->lock, NULL);
    (void)pthread_cond_init(&made->news, NULL);
    jt_hmac_init(&made->secret, JT_SHA256, secret);
    (void)snprintf(made->prefix, sizeof made->prefix, "%s", options->prefix);
    if (with.timeout_ms == 0)
        with.timeout_ms = JD_COUNTS_TIMEOUT_MS;
    JT_TRY(jd_bus_open(&with, &made->bus, err));
    if (pthread_create(&made->thread, NULL, keep_connected, made) != 0)
        return jt_fail(err, JETON_E_SYSTEM, "no thread to count with others");
    made->has_thread = true;
    *counts = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

static void end_thread(jd_counts *of)
{
    if (!of->has_thread)
        return;
    pthread_mutex_lock(&of->lock);
    of->closing = true;
    pthread_cond_signal(&of->news);
    pthread_mutex_unlock(&of->lock);
    jd_bus_stop(of->bus);
    pthread_join(of->thread, NULL);
}

void jd_counts_close(jd_counts **counts)
{
    if (counts == NULL || *counts == NULL)
        return;
    jd_counts *of = *counts;
    *counts = NULL;
    end_thread(of);
    jd_bus_close(&of->bus);
    jt_hmac_done(&of->secret);
    (void)pthread_cond_destroy(&of->news);
    (void)pthread_mutex_destroy(&of->lock);
    jt_release(NULL, of);
}

bool jd_counts_is_up(jd_counts *counts)
{
    pthread_mutex_lock(&counts->lock);
    const bool up = counts->up;
    pthread_mutex_unlock(&counts->lock);
    return up;
}

/* ---- asking --------------------------------------------------------------------------------- */

static jeton_status run(jd_counts *of, const jd_counts_try *at, const char *what,
                        const char *numbers, redisReply **reply, jeton_err *err)
{
    char keys[KEYS][KEY_MOST];
    const jeton_span names[KEYS] = {at->address.name, at->known, at->lock.name, at->account.name};
    for (size_t i = 0; i < KEYS; i++)
        print_key(of, names[i], keys[i]);
    const jeton_span words[] = {jeton_str("EVAL"),  jeton_str(script),  jeton_str("4"),
                                jeton_str(keys[0]), jeton_str(keys[1]), jeton_str(keys[2]),
                                jeton_str(keys[3]), jeton_str(what),    jeton_str(numbers)};
    return jd_bus_ask(of->bus, words, JT_COUNT(words), reply, err);
}

/* No answer means that the bus is down, until the thread has it up again. */
static bool ask(jd_counts *of, const jd_counts_try *at, const char *what, const char *numbers,
                redisReply **reply)
{
    jeton_err err = {0};
    *reply = NULL;
    pthread_mutex_lock(&of->lock);
    const bool was_up = of->up;
    if (was_up) {
        of->up = run(of, at, what, numbers, reply, &err) == JETON_OK;
        tell(of, err.text);
        if (!of->up)
            pthread_cond_signal(&of->news);
    }
    pthread_mutex_unlock(&of->lock);
    return *reply != NULL;
}

/* A token comes back within `interval`; what says otherwise is no answer of our script. */
static bool is_wait(const redisReply *reply, int64_t interval)
{
    return reply->type == REDIS_REPLY_INTEGER && reply->integer >= 0 && reply->integer <= interval;
}

static bool read_answer(const redisReply *reply, const jd_counts_try *at, jd_counts_answer *answer)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 4)
        return false;
    if (!is_wait(reply->element[0], at->address.interval) ||
        !is_wait(reply->element[1], at->account.interval) || !is_wait(reply->element[2], 1) ||
        !is_wait(reply->element[3], 1))
        return false;
    *answer = (jd_counts_answer){.address_over = reply->element[0]->integer,
                                 .account_over = reply->element[1]->integer,
                                 .known = reply->element[2]->integer != 0,
                                 .locked = reply->element[3]->integer != 0};
    return true;
}

static bool begin(void *user, const jd_counts_try *at, jd_counts_answer *answer)
{
    char numbers[160];
    JT_AUTO(jd_reply_free) redisReply *reply = NULL;
    *answer = (jd_counts_answer){0};
    (void)snprintf(numbers, sizeof numbers,
                   "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64,
                   at->address.burst, at->address.interval, at->lock.burst, at->lock.interval,
                   at->account.burst, at->account.interval);
    return ask(user, at, "begin", numbers, &reply) && read_answer(reply, at, answer);
}

static bool end(void *user, const jd_counts_try *at, bool account, int64_t known_for)
{
    char numbers[96];
    JT_AUTO(jd_reply_free) redisReply *reply = NULL;
    (void)snprintf(numbers, sizeof numbers, "%" PRId64 " %" PRId64 " %" PRId64, at->lock.interval,
                   account ? at->account.interval : 0, known_for);
    return ask(user, at, "end", numbers, &reply);
}

jd_counter jd_counts_counter(jd_counts *counts)
{
    return (jd_counter){.user = counts, .begin = begin, .end = end};
}
