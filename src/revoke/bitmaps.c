/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/bitmaps.c - where the lists get their memory from, and what becomes of it. */
#include "revoke/bitmaps.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"

#include <pthread.h>
#include <string.h>

/* Memory for chunks is taken by the slab and never given back before the end: small enough for a
 * server that has hardly anything revoked, large enough that few are needed. */
#define SLAB_CHUNKS ((size_t)4)
#define SLAB        (SLAB_CHUNKS * JT_BITS_CHUNK)

typedef struct slab {
    struct slab *next;
} slab;

struct jt_bitmaps {
    const jeton_ctx *ctx;
    pthread_mutex_t lock; /* of those who write */
    jt_bits bits;
    jt_bits_room room;
    size_t limit;   /* bytes of chunks */
    size_t slabs;   /* bytes of them */
    slab *first;    /* of all slabs */
    uint64_t *idle; /* chunks without a list: addresses, the last one is taken first … */
    size_t idle_count, idle_room;
    size_t rows;
};

/* ---- memory --------------------------------------------------------------------------------- */

static jt_bits_list *new_row(void *of)
{
    jt_bitmaps *bitmaps = of;
    jt_bits_list *row = jt_zalloc(bitmaps->ctx, JT_BITS_ROW * sizeof *row);
    bitmaps->rows += row != NULL;
    return row;
}

/* Room to remember as idle every chunk there is, so that dropping a list never fails. */
static bool make_idle_room(jt_bitmaps *bitmaps)
{
    const size_t chunks = bitmaps->slabs / JT_BITS_CHUNK + SLAB_CHUNKS;
    if (chunks <= bitmaps->idle_room)
        return true;
    const size_t room = chunks * 2;
    uint64_t *idle = jt_resize(bitmaps->ctx, bitmaps->idle, room * sizeof *idle);
    if (idle == NULL)
        return false;
    bitmaps->idle = idle;
    bitmaps->idle_room = room;
    return true;
}

/* The first words of a slab tie it to the others; its chunks begin behind them. */
static bool add_slab(jt_bitmaps *bitmaps)
{
    if (bitmaps->slabs + SLAB > bitmaps->limit || !make_idle_room(bitmaps))
        return false;
    slab *made = jt_zalloc(bitmaps->ctx, sizeof *made + SLAB);
    if (made == NULL)
        return false;
    made->next = bitmaps->first;
    bitmaps->first = made;
    bitmaps->slabs += SLAB;
    for (size_t i = SLAB_CHUNKS; i-- > 0;)
        bitmaps->idle[bitmaps->idle_count++] = (uintptr_t)(made + 1) + i * JT_BITS_CHUNK;
    return true;
}

/* A chunk that another list had has its bits still: somebody may be reading them as that list's, so
 * they go one word after the other. */
static uint64_t new_chunk(void *of)
{
    jt_bitmaps *bitmaps = of;
    if (bitmaps->idle_count == 0 && !add_slab(bitmaps))
        return 0;
    const uint64_t at = bitmaps->idle[--bitmaps->idle_count];
    jt_word *words = (jt_word *)(uintptr_t)at;
    for (size_t i = 0; i < JT_BITS_CHUNK_WORDS; i++)
        if (atomic_load_explicit(&words[i], memory_order_relaxed) != 0)
            jt_bits_put(&words[i], 0);
    return at;
}

/* ---- new and free --------------------------------------------------------------------------- */

jeton_status jt_bitmaps_new(const jeton_ctx *ctx, jt_bitmaps **bitmaps, jeton_err *err)
{
    *bitmaps = NULL;
    jt_bitmaps *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "lists of token bits");
    made->ctx = ctx;
    (void)pthread_mutex_init(&made->lock, NULL); /* cannot fail without attributes */
    made->bits.mask = JT_BITS_SLOTS - 1;
    made->bits.most = UINT64_MAX;
    made->room = (jt_bits_room){.of = made, .row = new_row, .chunk = new_chunk};
    made->limit = JT_BITMAPS_BYTES;
    *bitmaps = made;
    return JETON_OK;
}

