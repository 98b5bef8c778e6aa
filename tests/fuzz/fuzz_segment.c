/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz_segment.c - any bytes as a segment, as they are and with a digest that fits them:
 * it is refused, or every look into it ends, reads nothing outside of it and changes nothing.
 *
 * The file is the head's bytes, then parts where the head says. What is missing of the smallest
 * file is filled up with zeros, so that short inputs reach further than the head. */
#include "fuzz.h"
#include "segment/map.h"

#include <string.h>

#define MOST ((size_t)1 << 20)

static uint64_t seen; /* so that nothing is left out */

static void look(const jt_map *map)
{
    static const jt_revoked kinds[] = {JT_REVOKED_SESSION, JT_REVOKED_SUBJECT, JT_REVOKED_CLIENT,
                                       JT_REVOKED_KEY, JT_REVOKED_TOKEN};
    uint8_t id[JT_REVOKED_ID];
    const jt_revoked_state state = jt_map_state(map);
    seen += state.all(state.of);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        memset(id, (int)i, sizeof id);
        const jeton_status status = state.check(state.of, kinds[i], id, UINT64_MAX);
        FUZZ_HOLDS(status == JETON_OK || status == JETON_E_REVOKED);
        seen += state.has(state.of, kinds[i]);
    }
    /* what is in a slot where a search comes by is found, or an earlier one of that name */
    for (uint64_t i = 0; i < map->table.count && i < 64; i++)
        seen += jt_table_find(&map->table, JT_REVOKED_SESSION,
                              (const uint8_t *)(const void *)&map->table.slots[i]);
    for (uint64_t slot = 0; slot <= map->bits.mask; slot++) {
        const jt_bits_list *row = map->bits.rows[slot / JT_BITS_ROW];
        const uint64_t number = jt_bits_peek(&row[slot % JT_BITS_ROW].number);
        for (uint64_t place = 0; place < JT_BITS_PLACES; place += JT_BITS_CHUNK_BITS - 1) {
            const jeton_status status = jt_bits_check(&map->bits, jt_index_of(number, place));
            FUZZ_HOLDS(status == JETON_OK || status == JETON_E_REVOKED);
        }
    }
    for (uint32_t i = 0; i < 8; i++)
        seen += jt_fingerprints_has(&map->tokens, &(jt_fingerprint){.low = i, .high = i});
    FUZZ_HOLDS(jt_map_age_ms(map) >= 0);
}

static void try(uint8_t *memory, size_t size)
{
    jt_map *map = NULL;
    jeton_keyset *keys = NULL;
    const jeton_status status = jt_map_over(NULL, memory, size, "boot", &map, &keys, NULL);
    FUZZ_HOLDS((map != NULL) == (status == JETON_OK) && (keys != NULL) == (status == JETON_OK));
    if (map == NULL)
        return;
    const uint8_t *begin = (const uint8_t *)map->table.slots;
    FUZZ_HOLDS(begin >= memory &&
               begin + map->table.count * sizeof(jt_table_slot) <= memory + size);
    for (size_t i = 0; i < jeton_keyset_count(keys); i++)
        FUZZ_HOLDS(!jeton_key_is_private(jeton_keyset_get(keys, i)));
    look(map);
    jeton_keyset_free(&keys);
    jt_map_unref(map);
}

/* As somebody would who can compute a digest, and who knows how large his file is. */
static void seal(uint8_t *memory, size_t size)
{
    jt_segment_head *head = (jt_segment_head *)(void *)memory;
    head->size = size;
    for (size_t i = 0; i < JT_SEGMENT_PARTS; i++) {
        const jt_segment_part *part = &head->parts[i];
        if (part->kind == JT_SEGMENT_KEYS && part->at <= size && part->len <= size - part->at) {
            jt_segment_digest(head, jeton_bytes(memory + part->at, part->len), head->digest);
            return;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const size_t least = JT_SEGMENT_HEAD + JT_SEGMENT_PAGE +
                         JT_TABLE_SLOTS_LEAST * sizeof(jt_table_slot) + 7 * JT_SEGMENT_PAGE;
    const size_t wanted = len > least ? len : least;
    const size_t size = (wanted + JT_SEGMENT_PAGE - 1) / JT_SEGMENT_PAGE * JT_SEGMENT_PAGE;
    if (len > MOST)
        return 0;
    uint8_t *memory = aligned_alloc(JT_SEGMENT_PAGE, size);
    uint8_t *before = malloc(size);
    FUZZ_HOLDS(memory != NULL && before != NULL);
    memset(memory, 0, size);
    if (len > 0)
        memcpy(memory, bytes, len);
    memcpy(before, memory, size);
    try(memory, size);
    FUZZ_HOLDS(memcmp(before, memory, size) == 0);
    seal(memory, size);
    memcpy(before, memory, size);
    try(memory, size);
    FUZZ_HOLDS(memcmp(before, memory, size) == 0);
    free(before);
    free(memory);
    return 0;
}
