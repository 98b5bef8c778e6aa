/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/revocations.c - one hash table of sessions, subjects and the like, one set of tokens, one
 * of token bits, and one mark for everything. */
#include "revoke/revocations.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "revoke/hash.h"
#include "revoke/token_set.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#define SLOTS_LEAST ((size_t)64)
#define KINDS       9U             /* one more than the highest number */
#define SWEEP_SLOTS ((size_t)4096) /* looked at while checks have to wait */

/* One thing that is revoked. n is 0 in a free slot: log numbers begin at 1. */
typedef struct slot {
    uint64_t id[JT_REVOKED_ID / sizeof(uint64_t)];
    uint64_t n;
    jeton_time expires;
    jt_revoked kind;
} slot;

struct jt_revocations {
    const jeton_ctx *ctx;
    uint64_t seed[2];
    pthread_rwlock_t lock;

    /* Read without the lock: most servers have nothing revoked at most times. */
    atomic_size_t used;           /* entries, tokens among them */
    atomic_size_t of_kind[KINDS]; /* its parts */
    atomic_size_t prints;         /* of the tokens */
    _Atomic uint64_t head;
    _Atomic uint64_t all; /* the mark for everything; 0: none */

    /* Under the lock. Open addressing, linear probing; the number of slots is a power of two, and
     * at least one is always free, so that a search ends. */
    jeton_time all_expires;
    slot *slots;
    size_t slot_count, slots_used;
    jt_token_set tokens;
    uint64_t tokens_n; /* the highest number of theirs */

    jt_bitmaps *bitmaps; /* has a lock of its own */
};

/* --- the table ------------------------------------------------------------------------------ */

/* Where a search begins. */
static size_t home_of(const jt_revocations *revocations, const slot *key)
{
    return (size_t)jt_revoked_hash(revocations->seed, key->kind, key->id) &
           (revocations->slot_count - 1);
}

static bool same(const slot *a, const slot *b)
{
    return a->id[0] == b->id[0] && a->id[1] == b->id[1] && a->kind == b->kind;
}

/* The slot of `key`, or the free one where it would go. */
static slot *find(const jt_revocations *revocations, const slot *key)
{
    size_t i = home_of(revocations, key);
    while (revocations->slots[i].n != 0 && !same(&revocations->slots[i], key))
        i = (i + 1) & (revocations->slot_count - 1);
    return &revocations->slots[i];
}

/* Moves everything to a table of `slot_count` slots; false, and nothing is changed, if there is no
 * memory. */
static bool resize(jt_revocations *revocations, size_t slot_count)
{
    size_t size;
    if (!jt_mul(slot_count, sizeof(slot), &size))
        return false;
    slot *fresh = jt_zalloc(revocations->ctx, size);
    if (fresh == NULL)
        return false;

    slot *old = revocations->slots;
    const size_t old_count = revocations->slot_count;
    revocations->slots = fresh;
    revocations->slot_count = slot_count;
    for (size_t i = 0; i < old_count; i++)
        if (old[i].n != 0)
            *find(revocations, &old[i]) = old[i];
    jt_release(revocations->ctx, old);
    return true;
}

/* Room for one more at no more than three quarters full; or, when there is no memory for a larger
 * table, as long as one free slot remains. */
static bool make_room(jt_revocations *revocations)
{
    const size_t used = revocations->slots_used + 1;
    if (used <= revocations->slot_count / 4 * 3)
        return true;
    return resize(revocations, revocations->slot_count * 2) || used < revocations->slot_count;
}

/* Frees slot `hole` and moves later ones of its run back, so that no search stops too early. */
static void drop(jt_revocations *revocations, size_t hole)
{
    const size_t mask = revocations->slot_count - 1;
    slot *slots = revocations->slots;
    const jt_revoked kind = slots[hole].kind;
    for (size_t i = (hole + 1) & mask; slots[i].n != 0; i = (i + 1) & mask) {
        const size_t from_home = (i - home_of(revocations, &slots[i])) & mask;
        const size_t from_hole = (i - hole) & mask;
        if (from_home < from_hole)
            continue; /* its home lies behind the hole: it is found as it is */
        slots[hole] = slots[i];
        hole = i;
    }
    slots[hole] = (slot){0};
    revocations->slots_used--;
    atomic_fetch_sub(&revocations->used, 1);
    atomic_fetch_sub(&revocations->of_kind[kind], 1);
}

