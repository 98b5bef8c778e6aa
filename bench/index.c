/* SPDX-License-Identifier: Apache-2.0 */
/* bench/index.c - lists of token bits with a bit set in each of their chunks. */
#include "index.h"

#include "race.h"
#include "revoke/bitmaps.h"

#define LISTS 96U /* of 1048576 places */

typedef struct bench {
    jt_bitmaps *bitmaps;
    uint64_t random, at;
} bench;

static bool init(bench *b)
{
    *b = (bench){.random = 88172645463325252U};
    if (jt_bitmaps_new(NULL, &b->bitmaps, NULL) != JETON_OK)
        return false;
    for (uint64_t list = 1; list <= LISTS; list++) {
        if (jt_bitmaps_announce(b->bitmaps, list, JT_BITS_PLACES, INT64_MAX, NULL) != JETON_OK)
            return false;
        for (uint64_t i = 0; i < JT_BITS_CHUNKS; i++) {
            const uint64_t index = jt_index_of(list, i * JT_BITS_CHUNK_BITS);
            if (jt_bitmaps_set(b->bitmaps, index, INT64_MAX, NULL) != JETON_OK)
                return false;
        }
    }
    return true;
}

/* Whether the answer is right: those whose places divide by a chunk's bits are revoked. */
static bool look_up(const bench *b, uint64_t index)
{
    const jeton_status want =
        jt_index_place(index) % JT_BITS_CHUNK_BITS == 0 ? JETON_E_REVOKED : JETON_OK;
    return jt_bits_check(jt_bitmaps_bits(b->bitmaps), index) == want;
}

static bool look_up_warm(void *self)
{
    bench *b = self;
    b->at = (b->at + 7) % 1024;
    return look_up(b, jt_index_of(5, b->at));
}

static bool look_up_any(void *self)
{
    bench *b = self;
    b->random ^= b->random << 13; /* xorshift */
    b->random ^= b->random >> 7;
    b->random ^= b->random << 17;
    const uint64_t list = 1 + (b->random >> 32) % LISTS;
    return look_up(b, jt_index_of(list, b->random % JT_BITS_PLACES));
}

bench_index_times bench_index(void)
{
    bench b;
    bench_index_times times = {0};
    bench_runner runners[] = {{.run = look_up_warm, .self = &b}, {.run = look_up_any, .self = &b}};
    if (init(&b) && bench_race(runners, 2))
        times =
            (bench_index_times){runners[0].ns, runners[1].ns, jt_bitmaps_count(b.bitmaps).bytes};
    jt_bitmaps_free(&b.bitmaps);
    return times;
}
