/* SPDX-License-Identifier: Apache-2.0 */
/* agent/segment_put.c - what goes into a segment's file once it is there: where an entry of the log
 * goes by its kind, and what happens when there is no room. */
#include "agent/segment_file.h"

static void add_one(jt_word *word)
{
    jd_segment_set(word, jd_segment_peek(word) + 1);
}

static void raise_to(jt_word *word, uint64_t n)
{
    if (n > jd_segment_peek(word))
        jd_segment_set(word, n);
}

/* Where an entry goes. The counts come behind it: who sees them finds it. */
typedef struct place {
    bool (*has_room)(jd_segment_file *file, const jt_revocation *entry);
    bool (*put)(jd_segment_file *file, const jt_revocation *entry);
} place;

static uint64_t in_table(const jd_segment_file *file)
{
    return jd_segment_peek(&file->live->used) - jd_segment_peek(&file->live->prints);
}

static bool table_has_room(jd_segment_file *file, const jt_revocation *entry)
{
    (void)entry;
    return in_table(file) < file->table.count / 2;
}

/* One slot stays free, so that searches end. */
static bool put_in_table(jd_segment_file *file, const jt_revocation *entry)
{
    jt_segment_live *live = file->live;
    if (entry->n > JT_TABLE_N_MOST) {
        raise_to(&live->all, entry->n);
        return true;
    }
    if (in_table(file) + 1 >= file->table.count &&
        jt_table_find(&file->table, entry->kind, entry->id) == 0)
        return false;
    const jt_put put = jt_table_put(&file->table, entry);
    if (put == JT_PUT_NEW) {
        add_one(&live->of_kind[entry->kind]);
        add_one(&live->used);
    }
    return put != JT_PUT_FULL;
}

static bool tokens_have_room(jd_segment_file *file, const jt_revocation *entry)
{
    jt_fingerprint print;
    if (!jt_fingerprint_of(entry->id, &print))
        return table_has_room(file, entry);
    return jd_segment_peek(&file->live->prints) < file->tokens.count / 5 * 4;
}

static bool put_token(jd_segment_file *file, const jt_revocation *entry)
{
    jt_fingerprint print;
    jt_segment_live *live = file->live;
    if (!jt_fingerprint_of(entry->id, &print))
        return put_in_table(file, entry);
    if (jd_segment_peek(&live->prints) + 1 >= file->tokens.count &&
        !jt_fingerprints_has(&file->tokens, &print))
        return false;
    const uint32_t second = jt_fingerprint_second(entry->expires);
    const jt_fingerprint_put put = jt_fingerprints_put(&file->tokens, &print, second);
    if (put == JT_FINGERPRINT_NEW) { /* `prints` first: what is in the table is the difference */
        add_one(&live->of_kind[JT_REVOKED_TOKEN]);
        add_one(&live->used);
        add_one(&live->prints);
    }
    return put != JT_FINGERPRINT_FULL;
}

/* A mark for everything, which a kind that is not known here is as well, as for jt_revocations. */
static bool all_has_room(jd_segment_file *file, const jt_revocation *entry)
{
    (void)file;
    (void)entry;
    return true;
}

static bool put_all(jd_segment_file *file, const jt_revocation *entry)
{
    raise_to(&file->live->all, entry->n);
    return true;
}

/* ---- token bits ----------------------------------------------------------------------------- */

static jt_bits_list *no_row(void *of)
{
    (void)of; /* all there are were made with the file */
    return NULL;
}

static uint64_t next_chunk(void *of)
{
    jd_segment_file *file = of;
    const uint64_t at = file->bits.least + jd_segment_peek(&file->live->chunks) * JT_BITS_CHUNK;
    if (at > file->bits.most)
        return 0;
    add_one(&file->live->chunks);
    return at;
}

static jt_bits_room room_of(jd_segment_file *file)
{
    return (jt_bits_room){.of = file, .row = no_row, .chunk = next_chunk};
}

static bool bits_have_room(jd_segment_file *file, const jt_revocation *entry)
{
    uint64_t list;
    uint64_t rest;
    jt_revoked_pair_of(entry->id, &list, &rest);
    const uint64_t slot = list & file->bits.mask;
    const jt_bits_list *row = atomic_load(&file->bits.rows[slot / JT_BITS_ROW]);
    const uint64_t number = jd_segment_peek(&row[slot % JT_BITS_ROW].number);
    const uint64_t next = file->bits.least + jd_segment_peek(&file->live->chunks) * JT_BITS_CHUNK;
    return (number == 0 || number == list) && next <= file->bits.most;
}