/* --- pairs ---------------------------------------------------------------------------------- */

void jt_revoked_pair(uint64_t first, uint64_t second, uint8_t id[JT_REVOKED_ID])
{
    for (size_t i = 0; i < sizeof first; i++) {
        id[i] = (uint8_t)(first >> (56 - 8 * i));
        id[sizeof first + i] = (uint8_t)(second >> (56 - 8 * i));
    }
}

void jt_revoked_pair_of(const uint8_t id[JT_REVOKED_ID], uint64_t *first, uint64_t *second)
{
    *first = *second = 0;
    for (size_t i = 0; i < sizeof *first; i++) {
        *first = *first << 8 | id[i];
        *second = *second << 8 | id[sizeof *first + i];
    }
}

/* --- new and free --------------------------------------------------------------------------- */

/* Writers go first, because a revocation must not wait for a pause between verifications. */
static bool init_lock(pthread_rwlock_t *lock)
{
    pthread_rwlockattr_t attr;
    if (pthread_rwlockattr_init(&attr) != 0)
        return false;
    const bool made =
        pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP) == 0 &&
        pthread_rwlock_init(lock, &attr) == 0;
    (void)pthread_rwlockattr_destroy(&attr);
    return made;
}

/* It is held for less than a microsecond, and sleeping takes many: so both sides try for about one
 * before they sleep. Ten thousand revocations a second leave a thread on a busy machine 98 % of its
 * verifications that way, and 83 to 100 % otherwise. */
#define TRIES 200U

static void lock_to_write(pthread_rwlock_t *lock)
{
    for (unsigned i = 0; i < TRIES; i++)
        if (pthread_rwlock_trywrlock(lock) == 0)
            return;
    (void)pthread_rwlock_wrlock(lock);
}

/* False: too many readers. */
static bool lock_to_read(pthread_rwlock_t *lock)
{
    for (unsigned i = 0; i < TRIES; i++)
        if (pthread_rwlock_tryrdlock(lock) == 0)
            return true;
    return pthread_rwlock_rdlock(lock) == 0;
}

static jeton_status init(jt_revocations *revocations, jeton_err *err)
{
    const jeton_ctx *ctx = revocations->ctx;
    if (!resize(revocations, SLOTS_LEAST))
        return jt_fail(err, JETON_E_NOMEM, "revocations");
    const jeton_status status = jt_random(ctx, revocations->seed, sizeof revocations->seed, err);
    if (status != JETON_OK)
        return status;
    revocations->tokens =
        (jt_token_set){.ctx = ctx, .seed = {revocations->seed[1], revocations->seed[0]}};
    JT_TRY(jt_bitmaps_new(ctx, &revocations->bitmaps, err));
    if (!init_lock(&revocations->lock))
        return jt_fail(err, JETON_E_SYSTEM, "no lock for the revocations");
    return JETON_OK;
}

static void release(jt_revocations *revocations)
{
    jt_token_set_done(&revocations->tokens);
    jt_bitmaps_free(&revocations->bitmaps);
    jt_release(revocations->ctx, revocations->slots);
    jt_release(revocations->ctx, revocations);
}

jeton_status jt_revocations_new(const jeton_ctx *ctx, jt_revocations **revocations, jeton_err *err)
{
    *revocations = NULL;
    jt_revocations *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "revocations");
    made->ctx = ctx;
    const jeton_status status = init(made, err);
    if (status != JETON_OK) {
        release(made);
        return status;
    }
    *revocations = made;
    return JETON_OK;
}

void jt_revocations_free(jt_revocations **revocations)
{
    if (revocations == NULL || *revocations == NULL)
        return;
    (void)pthread_rwlock_destroy(&(*revocations)->lock);
    release(*revocations);
    *revocations = NULL;
}

/* --- taking entries in ---------------------------------------------------------------------- */

