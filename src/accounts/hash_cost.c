/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/hash_cost.c - measures Argon2id and remembers what came of it. */
#include "accounts/hash_cost.h"

#include "core/auto.h"
#include "core/err.h"
#include "store/meta.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define META       "argon2"
#define FLOOR      ((size_t)19 * 1024 * 1024)
#define MUCH       ((size_t)46 * 1024 * 1024) /* from here on OWASP takes one pass for enough */
#define PASSES_MAX 64U
#define TRIES      2U /* the first one pays for cold caches */

static uint64_t best_of(const jt_pwhash_cost *cost, jd_hash_timer *timer, void *user)
{
    uint64_t best = UINT64_MAX;
    for (unsigned i = 0; i < TRIES; i++) {
        const uint64_t took = timer(user, cost);
        if (took < best)
            best = took;
    }
    return best;
}

jt_pwhash_cost jd_hash_cost_measure(size_t cap, uint64_t nanoseconds, jd_hash_timer *timer,
                                    void *user)
{
    jt_pwhash_cost cost = {.memory = cap, .passes = 1};
    uint64_t took = best_of(&cost, timer, user);
    while (took > nanoseconds && cost.memory / 2 >= FLOOR) {
        cost.memory /= 2;
        took = best_of(&cost, timer, user);
    }
    const uint64_t least = cost.memory >= MUCH ? 1 : 2;
    const uint64_t fit = took > 0 ? nanoseconds / took : least; /* a failure measures nothing */
    cost.passes = (unsigned)(fit < least ? least : fit > PASSES_MAX ? PASSES_MAX : fit);
    return cost;
}

/* Of the thread: a machine that is busy while it starts must not get a weaker hash. */
static uint64_t processor_time(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static uint64_t time_one(void *user, const jt_pwhash_cost *cost)
{
    (void)user;
    char text[JT_PWHASH_TEXT];
    const uint64_t before = processor_time();
    const jeton_status status =
        jt_pwhash_print(NULL, jeton_str("a password to measure"), cost, text, NULL);
    return status == JETON_OK ? processor_time() - before : 0;
}

/* ---- remembered ------------------------------------------------------------------------------ */

enum { CAP, TIME, MEMORY, PASSES, NUMBERS };

/* "cap=N time=N memory=N passes=N" */
static bool read_numbers(jeton_span text, long long numbers[NUMBERS])
{
    static const char *const names[NUMBERS] = {"cap=", "time=", "memory=", "passes="};
    char copy[128];
    (void)snprintf(copy, sizeof copy, "%.*s", (int)text.len, (const char *)text.ptr);
    char *at = copy;
    for (size_t i = 0; i < NUMBERS; i++) {
        at += strspn(at, " ");
        const size_t len = strlen(names[i]);
        if (strncmp(at, names[i], len) != 0)
            return false;
        numbers[i] = strtoll(at + len, &at, 10);
    }
    return *at == '\0';
}

/* What was measured is worth something as long as the settings are the same. */
static bool read_memory(jeton_span text, const jd_config *config, jt_pwhash_cost *cost)
{
    long long numbers[NUMBERS] = {0};
    if (!read_numbers(text, numbers) || numbers[CAP] != config->hash_memory ||
        numbers[TIME] != config->hash_time || numbers[MEMORY] <= 0 ||
        numbers[MEMORY] > numbers[CAP] || numbers[PASSES] <= 0 || numbers[PASSES] > PASSES_MAX)
        return false;
    *cost = (jt_pwhash_cost){(size_t)numbers[MEMORY], (unsigned)numbers[PASSES]};
    return true;
}

static jeton_status remember(jd_accounts *accounts, jeton_err *err)
{
    char text[128];
    const jd_config *config = accounts->config;
    (void)snprintf(text, sizeof text, "cap=%" PRId64 " time=%" PRId64 " memory=%zu passes=%u",
                   config->hash_memory, config->hash_time, accounts->cost.memory,
                   accounts->cost.passes);
    jd_log(JD_INFO, EV_HASH_MEASURED, JD_INT("memory", (int64_t)accounts->cost.memory),
           JD_INT("passes", accounts->cost.passes));
    return jd_store_meta_set(accounts->store, META, jeton_str(text), err);
}

jeton_status jd_hash_cost_settle(jd_accounts *accounts, jeton_err *err)
{
    const jd_config *config = accounts->config;
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jeton_span text;
    jeton_err why = {0};
    accounts->cost = (jt_pwhash_cost){.memory = (size_t)config->hash_memory,
                                      .passes = (unsigned)config->hash_passes};
    if (config->hash_passes > 0)
        return JETON_OK;
    const jeton_status status = jd_store_meta_get(accounts->store, META, &arena, &text, &why);
    if (status == JETON_OK && read_memory(text, config, &accounts->cost))
        return JETON_OK;
    if (status != JETON_OK && status != JETON_E_NOT_FOUND)
        return jt_fail(err, status, "%s", why.text);
    accounts->cost = jd_hash_cost_measure((size_t)config->hash_memory,
                                          (uint64_t)config->hash_time * 1000000U, time_one, NULL);
    return remember(accounts, err);
}
