/* SPDX-License-Identifier: Apache-2.0 */
/* token/hazard.c - the records of readers: a list that only grows. */
#include "token/hazard.h"

#include "core/mem.h"

static bool take(jt_reader *reader)
{
    bool free_one = false;
    return !atomic_load_explicit(&reader->taken, memory_order_relaxed) &&
           atomic_compare_exchange_strong(&reader->taken, &free_one, true);
}

jt_reader *jt_readers_join(jt_readers *readers, const jeton_ctx *ctx, jeton_cache *of)
{
    for (jt_reader *old = atomic_load(readers); old != NULL; old = old->next)
        if (take(old))
            return old;
    jt_reader *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return NULL;
    made->of = of;
    atomic_init(&made->taken, true);
    made->next = atomic_load(readers);
    while (!atomic_compare_exchange_weak(readers, &made->next, made))
        ;
    return made;
}

void jt_reader_leave(jt_reader *reader)
{
    jt_reader_let_go(reader);
    atomic_store_explicit(&reader->taken, false, memory_order_release);
}

bool jt_readers_hold(const jt_readers *readers, const void *what)
{
    for (jt_reader *reader = atomic_load(readers); reader != NULL; reader = reader->next)
        if (atomic_load(&reader->held) == what)
            return true;
    return false;
}

uint64_t jt_readers_count(const jt_readers *readers, jt_reader_count count)
{
    uint64_t sum = 0;
    for (jt_reader *reader = atomic_load(readers); reader != NULL; reader = reader->next)
        sum += atomic_load_explicit(&reader->counts[count], memory_order_relaxed);
    return sum;
}

void jt_readers_done(jt_readers *readers, const jeton_ctx *ctx)
{
    for (jt_reader *reader = atomic_load(readers); reader != NULL;) {
        jt_reader *next = reader->next;
        jt_release(ctx, reader);
        reader = next;
    }
    atomic_store(readers, NULL);
}