static void raise_all(jt_revocations *revocations, uint64_t n, jeton_time expires)
{
    if (n > atomic_load(&revocations->all))
        atomic_store(&revocations->all, n);
    if (expires > revocations->all_expires)
        revocations->all_expires = expires;
}

static slot key_of(jt_revoked kind, const uint8_t *id)
{
    slot key = {.kind = kind};
    memcpy(key.id, id, JT_REVOKED_ID);
    return key;
}

static jeton_status no_room(jt_revocations *revocations, const jt_revocation *entry, jeton_err *err)
{
    raise_all(revocations, entry->n, entry->expires);
    return jt_fail(err, JETON_E_NOMEM, "no room for a revocation: all tokens are refused");
}

static jeton_status keep(jt_revocations *revocations, const jt_revocation *entry, jeton_err *err)
{
    const slot key = key_of(entry->kind, entry->id);
    slot *at = find(revocations, &key);
    if (at->n == 0) {
        if (!make_room(revocations))
            return no_room(revocations, entry, err);
        at = find(revocations, &key); /* the table may be another one */
        *at = key;
        at->expires = entry->expires;
        revocations->slots_used++;
        atomic_fetch_add(&revocations->used, 1);
        atomic_fetch_add(&revocations->of_kind[entry->kind], 1);
    }
    if (entry->n > at->n)
        at->n = entry->n;
    if (entry->expires > at->expires)
        at->expires = entry->expires;
    return JETON_OK;
}

static jeton_status keep_token(jt_revocations *revocations, const jt_revocation *entry,
                               jeton_err *err)
{
    jt_fingerprint print;
    if (!jt_fingerprint_of(entry->id, &print)) /* not a jti of ours */
        return keep(revocations, entry, err);
    const uint32_t second = jt_fingerprint_second(entry->expires);
    switch (jt_token_set_put(&revocations->tokens, &print, second)) {
    case JT_FINGERPRINT_FULL: return no_room(revocations, entry, err);
    case JT_FINGERPRINT_NEW:
        atomic_fetch_add(&revocations->used, 1);
        atomic_fetch_add(&revocations->of_kind[JT_REVOKED_TOKEN], 1);
        atomic_fetch_add(&revocations->prints, 1);
        break;
    case JT_FINGERPRINT_THERE: break;
    }
    if (entry->n > revocations->tokens_n)
        revocations->tokens_n = entry->n;
    return JETON_OK;
}

static jeton_status keep_index(jt_revocations *revocations, const jt_revocation *entry,
                               jeton_err *err)
{
    uint64_t list;
    uint64_t place;
    jt_revoked_pair_of(entry->id, &list, &place);
    if (list > JT_BITS_LIST_MOST || place >= JT_BITS_PLACES)
        return jt_fail(err, JETON_E_ARGUMENT, "no token can have that index");
    return jt_bitmaps_set(revocations->bitmaps, jt_index_of(list, place), entry->expires, err);
}

static jeton_status keep_list(jt_revocations *revocations, const jt_revocation *entry,
                              jeton_err *err)
{
    uint64_t list;
    uint64_t count;
    jt_revoked_pair_of(entry->id, &list, &count);
    return jt_bitmaps_announce(revocations->bitmaps, list, count, entry->expires, err);
}

static jeton_status take(jt_revocations *revocations, const jt_revocation *entry, jeton_err *err)
{
    switch (entry->kind) {
    case JT_REVOKED_SESSION:
    case JT_REVOKED_SUBJECT:
    case JT_REVOKED_CLIENT:
    case JT_REVOKED_KEY: return keep(revocations, entry, err);
    case JT_REVOKED_TOKEN: return keep_token(revocations, entry, err);
    case JT_REVOKED_INDEX: return keep_index(revocations, entry, err);
    case JT_REVOKED_LIST: return keep_list(revocations, entry, err);
    case JT_REVOKED_ALL: raise_all(revocations, entry->n, entry->expires); return JETON_OK;
    case JT_NOTICE_KEYS:
    case JT_NOTICE_CLIENTS:
    case JT_NOTICE_BANS:
    case JT_NOTICE_JUMP: return JETON_OK; /* the head alone moves */
    }
    raise_all(revocations, entry->n, entry->expires);
    return jt_fail(err, JETON_E_UNSUPPORTED,
                   "a revocation of an unknown kind: all tokens are refused");
}