void jt_bitmaps_free(jt_bitmaps **bitmaps)
{
    if (bitmaps == NULL || *bitmaps == NULL)
        return;
    jt_bitmaps *of = *bitmaps;
    *bitmaps = NULL;
    for (slab *at = of->first; at != NULL;) {
        slab *next = at->next;
        jt_release(of->ctx, at);
        at = next;
    }
    for (size_t i = 0; i < JT_BITS_ROWS; i++)
        jt_release(of->ctx, atomic_load(&of->bits.rows[i]));
    jt_release(of->ctx, of->idle);
    (void)pthread_mutex_destroy(&of->lock);
    jt_release(of->ctx, of);
}

const jt_bits *jt_bitmaps_bits(const jt_bitmaps *bitmaps)
{
    return &bitmaps->bits;
}

/* What changes in them for those who only look is the lock. */
static jt_bitmaps *lock(const jt_bitmaps *bitmaps)
{
    jt_bitmaps *of = (jt_bitmaps *)(uintptr_t)bitmaps;
    (void)pthread_mutex_lock(&of->lock);
    return of;
}

static void unlock(jt_bitmaps *of)
{
    (void)pthread_mutex_unlock(&of->lock);
}

void jt_bitmaps_limit(jt_bitmaps *bitmaps, size_t bytes)
{
    jt_bitmaps *of = lock(bitmaps);
    of->limit = bytes;
    unlock(of);
}

/* ---- taking in ------------------------------------------------------------------------------ */

static jeton_status not_open(const jt_bitmaps *of, uint64_t list, jeton_err *err)
{
    const uint64_t slot = list & (JT_BITS_SLOTS - 1);
    const bool no_row = atomic_load(&of->bits.rows[slot / JT_BITS_ROW]) == NULL;
    if (list == 0 || list > JT_BITS_LIST_MOST || !no_row)
        return jt_fail(err, JETON_E_ARGUMENT, "no list can have that number: it is not known");
    return jt_fail(err, JETON_E_NOMEM, "no memory for a list of token bits: it is not known");
}

jeton_status jt_bitmaps_announce(jt_bitmaps *bitmaps, uint64_t list, uint64_t count,
                                 jeton_time expires, jeton_err *err)
{
    jt_bitmaps *of = lock(bitmaps);
    jt_bits_list *open = jt_bits_open(&of->bits, &of->room, list, expires);
    if (open != NULL)
        jt_bits_announce(open, count);
    const jeton_status status = open != NULL ? JETON_OK : not_open(of, list, err);
    unlock(of);
    return status;
}

static jeton_status no_room(jeton_err *err)
{
    return jt_fail(err, JETON_E_NOMEM, "no room for a token's bit: its whole list is refused");
}

jeton_status jt_bitmaps_set(jt_bitmaps *bitmaps, uint64_t index, jeton_time expires, jeton_err *err)
{
    jeton_status status;
    const uint64_t list = jt_index_list(index);
    jt_bitmaps *of = lock(bitmaps);
    jt_bits_list *open = jt_bits_open(&of->bits, &of->room, list, expires);
    if (open == NULL)
        status = not_open(of, list, err);
    else if (jt_bits_set(&of->bits, &of->room, open, jt_index_place(index)) != JETON_OK)
        status = no_room(err);
    else
        status = JETON_OK;
    unlock(of);
    return status;
}

/* ---- dropping ------------------------------------------------------------------------------- */

typedef bool list_visitor(jt_bitmaps *of, jt_bits_list *list, void *user);

/* Every list that is here, until one says that it was enough. */
static bool walk(jt_bitmaps *of, list_visitor *visit, void *user)
{
    for (size_t i = 0; i < JT_BITS_SLOTS; i++) {
        jt_bits_list *row =
            atomic_load_explicit(&of->bits.rows[i / JT_BITS_ROW], memory_order_relaxed);
        if (row != NULL && jt_bits_peek(&row[i % JT_BITS_ROW].number) != 0 &&
            !visit(of, &row[i % JT_BITS_ROW], user))
            return false;
    }
    return true;
}

