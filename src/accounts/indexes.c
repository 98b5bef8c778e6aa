/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/indexes.c - a block that is used, and one that is ready. */
#include "accounts/indexes.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "sys/clock.h"
#include "sys/log.h"
#include "sys/metrics.h"

#include <pthread.h>

#define BLOCK_LEAST  4096U
#define BLOCK_MOST   65536U           /* what numbers a place within it has 16 bits */
#define QUICK_MS     8000             /* half of a block used up in less: the next one is larger */
#define SLOW_MS      600000           /* in more: smaller */
#define WINDOW_LEAST ((int64_t)60000) /* how long a block is used at most: long enough for what */
#define WINDOW_MOST  ((int64_t)21600000) /* is in it, and short, for its list lives that longer */
#define SPARE_MS     ((int64_t)600000)   /* before its time is over it is replaced */
#define RETRY_MS     1000
#define MARGIN_MS    ((int64_t)60000) /* of verifiers whose leeway is wider than ours */

/* Tokens that live up to so many milliseconds share lists: a list is dropped when the last has
 * expired, and few are to wait for that. */
static const int64_t lives[JD_INDEX_CLASSES] = {900000, 3600000, 21600000,
                                                JD_ACCESS_TTL_MAX * 1000};

typedef struct block {
    uint64_t first; /* an index */
    uint32_t count, left;
    uint16_t *places; /* the first `left` of them are free; NULL: there is no block */
    jeton_time until; /* tokens that are issued later would outlive the list */
    int64_t ready;    /* jd_monotonic() from which on it is used … */
    int64_t began;    /* … and when that was */
} block;

typedef struct class
{
    block now, next;
    uint32_t size;
    int64_t window;
    bool wanted;   /* one is on its way */
    int64_t tried; /* when the last one failed to come; 0: it did not */
} class;

struct jd_indexes {
    pthread_mutex_t lock;
    class classes[JD_INDEX_CLASSES];
    jd_indexes_want *want; /* NULL: nobody is asked any more */
    void *user;
};

static size_t class_of(int64_t life)
{
    size_t of = 0;
    while (of + 1 < JD_INDEX_CLASSES && lives[of] < life)
        of++;
    return of;
}

/* ---- blocks --------------------------------------------------------------------------------- */

static void drop(block *of)
{
    jt_release(NULL, of->places);
    *of = (block){.places = NULL};
}

/* 0: it has to be used for something else. */
static bool fill(block *to, const jd_fetched *from)
{
    to->places = jt_alloc(NULL, from->block.count * sizeof *to->places);
    if (to->places == NULL)
        return false;
    to->first = jt_index_of(from->block.list, from->block.first);
    to->count = to->left = (uint32_t)from->block.count;
    to->until = from->until;
    for (uint32_t i = 0; i < to->count; i++)
        to->places[i] = (uint16_t)i;
    return true;
}

/* One of those that are left, each as likely as the others: the few highest values of a random
 * number, which would make some places likelier, are not taken. */
static bool draw(block *of, uint64_t *index)
{
    uint64_t random;
    const uint64_t most = UINT64_MAX - UINT64_MAX % of->left;
    do {
        jeton_err none = {0};
        if (jt_random(NULL, (uint8_t *)&random, sizeof random, &none) != JETON_OK)
            return false;
    } while (random >= most);
    uint16_t *place = &of->places[random % of->left];
    *index = of->first + *place;
    *place = of->places[--of->left];
    return true;
}

static bool is_good(const block *of, jeton_time now)
{
    return of->places != NULL && of->left > 0 && now <= of->until && jd_monotonic() >= of->ready;
}

static void move_up(class *of)
{
    drop(&of->now);
    of->now = of->next;
    of->now.began = jd_monotonic();
    of->next = (block){.places = NULL};
}