static jt_bits_list *open_list(jd_segment_file *file, uint64_t number, jeton_time expires)
{
    const jt_bits_room room = room_of(file);
    const bool is_new = jt_bits_find(&file->bits, number) == NULL;
    jt_bits_list *list = jt_bits_open(&file->bits, &room, number, expires);
    if (list == NULL)
        add_one(&file->live->lost);
    else if (is_new)
        add_one(&file->live->lists);
    return list;
}

static bool put_list(jd_segment_file *file, const jt_revocation *entry)
{
    uint64_t number;
    uint64_t count;
    jt_revoked_pair_of(entry->id, &number, &count);
    jt_bits_list *list = open_list(file, number, entry->expires);
    if (list != NULL)
        jt_bits_announce(list, count);
    return true;
}

static bool put_index(jd_segment_file *file, const jt_revocation *entry)
{
    uint64_t number;
    uint64_t at;
    jt_revoked_pair_of(entry->id, &number, &at);
    jt_bits_list *list = at < JT_BITS_PLACES ? open_list(file, number, entry->expires) : NULL;
    const jt_bits_room room = room_of(file);
    if (list != NULL && jt_bits_set(&file->bits, &room, list, at) != JETON_OK)
        add_one(&file->live->lost);
    return true;
}

jeton_status jd_segment_put_part(jd_segment_file *file, const jt_bitmap_part *part)
{
    const jt_bits_room room = room_of(file);
    jt_bits_list *list = open_list(file, part->list, part->expires);
    if (list == NULL)
        return JETON_E_BUSY;
    if (part->bits.len > 0) {
        jt_word *chunk = jt_bits_chunk(&file->bits, &room, list, part->place);
        if (chunk == NULL)
            return JETON_E_BUSY;
        jt_bits_merge(list, chunk, part->bits.ptr);
    }
    if (part->is_void)
        jt_bits_void(list);
    jt_bits_announce(list, part->announced);
    return JETON_OK;
}

/* ---- by kind -------------------------------------------------------------------------------- */

static const place places[] = {
    [JT_REVOKED_SESSION] = {table_has_room, put_in_table},
    [JT_REVOKED_SUBJECT] = {table_has_room, put_in_table},
    [JT_REVOKED_ALL] = {all_has_room, put_all},
    [JT_REVOKED_CLIENT] = {table_has_room, put_in_table},
    [JT_REVOKED_KEY] = {table_has_room, put_in_table},
    [JT_REVOKED_TOKEN] = {tokens_have_room, put_token},
    [JT_REVOKED_INDEX] = {bits_have_room, put_index},
    [JT_REVOKED_LIST] = {bits_have_room, put_list},
};

static const place *place_of(jt_revoked kind)
{
    const bool known = (size_t)kind < sizeof places / sizeof places[0] && places[kind].put != NULL;
    return &places[known ? kind : JT_REVOKED_ALL];
}

bool jd_segment_has_room(jd_segment_file *file, const jt_revocation *entry)
{
    return place_of(entry->kind)->has_room(file, entry);
}

bool jd_segment_put(jd_segment_file *file, const jt_revocation *entry)
{
    return place_of(entry->kind)->put(file, entry);
}

bool jd_segment_is_wasteful(const jd_segment_file *file, const jt_revocations *revocations)
{
    const size_t count = jt_revocations_count(revocations);
    const uint64_t in = count - jt_revocations_prints(revocations);
    const jt_bitmaps_counts bits = jt_bitmaps_count(jt_revocations_bitmaps(revocations));
    return jd_segment_peek(&file->live->used) > 2 * (uint64_t)count + JT_TABLE_SLOTS_LEAST / 4 ||
           file->table.count > 4 * jd_segment_slots_for(in) ||
           jd_segment_peek(&file->live->lists) > 2 * bits.lists + JT_BITS_ROW ||
           jd_segment_peek(&file->live->chunks) > 2 * bits.chunks + JT_BITS_CHUNKS;
}
