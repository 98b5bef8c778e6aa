/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/slot.c - measures the slot, keeps it, and lets it grow. */
#include "accounts/slot.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "store/meta.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define META  "login-slot"
#define GRAIN 50    /* milliseconds: nobody needs to know more about this machine */
#define MOST  60000 /* a check is bounded by core/limits.h; this bounds a clock that jumps */

/* Django of 2025 makes 1,200,000 rounds, more than the others' defaults cost. A sixteenth of it. */
#define REFERENCE_TIMES 16
#define REFERENCE                                                                                  \
    "pbkdf2:sha256:75000$reference$"                                                               \
    "0000000000000000000000000000000000000000000000000000000000000000"

struct jd_slot {
    bool fixed; /* by the setting */
    _Atomic int64_t milliseconds;
    _Atomic int64_t kept;
};

static int64_t processor_us(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t jd_slot_clock(void)
{
    return processor_us() / 1000;
}

/* Twice as long, up to the next grain. */
static int64_t covering(int64_t milliseconds)
{
    const int64_t slot = (2 * milliseconds / GRAIN + 1) * GRAIN;
    return slot < MOST ? slot : MOST;
}

static int64_t time_of(const char *hash)
{
    const int64_t before = processor_us();
    const jeton_status status =
        jt_pwhash_verify(jeton_str(hash), jeton_str("a password to measure"), NULL);
    (void)(status == JETON_OK);
    return processor_us() - before;
}

static int64_t measure(const jd_accounts *accounts)
{
    const int64_t ours = time_of(accounts->decoy);
    const int64_t others = time_of(REFERENCE) * REFERENCE_TIMES;
    return covering((ours > others ? ours : others) / 1000);
}

/* What was measured is worth something as long as Argon2id costs the same. */
static bool read_memory(jeton_span text, const jt_pwhash_cost *cost, int64_t *milliseconds)
{
    char same[128];
    char copy[128];
    (void)snprintf(copy, sizeof copy, "%.*s", (int)text.len, (const char *)text.ptr);
    const int len =
        snprintf(same, sizeof same, "memory=%zu passes=%u ms=", cost->memory, cost->passes);
    if (strncmp(copy, same, (size_t)len) != 0)
        return false;
    char *end;
    *milliseconds = strtoll(copy + len, &end, 10);
    return *end == '\0' && *milliseconds > 0 && *milliseconds <= MOST;
}

static jeton_status remember(const jd_accounts *accounts, int64_t milliseconds, jeton_err *err)
{
    char text[128];
    (void)snprintf(text, sizeof text, "memory=%zu passes=%u ms=%" PRId64, accounts->cost.memory,
                   accounts->cost.passes, milliseconds);
    JT_TRY(jd_store_meta_set(accounts->store, META, jeton_str(text), err));
    atomic_store(&accounts->slot->kept, milliseconds);
    return JETON_OK;
}

static jeton_status settle(jd_accounts *accounts, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    jd_slot *slot = accounts->slot;
    jeton_span text;
    jeton_err why = {0};
    int64_t milliseconds;
    const jeton_status status = jd_store_meta_get(accounts->store, META, &arena, &text, &why);
    if (status != JETON_OK && status != JETON_E_NOT_FOUND)
        return jt_fail(err, status, "%s", why.text);
    if (status == JETON_OK && read_memory(text, &accounts->cost, &milliseconds)) {
        atomic_store(&slot->milliseconds, milliseconds);
        atomic_store(&slot->kept, milliseconds);
        return JETON_OK;
    }
    atomic_store(&slot->milliseconds, measure(accounts));
    return remember(accounts, atomic_load(&slot->milliseconds), err);
}

jeton_status jd_slot_open(jd_accounts *accounts, jeton_err *err)
{
    accounts->slot = jt_zalloc(NULL, sizeof *accounts->slot);
    if (accounts->slot == NULL)
        return jt_fail(err, JETON_E_NOMEM, "slot");
    accounts->slot->fixed = accounts->config->login_slot > 0;
    if (!accounts->slot->fixed)
        return settle(accounts, err);
    atomic_store(&accounts->slot->milliseconds, accounts->config->login_slot);
    return JETON_OK;
}

void jd_slot_close(jd_slot **slot)
{
    jt_release(NULL, *slot);
    *slot = NULL;
}

int64_t jd_slot_end(const jd_slot *slot, int64_t begun, int64_t now)
{
    if (slot == NULL)
        return now;
    const int64_t length = atomic_load(&slot->milliseconds);
    return begun + ((now - begun) / length + 1) * length;
}

void jd_slot_learn(jd_slot *slot, int64_t milliseconds)
{
    if (slot == NULL || slot->fixed)
        return;
    const int64_t needed = covering(milliseconds);
    int64_t length = atomic_load(&slot->milliseconds);
    while (2 * milliseconds > length)
        if (atomic_compare_exchange_weak(&slot->milliseconds, &length, needed))
            return;
}

void jd_slot_keep(jd_accounts *accounts)
{
    jeton_err err = {0};
    jd_slot *slot = accounts->slot;
    if (slot == NULL || slot->fixed)
        return;
    const int64_t length = atomic_load(&slot->milliseconds);
    if (length == atomic_load(&slot->kept))
        return;
    if (remember(accounts, length, &err) != JETON_OK)
        jd_log(JD_WARN, EV_STORE_FAILED, JD_TEXT("why", err.text), JD_TEXT("next", "retried"));
    else
        jd_log(JD_INFO, EV_SLOT_GREW, JD_INT("ms", length));
}