static bool drop_expired(jt_bitmaps *of, jt_bits_list *list, void *user)
{
    const jeton_time now = *(const jeton_time *)user;
    if ((jeton_time)jt_bits_peek(&list->expires) > now)
        return true;
    jt_bits_put(&list->number, 0); /* first: see jt_bits_check() */
    for (size_t i = 0; i < JT_BITS_CHUNKS; i++) {
        const uint64_t at = jt_bits_peek(&list->chunks[i]);
        if (at != 0)
            of->idle[of->idle_count++] = at;
        jt_bits_put(&list->chunks[i], 0);
    }
    return true;
}

void jt_bitmaps_sweep(jt_bitmaps *bitmaps, jeton_time now)
{
    jt_bitmaps *of = lock(bitmaps);
    (void)walk(of, drop_expired, &now);
    unlock(of);
}

/* ---- showing -------------------------------------------------------------------------------- */

/* Byte for byte, so that it reads the same on every machine. */
static void copy_chunk(const jt_word *words, uint8_t *to)
{
    for (size_t i = 0; i < JT_BITS_CHUNK_WORDS; i++) {
        const uint64_t word = jt_bits_peek(&words[i]);
        for (size_t byte = 0; byte < sizeof word; byte++)
            to[i * sizeof word + byte] = (uint8_t)(word >> byte * 8);
    }
}

static const jt_word *chunk_of(const jt_bits_list *list, size_t i)
{
    return (const jt_word *)(uintptr_t)jt_bits_peek(&list->chunks[i]);
}

typedef struct showing {
    jt_bitmaps_visitor *visit;
    void *user;
    jeton_status status;
} showing;

static bool show(jt_bitmaps *of, jt_bits_list *list, void *user)
{
    (void)of;
    showing *to = user;
    uint8_t bytes[JT_BITS_CHUNK];
    jt_bitmap_part part = {.list = jt_bits_peek(&list->number),
                           .expires = (jeton_time)jt_bits_peek(&list->expires),
                           .is_void = jt_bits_peek(&list->is_void) != 0};
    for (size_t i = 0; i < JT_BITS_CHUNKS && to->status == JETON_OK; i++) {
        const jt_word *words = chunk_of(list, i);
        if (words == NULL)
            continue;
        copy_chunk(words, bytes);
        part.place = i * JT_BITS_CHUNK_BITS;
        part.bits = jeton_bytes(bytes, sizeof bytes);
        to->status = to->visit(to->user, &part);
    }
    part.announced = jt_bits_peek(&list->announced);
    part.place = 0;
    part.bits = jeton_bytes(NULL, 0);
    if (to->status == JETON_OK)
        to->status = to->visit(to->user, &part);
    return to->status == JETON_OK;
}

jeton_status jt_bitmaps_each(const jt_bitmaps *bitmaps, jt_bitmaps_visitor *visit, void *user)
{
    showing to = {.visit = visit, .user = user};
    jt_bitmaps *of = lock(bitmaps);
    (void)walk(of, show, &to);
    unlock(of);
    return to.status;
}

static jeton_status merge_bits(jt_bitmaps *of, jt_bits_list *list, const jt_bitmap_part *part,
                               jeton_err *err)
{
    jt_word *chunk = jt_bits_chunk(&of->bits, &of->room, list, part->place);
    if (chunk == NULL) {
        jt_bits_void(list);
        return no_room(err);
    }
    jt_bits_merge(list, chunk, part->bits.ptr);
    return JETON_OK;
}

static jeton_status merge(jt_bitmaps *of, const jt_bitmap_part *part, jeton_err *err)
{
    jt_bits_list *list = jt_bits_open(&of->bits, &of->room, part->list, part->expires);
    if (list == NULL)
        return not_open(of, part->list, err);
    jeton_status status = JETON_OK;
    if (part->bits.len > 0) /* before it is announced */
        status = merge_bits(of, list, part, err);
    if (part->is_void)
        jt_bits_void(list);
    jt_bits_announce(list, part->announced);
    return status;
}