/* How large the next one is, and how long it is good for, by how long half of this one lasted. */
static void adapt(class *of)
{
    const int64_t took = jd_monotonic() - of->now.began;
    if (took < QUICK_MS && of->size < BLOCK_MOST)
        of->size *= 2;
    else if (took > SLOW_MS && of->size > BLOCK_LEAST)
        of->size /= 2;
    of->window = 8 * took < WINDOW_LEAST  ? WINDOW_LEAST
                 : 8 * took > WINDOW_MOST ? WINDOW_MOST
                                          : 8 * took;
}

static bool is_due(const class *of)
{
    return !of->wanted && of->next.places == NULL &&
           (of->tried == 0 || jd_monotonic() - of->tried >= RETRY_MS);
}

/* ---- using ---------------------------------------------------------------------------------- */

static void ask_for(jd_indexes *indexes, size_t of)
{
    (void)pthread_mutex_lock(&indexes->lock);
    jd_indexes_want *want = indexes->want;
    void *user = indexes->user;
    (void)pthread_mutex_unlock(&indexes->lock);
    if (want != NULL && want(user, of))
        return;
    (void)pthread_mutex_lock(&indexes->lock);
    indexes->classes[of].wanted = false;
    indexes->classes[of].tried = jd_monotonic();
    (void)pthread_mutex_unlock(&indexes->lock);
}

/* Half used up, or there is none that is good. */
static bool wants_more(class *of, bool got)
{
    if (!is_due(of) || (got && of->now.left > of->now.count / 2))
        return false;
    if (of->now.places != NULL && of->now.left <= of->now.count / 2)
        adapt(of);
    of->wanted = true;
    return true;
}

bool jd_index_next(const jd_accounts *accounts, jeton_time now, int64_t life, uint64_t *index)
{
    jd_indexes *indexes = accounts->indexes;
    const size_t at = class_of(life);
    *index = 0;
    if (indexes == NULL || life > lives[at])
        return false;
    (void)pthread_mutex_lock(&indexes->lock);
    class *of = &indexes->classes[at];
    if (!is_good(&of->now, now) && is_good(&of->next, now))
        move_up(of);
    const bool got = is_good(&of->now, now) && draw(&of->now, index);
    const bool more = wants_more(of, got);
    (void)pthread_mutex_unlock(&indexes->lock);
    if (more)
        ask_for(indexes, at);
    return got;
}

/* ---- leasing -------------------------------------------------------------------------------- */

static int64_t margin(const jd_accounts *accounts)
{
    const int64_t leeway = accounts->config->leeway * 1000;
    return leeway > MARGIN_MS ? leeway : MARGIN_MS;
}

void jd_indexes_fetch(jd_accounts *accounts, size_t of, jd_fetched *fetched)
{
    jeton_err err = {0};
    jt_revocation entry;
    jd_indexes *indexes = accounts->indexes;
    (void)pthread_mutex_lock(&indexes->lock);
    const uint32_t size = indexes->classes[of].size;
    const int64_t window = indexes->classes[of].window;
    (void)pthread_mutex_unlock(&indexes->lock);
    const jeton_time now = jd_now();
    *fetched = (jd_fetched){.of = of, .now = now, .until = now + window};
    const jd_index_asking asking = {.count = size,
                                    .life = lives[of],
                                    .now = now,
                                    .expires = fetched->until + lives[of] + margin(accounts)};
    fetched->status = jd_store_index_lease(accounts->store, &asking, &fetched->block, &entry, &err);
    if (fetched->status == JETON_OK) {
        jd_metric_add(JD_METRIC_INDEX_BLOCKS, 0, 0);
        jd_accounts_revoke(accounts, &entry); /* before any of them is used */
    } else
        jd_log(JD_WARN, EV_STORE_FAILED, JD_TEXT("why", err.text),
               JD_TEXT("next", "retried; until then tokens have no index"));
}

/* Until nobody who has not heard of the block is fresh any more, and a little for their clocks. */
static int64_t settling(const jd_accounts *accounts)
{
    const int64_t lease = accounts->config->lease * 1000;
    return lease + lease / 20;
}