static jeton_status take_alone(jt_revocations *revocations, const jt_revocation *entry,
                               jeton_err *err)
{
    lock_to_write(&revocations->lock);
    const jeton_status status = take(revocations, entry, err);
    (void)pthread_rwlock_unlock(&revocations->lock);
    return status;
}

/* Bits have a lock of their own, for which nobody waits who only asks: a bit is in no cache for the
 * most part, and who verifies would wait for the memory as well. */
static bool is_of_bits(jt_revoked kind)
{
    return kind == JT_REVOKED_INDEX || kind == JT_REVOKED_LIST;
}

static void raise_head(jt_revocations *revocations, uint64_t n)
{
    uint64_t head = atomic_load(&revocations->head);
    while (head < n && !atomic_compare_exchange_weak(&revocations->head, &head, n))
        continue;
}

jeton_status jt_revocations_apply(jt_revocations *revocations, const jt_revocation *entry,
                                  jeton_err *err)
{
    if (entry->n == 0)
        return jt_fail(err, JETON_E_ARGUMENT, "log entries are numbered from 1");
    const jeton_status status = is_of_bits(entry->kind) ? take(revocations, entry, err)
                                                        : take_alone(revocations, entry, err);
    raise_head(revocations, entry->n);
    return status;
}

/* --- asking --------------------------------------------------------------------------------- */

static bool refuses(const jt_revocations *revocations, jt_revoked kind, const uint8_t *id,
                    uint64_t rev)
{
    jt_fingerprint print;
    if (kind == JT_REVOKED_TOKEN && jt_fingerprint_of(id, &print))
        return jt_token_set_has(&revocations->tokens, &print);
    const slot key = key_of(kind, id);
    const slot *at = find(revocations, &key);
    return jt_revoked_refuses(kind, at->n, rev);
}

typedef struct showing {
    const jt_revocations *revocations;
    jt_revocation_visitor *visit;
    void *user;
} showing;

/* What refuses it is that it is there, so any number will do: the highest is that of an entry which
 * came with it or later. */
static void show_token(void *user, const jt_fingerprint *print, uint32_t second)
{
    const showing *of = user;
    jt_revocation entry = {.n = of->revocations->tokens_n,
                           .kind = JT_REVOKED_TOKEN,
                           .expires = jt_fingerprint_time(second)};
    jt_fingerprint_id(print, entry.id);
    of->visit(of->user, &entry);
}

void jt_revocations_each(const jt_revocations *revocations, jt_revocation_visitor *visit,
                         void *user)
{
    pthread_rwlock_t *lock = (pthread_rwlock_t *)(uintptr_t)&revocations->lock;
    while (pthread_rwlock_rdlock(lock) == EAGAIN) /* too many readers */
        (void)sched_yield();
    const uint64_t all = atomic_load(&revocations->all);
    if (all != 0)
        visit(user, &(jt_revocation){
                        .n = all, .kind = JT_REVOKED_ALL, .expires = revocations->all_expires});
    for (size_t i = 0; i < revocations->slot_count; i++) {
        const slot *at = &revocations->slots[i];
        if (at->n == 0)
            continue;
        jt_revocation entry = {.n = at->n, .kind = at->kind, .expires = at->expires};
        memcpy(entry.id, at->id, JT_REVOKED_ID);
        visit(user, &entry);
    }
    showing of = {revocations, visit, user};
    jt_token_set_each(&revocations->tokens, show_token, &of);
    (void)pthread_rwlock_unlock(lock);
}

bool jt_revocations_has(const jt_revocations *revocations, jt_revoked kind)
{
    return atomic_load(&revocations->of_kind[kind]) != 0;
}

jeton_status jt_revocations_check(const jt_revocations *revocations, jt_revoked kind,
                                  const uint8_t *id, uint64_t rev)
{
    if (!jt_revocations_has(revocations, kind))
        return JETON_OK;
    pthread_rwlock_t *lock = (pthread_rwlock_t *)(uintptr_t)&revocations->lock;
    if (!lock_to_read(lock))
        return JETON_E_REVOKED; /* too many readers: what cannot be looked up is refused */
    const bool revoked = refuses(revocations, kind, id, rev);
    (void)pthread_rwlock_unlock(lock);
    return revoked ? JETON_E_REVOKED : JETON_OK;
}