jeton_status jt_bitmaps_merge(jt_bitmaps *bitmaps, const jt_bitmap_part *part, jeton_err *err)
{
    if ((part->bits.len != 0 && part->bits.len != JT_BITS_CHUNK) ||
        part->place % JT_BITS_CHUNK_BITS != 0 || part->place >= JT_BITS_PLACES)
        return jt_fail(err, JETON_E_ARGUMENT, "not a part of a list");
    jt_bitmaps *of = lock(bitmaps);
    const jeton_status status = merge(of, part, err);
    unlock(of);
    return status;
}

static void copy_list(const jt_bits_list *list, uint8_t *to)
{
    const bool is_void = jt_bits_peek(&list->is_void) != 0;
    memset(to, is_void ? 0xff : 0, JT_BITS_PLACES / 8);
    for (size_t i = 0; i < JT_BITS_CHUNKS && !is_void; i++)
        if (chunk_of(list, i) != NULL)
            copy_chunk(chunk_of(list, i), to + i * JT_BITS_CHUNK);
}

bool jt_bitmaps_copy(const jt_bitmaps *bitmaps, uint64_t list, uint8_t *to, jt_bitmap_info *info)
{
    jt_bitmaps *of = lock(bitmaps);
    const jt_bits_list *found = jt_bits_find(&of->bits, list);
    if (info != NULL)
        *info = (jt_bitmap_info){0};
    if (found != NULL && info != NULL)
        *info = (jt_bitmap_info){.list = list,
                                 .announced = jt_bits_peek(&found->announced),
                                 .expires = (jeton_time)jt_bits_peek(&found->expires),
                                 .changes = jt_bits_peek(&found->changes),
                                 .is_void = jt_bits_peek(&found->is_void) != 0};
    if (found != NULL && to != NULL)
        copy_list(found, to);
    unlock(of);
    return found != NULL;
}

typedef struct numbering {
    uint64_t *numbers;
    size_t count, most;
} numbering;

static bool add_number(jt_bitmaps *of, jt_bits_list *list, void *user)
{
    (void)of;
    numbering *to = user;
    const uint64_t number = jt_bits_peek(&list->number);
    size_t at = to->count;
    if (at == to->most)
        return false;
    for (; at > 0 && to->numbers[at - 1] > number; at--) /* they come almost in their order */
        to->numbers[at] = to->numbers[at - 1];
    to->numbers[at] = number;
    to->count++;
    return true;
}

size_t jt_bitmaps_list(const jt_bitmaps *bitmaps, uint64_t *numbers, size_t most)
{
    numbering to = {.numbers = numbers, .most = most};
    jt_bitmaps *of = lock(bitmaps);
    (void)walk(of, add_number, &to);
    unlock(of);
    return to.count;
}

static bool add_up(jt_bitmaps *of, jt_bits_list *list, void *user)
{
    (void)of;
    jt_bitmaps_counts *counts = user;
    counts->lists++;
    counts->announced += jt_bits_peek(&list->announced);
    counts->voids += jt_bits_peek(&list->is_void) != 0;
    for (size_t i = 0; i < JT_BITS_CHUNKS; i++)
        counts->chunks += jt_bits_peek(&list->chunks[i]) != 0;
    return true;
}

jt_bitmaps_counts jt_bitmaps_count(const jt_bitmaps *bitmaps)
{
    jt_bitmaps_counts counts = {0};
    jt_bitmaps *of = lock(bitmaps);
    (void)walk(of, add_up, &counts);
    counts.bytes = sizeof *of + of->rows * JT_BITS_ROW * sizeof(jt_bits_list) +
                   of->slabs / SLAB * (SLAB + sizeof(slab)) + of->idle_room * sizeof *of->idle;
    counts.used = of->slabs;
    counts.limit = of->limit;
    unlock(of);
    return counts;
}