void jd_indexes_take(jd_accounts *accounts, const jd_fetched *fetched, bool holds)
{
    jd_indexes *indexes = accounts->indexes;
    block fresh = {.places = NULL};
    const bool got = holds && fetched->status == JETON_OK && fill(&fresh, fetched);
    fresh.ready = jd_monotonic();
    if (jd_store_is_shared(accounts->store))
        fresh.ready += settling(accounts);
    (void)pthread_mutex_lock(&indexes->lock);
    class *of = &indexes->classes[fetched->of];
    of->wanted = false;
    of->tried = got ? 0 : jd_monotonic();
    if (got) {
        drop(&of->next);
        of->next = fresh;
        if (of->now.places == NULL)
            move_up(of);
    }
    (void)pthread_mutex_unlock(&indexes->lock);
}

/* Used up or soon over, so that the next token need not go without. */
static bool is_ending(const class *of, jeton_time now)
{
    const int64_t spare = SPARE_MS < of->window / 2 ? SPARE_MS : of->window / 2;
    return of->now.places != NULL && of->now.until - now < spare;
}

void jd_indexes_tend(jd_accounts *accounts)
{
    jd_indexes *indexes = accounts->indexes;
    const jeton_time now = jd_now();
    for (size_t i = 0; indexes != NULL && i < JD_INDEX_CLASSES; i++) {
        (void)pthread_mutex_lock(&indexes->lock);
        class *of = &indexes->classes[i];
        if (of->next.places != NULL && of->next.until - now < of->window / 2)
            drop(&of->next); /* it waited for so long that it is hardly good for anything */
        const bool more = is_ending(of, now) && is_due(of);
        if (more) {
            of->window = WINDOW_MOST; /* nobody is in a hurry */
            of->wanted = true;
        }
        (void)pthread_mutex_unlock(&indexes->lock);
        if (more)
            ask_for(indexes, i);
    }
}

void jd_indexes_forget(jd_accounts *accounts)
{
    jd_indexes *indexes = accounts->indexes;
    if (indexes == NULL)
        return;
    (void)pthread_mutex_lock(&indexes->lock);
    for (size_t i = 0; i < JD_INDEX_CLASSES; i++) {
        drop(&indexes->classes[i].now);
        drop(&indexes->classes[i].next);
    }
    (void)pthread_mutex_unlock(&indexes->lock);
}

/* ---- open and close ------------------------------------------------------------------------- */

jeton_status jd_indexes_open(jd_accounts *accounts, jd_indexes_want *want, void *user,
                             jeton_err *err)
{
    jd_fetched first;
    if (!accounts->config->index)
        return JETON_OK;
    jd_indexes *made = jt_zalloc(NULL, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "indexes");
    (void)pthread_mutex_init(&made->lock, NULL); /* cannot fail without attributes */
    made->want = want;
    made->user = user;
    for (size_t i = 0; i < JD_INDEX_CLASSES; i++) {
        made->classes[i].size = BLOCK_LEAST;
        made->classes[i].window = WINDOW_MOST;
    }
    accounts->indexes = made;
    jd_indexes_fetch(accounts, class_of(accounts->config->access_ttl * 1000), &first);
    jd_indexes_take(accounts, &first, true);
    return JETON_OK; /* without a block it is tried again with the first token */
}

void jd_indexes_stop(jd_accounts *accounts)
{
    if (accounts->indexes == NULL)
        return;
    (void)pthread_mutex_lock(&accounts->indexes->lock);
    accounts->indexes->want = NULL;
    (void)pthread_mutex_unlock(&accounts->indexes->lock);
}

void jd_indexes_close(jd_indexes **indexes)
{
    if (indexes == NULL || *indexes == NULL)
        return;
    for (size_t i = 0; i < JD_INDEX_CLASSES; i++) {
        drop(&(*indexes)->classes[i].now);
        drop(&(*indexes)->classes[i].next);
    }
    (void)pthread_mutex_destroy(&(*indexes)->lock);
    jt_release(NULL, *indexes);
    *indexes = NULL;
}
