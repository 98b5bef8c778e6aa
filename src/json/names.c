/* SPDX-License-Identifier: Apache-2.0 */
/* json/names.c - names told apart by their first bytes, and found by hash. */
#include "json/names.h"

#include <assert.h>
#include <endian.h>
#include <yyjson.h>

#define FEW_MEMBERS 16U /* up to here comparing each with each is faster than sorting */

static yyjson_val *inner(const jt_val *val)
{
    return (yyjson_val *)(uintptr_t)val; /* yyjson takes no const, and changes nothing */
}

static const jt_val *outer(yyjson_val *val)
{
    return (const jt_val *)val;
}

/* The first eight bytes of a name as a number, zeros for what a shorter one lacks: it tells most
 * names apart. `chars` may be read for eight bytes. */
static uint64_t head_of(const char *chars, size_t len)
{
    uint64_t head;
    memcpy(&head, chars, sizeof head);
    head = le64toh(head);
    return len >= sizeof head ? head : head & (((uint64_t)1 << 8 * len) - 1);
}

/* Of a name that was read. Behind it stand at least its quote, a colon, a value and a brace, and
 * behind the text JT_JSON_PADDING bytes: eight may be read. */
static uint64_t head_of_name(yyjson_val *name)
{
    return head_of(unsafe_yyjson_get_str(name), unsafe_yyjson_get_len(name));
}

/* All its bits are good, the upper ones best. */
static uint64_t hash_of(uint64_t head, size_t len)
{
    return (head ^ len) * 0x9e3779b97f4a7c15U;
}

/* The name behind a member. */
static yyjson_val *next_name(yyjson_val *name)
{
    return unsafe_yyjson_get_next(name + 1); /* a member's value stands behind its name */
}

/* ---- duplicate names ------------------------------------------------------------------------ */

/* Any total order in which equal names are neighbours. */
static int order(const jt_val *one, const jt_val *other)
{
    yyjson_val *a = inner(one);
    yyjson_val *b = inner(other);
    const size_t a_len = unsafe_yyjson_get_len(a);
    const size_t b_len = unsafe_yyjson_get_len(b);
    if (a_len != b_len)
        return a_len < b_len ? -1 : 1;
    return memcmp(unsafe_yyjson_get_str(a), unsafe_yyjson_get_str(b), a_len);
}

static bool repeats_among_few(const jt_val **names, size_t count)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (order(names[i], names[j]) == 0)
                return true;
    return false;
}

static void sift_down(const jt_val **names, size_t root, size_t count)
{
    for (size_t child = 2 * root + 1; child < count; child = 2 * root + 1) {
        if (child + 1 < count && order(names[child], names[child + 1]) < 0)
            child++;
        if (order(names[root], names[child]) >= 0)
            return;
        const jt_val *swap = names[root];
        names[root] = names[child];
        names[child] = swap;
        root = child;
    }
}

/* Heap sort: in place, and no input makes it slow (an object may have thousands of names, all
 * chosen by a stranger). */
static bool repeats_among_many(const jt_val **names, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift_down(names, i, count);
    for (size_t end = count; end-- > 1;) {
        const jt_val *largest = names[0];
        names[0] = names[end];
        names[end] = largest;
        sift_down(names, 0, end);
    }
    for (size_t i = 1; i < count; i++)
        if (order(names[i - 1], names[i]) == 0)
            return true;
    return false;
}

/* A quick answer: false when no two names can be equal. Each sets one bit of many, and finds it
 * set already where two are equal, or by a rare chance. */
static bool may_repeat(yyjson_val *object)
{
    uint64_t bits[8] = {0};
    uint64_t taken = 0;
    yyjson_val *name = unsafe_yyjson_get_first(object);
    for (size_t left = unsafe_yyjson_get_len(object); left > 0; left--) {
        const uint64_t hash = hash_of(head_of_name(name), unsafe_yyjson_get_len(name));
        const uint64_t bit = (uint64_t)1 << (hash >> 55 & 63);
        taken |= bits[hash >> 61] & bit;
        bits[hash >> 61] |= bit;
        name = next_name(name);
    }
    return taken != 0;
}

bool jt_names_repeat(const jt_val *object, const jt_val **room)
{
    if (!may_repeat(inner(object)))
        return false;
    const size_t count = unsafe_yyjson_get_len(inner(object));
    yyjson_val *name = unsafe_yyjson_get_first(inner(object));
    for (size_t i = 0; i < count; i++) {
        room[i] = outer(name);
        name = next_name(name);
    }
    return count <= FEW_MEMBERS ? repeats_among_few(room, count) : repeats_among_many(room, count);
}

/* ---- many members at once ------------------------------------------------------------------- */

/* A name that was read, or one to be looked for. */
typedef struct member_name {
    const char *chars;
    size_t len;
    uint64_t head;
} member_name;

/* The slot that holds the name, or the empty one where it would be. */
static size_t find_slot(const jt_names *names, const member_name *want)
{
    const size_t mask = sizeof names->slots - 1;
    for (size_t slot = hash_of(want->head, want->len) >> 58;; slot = (slot + 1) & mask) {
        if (names->slots[slot] == 0)
            return slot;
        const size_t i = names->slots[slot] - 1U;
        const size_t len = names->at[i].text.len;
        if (names->at[i].head == want->head && len == want->len &&
            (len <= sizeof want->head || memcmp(names->at[i].text.ptr, want->chars, len) == 0))
            return slot;
    }
}

size_t jt_names_add(jt_names *names, jeton_span text)
{
    char start[sizeof(uint64_t)] = {0};
    if (text.len > 0)
        memcpy(start, text.ptr, text.len < sizeof start ? text.len : sizeof start);
    const member_name want = {(const char *)text.ptr, text.len, head_of(start, text.len)};
    const size_t slot = find_slot(names, &want);
    if (names->slots[slot] == 0) {
        assert(names->count < JT_NAMES_MAX);
        names->at[names->count].text = text;
        names->at[names->count].head = want.head;
        names->slots[slot] = (uint8_t)++names->count;
    }
    return names->slots[slot] - 1U;
}

void jt_names_find(const jt_names *names, const jt_val *object, const jt_val **vals)
{
    for (size_t i = 0; i < names->count; i++)
        vals[i] = NULL;
    if (!yyjson_is_obj(inner(object)))
        return;
    yyjson_val *at = unsafe_yyjson_get_first(inner(object));
    for (size_t left = unsafe_yyjson_get_len(inner(object)); left > 0; left--) {
        const member_name has = {unsafe_yyjson_get_str(at), unsafe_yyjson_get_len(at),
                                 head_of_name(at)};
        const uint8_t place = names->slots[find_slot(names, &has)];
        if (place > 0)
            vals[place - 1] = outer(at + 1);
        at = next_name(at);
    }
}
