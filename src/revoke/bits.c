/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/bits.c - reading a bit beside a writer, and writing beside readers. */
#include "revoke/bits.h"

/* ---- reading -------------------------------------------------------------------------------- */

static jt_bits_list *slot_of(const jt_bits *bits, uint64_t number)
{
    jt_bits_list *row = atomic_load_explicit(&bits->rows[number / JT_BITS_ROW % JT_BITS_ROWS],
                                             memory_order_acquire);
    return row != NULL ? &row[number % JT_BITS_ROW] : NULL;
}

static const jt_word *chunk_at(const jt_bits *bits, uint64_t at)
{
    if (at < bits->least || at > bits->most || at % sizeof(jt_word) != 0)
        return NULL;
    return (const jt_word *)(bits->base + (uintptr_t)at);
}

/* Whether the place is announced and its bit is clear. */
static bool is_clear(const jt_bits *bits, const jt_bits_list *list, uint64_t place)
{
    if (place >= jt_bits_peek(&list->announced) || jt_bits_peek(&list->is_void) != 0)
        return false;
    const uint64_t at = jt_bits_peek(&list->chunks[place / JT_BITS_CHUNK_BITS]);
    if (at == 0)
        return true;
    const jt_word *chunk = chunk_at(bits, at);
    if (chunk == NULL) /* somebody has written what no list has */
        return false;
    const uint64_t word = jt_bits_peek(&chunk[place % JT_BITS_CHUNK_BITS / 64]);
    return (word >> place % 64 & 1) == 0;
}

jeton_status jt_bits_check(const jt_bits *bits, uint64_t index)
{
    const uint64_t number = jt_index_list(index);
    const jt_bits_list *list = slot_of(bits, number);
    if (number == 0 || list == NULL || jt_bits_peek(&list->number) != number)
        return JETON_E_REVOKED;
    if (!is_clear(bits, list, jt_index_place(index)))
        return JETON_E_REVOKED;
    /* What was read belongs to this list only if the slot is still its own: who gives it to another
     * takes its number away before he touches anything else. */
    return jt_bits_peek(&list->number) == number ? JETON_OK : JETON_E_REVOKED;
}

bool jt_bits_knows(const jt_bits *bits, uint64_t index)
{
    const uint64_t number = jt_index_list(index);
    const jt_bits_list *list = slot_of(bits, number);
    return number != 0 && list != NULL && jt_bits_peek(&list->number) == number &&
           jt_index_place(index) < jt_bits_peek(&list->announced);
}

/* ---- writing -------------------------------------------------------------------------------- */

jt_bits_list *jt_bits_find(const jt_bits *bits, uint64_t number)
{
    jt_bits_list *list = slot_of(bits, number);
    return number != 0 && list != NULL && jt_bits_peek(&list->number) == number ? list : NULL;
}

static jt_bits_list *free_slot(jt_bits *bits, const jt_bits_room *room, uint64_t number)
{
    jt_bits_list *list = slot_of(bits, number);
    if (list != NULL)
        return jt_bits_peek(&list->number) == 0 ? list : NULL;
    jt_bits_list *row = room->row(room->of);
    if (row == NULL)
        return NULL;
    atomic_store_explicit(&bits->rows[number / JT_BITS_ROW % JT_BITS_ROWS], row,
                          memory_order_release);
    return slot_of(bits, number);
}

jt_bits_list *jt_bits_open(jt_bits *bits, const jt_bits_room *room, uint64_t number,
                           jeton_time expires)
{
    if (number == 0 || number > JT_BITS_LIST_MOST)
        return NULL;
    jt_bits_list *list = jt_bits_find(bits, number);
    if (list == NULL) {
        list = free_slot(bits, room, number);
        if (list == NULL)
            return NULL;
        /* The one before has left nothing but this; its number comes last. */
        jt_bits_put(&list->announced, 0);
        jt_bits_put(&list->is_void, 0);
        jt_bits_put(&list->expires, (uint64_t)expires);
        for (size_t i = 0; i < JT_BITS_CHUNKS; i++)
            jt_bits_put(&list->chunks[i], 0);
        jt_bits_put(&list->changes, jt_bits_peek(&list->changes) + 1);
        jt_bits_put(&list->number, number);
    }
    if (expires > (jeton_time)jt_bits_peek(&list->expires))
        jt_bits_put(&list->expires, (uint64_t)expires);
    return list;
}

void jt_bits_announce(jt_bits_list *list, uint64_t count)
{
    if (count > JT_BITS_PLACES)
        count = JT_BITS_PLACES;
    if (count > jt_bits_peek(&list->announced))
        jt_bits_put(&list->announced, count);
}

jt_word *jt_bits_chunk(const jt_bits *bits, const jt_bits_room *room, jt_bits_list *list,
                       uint64_t place)
{
    jt_word *where = &list->chunks[place / JT_BITS_CHUNK_BITS];
    uint64_t at = jt_bits_peek(where);
    if (at == 0) {
        at = room->chunk(room->of);
        if (at == 0)
            return NULL;
        jt_bits_put(where, at);
    }
    return (jt_word *)(uintptr_t)chunk_at(bits, at);
}

jeton_status jt_bits_set(const jt_bits *bits, const jt_bits_room *room, jt_bits_list *list,
                         uint64_t place)
{
    jt_word *chunk = jt_bits_chunk(bits, room, list, place);
    if (chunk == NULL) {
        jt_bits_void(list);
        return JETON_E_NOMEM;
    }
    /* Sequentially consistent: in force before anybody is told. */
    (void)atomic_fetch_or(&chunk[place % JT_BITS_CHUNK_BITS / 64], (uint64_t)1 << place % 64);
    jt_bits_put(&list->changes, jt_bits_peek(&list->changes) + 1);
    return JETON_OK;
}

void jt_bits_merge(jt_bits_list *list, jt_word *chunk, const uint8_t *bytes)
{
    for (size_t i = 0; i < JT_BITS_CHUNK_WORDS; i++) {
        uint64_t word = 0;
        for (size_t byte = 0; byte < sizeof word; byte++)
            word |= (uint64_t)bytes[i * sizeof word + byte] << byte * 8;
        if (word != 0)
            (void)atomic_fetch_or(&chunk[i], word);
    }
    jt_bits_put(&list->changes, jt_bits_peek(&list->changes) + 1);
}

void jt_bits_void(jt_bits_list *list)
{
    atomic_store(&list->is_void, 1);
    jt_bits_put(&list->changes, jt_bits_peek(&list->changes) + 1);
}