static uint64_t all_of(const void *revocations)
{
    return atomic_load(&((const jt_revocations *)revocations)->all);
}

static bool has(const void *revocations, jt_revoked kind)
{
    return jt_revocations_has(revocations, kind);
}

static jeton_status check(const void *revocations, jt_revoked kind, const uint8_t *id, uint64_t rev)
{
    return jt_revocations_check(revocations, kind, id, rev);
}

static const jt_bits *bits(const void *revocations)
{
    return jt_bitmaps_bits(((const jt_revocations *)revocations)->bitmaps);
}

jt_revoked_state jt_revocations_state(const jt_revocations *revocations)
{
    return (jt_revoked_state){
        .of = revocations, .all = all_of, .has = has, .check = check, .bits = bits};
}

jt_bitmaps *jt_revocations_bitmaps(const jt_revocations *revocations)
{
    return revocations->bitmaps;
}

uint64_t jt_revocations_head(const jt_revocations *revocations)
{
    return atomic_load(&revocations->head);
}

size_t jt_revocations_count(const jt_revocations *revocations)
{
    return atomic_load(&revocations->used) + (atomic_load(&revocations->all) != 0 ? 1 : 0);
}

size_t jt_revocations_prints(const jt_revocations *revocations)
{
    return atomic_load(&revocations->prints);
}

/* --- sweeping ------------------------------------------------------------------------------- */

/* Drops what has expired in a part of the table. False when the end is reached. */
static bool sweep_part(jt_revocations *revocations, size_t *at, jeton_time now)
{
    size_t left = SWEEP_SLOTS;
    while (*at < revocations->slot_count && left-- > 0) {
        const slot *found = &revocations->slots[*at];
        if (found->n != 0 && found->expires <= now)
            drop(revocations, *at); /* and look again: another may have moved here */
        else
            (*at)++;
    }
    return *at < revocations->slot_count;
}

/* A table that is one eighth full is halved until it is not. */
static void shrink(jt_revocations *revocations)
{
    size_t slot_count = revocations->slot_count;
    while (slot_count > SLOTS_LEAST && revocations->slots_used < slot_count / 8)
        slot_count /= 2;
    if (slot_count < revocations->slot_count)
        (void)resize(revocations, slot_count); /* no memory: it stays as large as it is */
}

static void sweep_all(jt_revocations *revocations, jeton_time now)
{
    if (atomic_load(&revocations->all) == 0 || revocations->all_expires > now)
        return;
    atomic_store(&revocations->all, 0);
    revocations->all_expires = 0;
}

static void sweep_tokens(jt_revocations *revocations, jeton_time now)
{
    for (size_t i = 0; i < JT_TOKEN_SET_TABLES; i++) {
        (void)pthread_rwlock_wrlock(&revocations->lock);
        const size_t gone = jt_token_set_sweep(&revocations->tokens, i, now);
        atomic_fetch_sub(&revocations->used, gone);
        atomic_fetch_sub(&revocations->of_kind[JT_REVOKED_TOKEN], gone);
        atomic_fetch_sub(&revocations->prints, gone);
        (void)pthread_rwlock_unlock(&revocations->lock);
    }
}

void jt_revocations_sweep(jt_revocations *revocations, jeton_time now)
{
    if (jt_revocations_has(revocations, JT_REVOKED_TOKEN))
        sweep_tokens(revocations, now);
    jt_bitmaps_sweep(revocations->bitmaps, now);
    /* Part by part, so that checks wait for one part at most. Entries that come or move meanwhile
     * may be passed over: they are dropped next time. */
    size_t at = 0;
    for (bool more = true; more;) {
        (void)pthread_rwlock_wrlock(&revocations->lock);
        more = sweep_part(revocations, &at, now);
        if (!more) {
            sweep_all(revocations, now);
            shrink(revocations);
        }
        (void)pthread_rwlock_unlock(&revocations->lock);
    }
}
