/* SPDX-License-Identifier: Apache-2.0 */
/* segment/map.c - what is demanded of a file before anything in it counts. */
#include "segment/map.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "core/secret.h"
#include "crypto/sha2.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- what both sides must agree on ---------------------------------------------------------- */

bool jt_boot_id(char to[JT_SEGMENT_BOOT])
{
    char text[JT_SEGMENT_BOOT] = "";
    memset(to, 0, JT_SEGMENT_BOOT);
    const int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const ssize_t got = read(fd, text, sizeof text - 1);
    (void)close(fd);
    memcpy(to, text, strcspn(text, "\n"));
    return got > 0 && to[0] != '\0';
}

void jt_segment_digest(const jt_segment_head *head, jeton_span keys, uint8_t digest[32])
{
    jt_segment_head plain = *head;
    jt_sha2 sha2;
    memset(plain.digest, 0, sizeof plain.digest);
    jt_sha2_init(&sha2, JT_SHA256);
    jt_sha2_update(&sha2, jeton_bytes(&plain, sizeof plain));
    jt_sha2_update(&sha2, keys);
    jt_sha2_final(&sha2, digest);
}

/* ---- checking ------------------------------------------------------------------------------- */

static jeton_status damaged(jeton_err *err)
{
    return jt_fail(err, JETON_E_SYNTAX, "the segment is damaged");
}

/* The one part of that kind, within the file and behind the head. */
static const jt_segment_part *part_of(const jt_segment_head *head, jt_segment_kind kind)
{
    const jt_segment_part *found = NULL;
    for (size_t i = 0; i < JT_SEGMENT_PARTS; i++) {
        const jt_segment_part *part = &head->parts[i];
        if (part->kind != (uint64_t)kind)
            continue;
        if (found != NULL || part->at < JT_SEGMENT_HEAD || part->at > head->size ||
            part->len > head->size - part->at)
            return NULL;
        found = part;
    }
    return found;
}

static bool is_table(const jt_segment_part *part)
{
    const uint64_t count = part->len / sizeof(jt_table_slot);
    return part->at % sizeof(jt_table_slot) == 0 && part->len % sizeof(jt_table_slot) == 0 &&
           count >= JT_TABLE_SLOTS_LEAST && count <= JT_TABLE_SLOTS_MOST &&
           (count & (count - 1)) == 0;
}

static bool is_tokens(const jt_segment_part *part)
{
    return part->at % sizeof(jt_fingerprint_slot) == 0 &&
           part->len % sizeof(jt_fingerprint_slot) == 0;
}

static bool is_lists(const jt_segment_part *part)
{
    const uint64_t count = part->len / sizeof(jt_bits_list);
    return part->at % sizeof(jt_word) == 0 && part->len % sizeof(jt_bits_list) == 0 &&
           count >= JT_BITS_ROW && count <= JT_BITS_SLOTS && (count & (count - 1)) == 0;
}

static bool is_bits(const jt_segment_part *part)
{
    return part->at % JT_BITS_CHUNK == 0 && part->len % JT_BITS_CHUNK == 0;
}

static jeton_status check_head(const jt_segment_head *head, size_t size, jeton_err *err)
{
    if (memcmp(head->magic, JT_SEGMENT_MAGIC, sizeof head->magic) != 0)
        return jt_fail(err, JETON_E_SYNTAX, "not a segment of jeton");
    if (head->version != JT_SEGMENT_VERSION)
        return jt_fail(err, JETON_E_UNSUPPORTED, "a segment of another version of jeton");
    if (head->size != size || memchr(head->boot, 0, sizeof head->boot) == NULL)
        return damaged(err);
    return JETON_OK;
}

/* Copied before it is looked at: it must not change in between. The keys are read only when they
 * have the digest, so that half a file is no set of keys either. */
static jeton_status read_keys(const jt_map *map, const uint8_t *base, const jt_segment_part *part,
                              jt_secret *copy, jeton_err *err)
{
    uint8_t digest[32];
    if (part->len > jt_limits(map->ctx)->json)
        return jt_fail(err, JETON_E_SYNTAX, "the keys of the segment are too long");
    JT_TRY(jt_secret_copy(map->ctx, jeton_bytes(base + part->at, part->len), copy, err));
    jt_segment_digest(&map->head, jt_secret_span(copy), digest);
    return memcmp(digest, map->head.digest, sizeof digest) == 0 ? JETON_OK : damaged(err);
}

/* No chunk: no list may have one. */
void jt_segment_bits(uint8_t *base, const jt_segment_part *lists, const jt_segment_part *bits,
                     jt_bits *to)
{
    jt_bits_list *first = (jt_bits_list *)(void *)(base + lists->at);
    const uint64_t count = lists->len / sizeof *first; /* a power of two, a row at least */
    for (size_t i = 0; i < JT_BITS_ROWS; i++)
        atomic_init(&to->rows[i], first + i * JT_BITS_ROW % count);
    to->mask = count - 1;
    to->base = (uintptr_t)base;
    to->least = bits->len > 0 ? bits->at : 1;
    to->most = bits->len > 0 ? bits->at + bits->len - JT_BITS_CHUNK : 0;
}

static jeton_status take_parts(jt_map *map, uint8_t *base, jeton_err *err)
{
    const jt_segment_part *table = part_of(&map->head, JT_SEGMENT_TABLE);
    const jt_segment_part *tokens = part_of(&map->head, JT_SEGMENT_TOKENS);
    const jt_segment_part *lists = part_of(&map->head, JT_SEGMENT_LISTS);
    const jt_segment_part *bits = part_of(&map->head, JT_SEGMENT_BITS);
    if (table == NULL || !is_table(table) || tokens == NULL || !is_tokens(tokens) ||
        lists == NULL || !is_lists(lists) || bits == NULL || !is_bits(bits))
        return damaged(err);
    map->table = (jt_table){.slots = (jt_table_slot *)(void *)(base + table->at),
                            .count = table->len / sizeof(jt_table_slot),
                            .seed = {map->head.seed[0], map->head.seed[1]}};
    map->tokens = (jt_fingerprints){.slots = (jt_fingerprint_slot *)(void *)(base + tokens->at),
                                    .count = tokens->len / sizeof(jt_fingerprint_slot),
                                    .seed = {map->head.seed[0], map->head.seed[1]}};
    jt_segment_bits(base, lists, bits, &map->bits);
    return JETON_OK;
}

static jeton_status take(jt_map *map, uint8_t *base, const char *boot, jeton_keyset **keys,
                         jeton_err *err)
{
    JT_AUTO(jt_secret_done) jt_secret copy = {0};
    if (map->size < JT_SEGMENT_HEAD)
        return jt_fail(err, JETON_E_SYNTAX, "not a segment of jeton");
    memcpy(&map->head, base, sizeof map->head);
    JT_TRY(check_head(&map->head, map->size, err));
    const jt_segment_part *jwks = part_of(&map->head, JT_SEGMENT_KEYS);
    if (jwks == NULL)
        return damaged(err);
    JT_TRY(take_parts(map, base, err));
    JT_TRY(read_keys(map, base, jwks, &copy, err));
    jt_sha2_once(JT_SHA256, jt_secret_span(&copy), map->keys_digest);
    map->live = (const jt_segment_live *)(const void *)(base + JT_SEGMENT_LIVE_AT);
    map->of_this_boot = boot[0] != '\0' && strcmp(boot, map->head.boot) == 0;
    return keys != NULL ? jeton_keyset_parse_public(map->ctx, jt_secret_span(&copy), keys, err)
                        : JETON_OK;
}

/* ---- opening -------------------------------------------------------------------------------- */

static jeton_status new_map(const jeton_ctx *ctx, jt_map **map, jeton_err *err)
{
    *map = jt_zalloc(ctx, sizeof **map);
    if (*map == NULL)
        return jt_fail(err, JETON_E_NOMEM, "segment");
    atomic_init(&(*map)->refs, 1);
    (*map)->ctx = ctx;
    return JETON_OK;
}

jeton_status jt_map_over(const jeton_ctx *ctx, void *memory, size_t size, const char *boot,
                         jt_map **map, jeton_keyset **keys, jeton_err *err)
{
    *map = NULL;
    if (keys != NULL)
        *keys = NULL;
    jt_map *made;
    JT_TRY(new_map(ctx, &made, err));
    made->size = size;
    const jeton_status status = take(made, memory, boot, keys, err);
    if (status == JETON_OK)
        *map = made;
    else
        jt_map_unref(made);
    return status;
}

static jeton_status system_failed(const char *what, jeton_err *err)
{
    char reason[64];
    if (errno == ENOENT)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no such segment");
    return jt_fail(err, JETON_E_SYSTEM, "cannot %s the segment: %s", what,
                   strerror_r(errno, reason, sizeof reason));
}

/* Whoever may write it could give us keys. */
static jeton_status check_file(const struct stat *found, jeton_err *err)
{
    if (!S_ISREG(found->st_mode))
        return jt_fail(err, JETON_E_SYSTEM, "the segment is not a file");
    if ((found->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return jt_fail(err, JETON_E_SYSTEM, "others than its owner may write the segment");
    return JETON_OK;
}

static jeton_status map_file(jt_map *map, int fd, jeton_err *err)
{
    struct stat found;
    if (fstat(fd, &found) != 0)
        return system_failed("look at", err);
    JT_TRY(check_file(&found, err));
    map->device = found.st_dev;
    map->inode = found.st_ino;
    map->size = (size_t)found.st_size;
    if (map->size < JT_SEGMENT_HEAD) /* an empty file cannot be mapped */
        return jt_fail(err, JETON_E_SYNTAX, "not a segment of jeton");
    void *base = mmap(NULL, map->size, PROT_READ, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        return system_failed("map", err);
    map->base = base;
    return JETON_OK;
}

static jeton_status open_into(jt_map *map, const char *path, const char *boot, jeton_keyset **keys,
                              jeton_err *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return system_failed("open", err);
    const jeton_status mapped = map_file(map, fd, err);
    (void)close(fd); /* the mapping stays */
    JT_TRY(mapped);
    return take(map, map->base, boot, keys, err);
}

jeton_status jt_map_open(const jeton_ctx *ctx, const char *path, const char *boot, jt_map **map,
                         jeton_keyset **keys, jeton_err *err)
{
    *map = NULL;
    if (keys != NULL)
        *keys = NULL;
    jt_map *made;
    JT_TRY(new_map(ctx, &made, err));
    const jeton_status status = open_into(made, path, boot, keys, err);
    if (status == JETON_OK)
        *map = made;
    else
        jt_map_unref(made);
    return status;
}

void jt_map_unref(jt_map *map)
{
    if (map == NULL || atomic_fetch_sub_explicit(&map->refs, 1, memory_order_acq_rel) > 1)
        return;
    if (map->base != NULL)
        (void)munmap(map->base, map->size);
    jt_release(map->ctx, map);
}

/* ---- asking --------------------------------------------------------------------------------- */

#define AHEAD_MOST ((int64_t)1000) /* a clock further behind than that is another clock */

int64_t jt_map_age_ms(const jt_map *map)
{
    const uint64_t fresh = jt_peek(&map->live->fresh);
    if (!map->of_this_boot || fresh == 0)
        return INT64_MAX;
    const int64_t age = (int64_t)(jt_boot_now() - fresh) / 1000000;
    if (age < -AHEAD_MOST)
        return INT64_MAX;
    return age > 0 ? age : 0;
}

static uint64_t all_of(const void *map)
{
    return jt_peek(&((const jt_map *)map)->live->all);
}

static bool has(const void *map, jt_revoked kind)
{
    return jt_peek(&((const jt_map *)map)->live->of_kind[kind]) != 0;
}

static jeton_status check(const void *map, jt_revoked kind, const uint8_t *id, uint64_t rev)
{
    jt_fingerprint print;
    if (kind == JT_REVOKED_TOKEN && jt_fingerprint_of(id, &print) &&
        jt_fingerprints_has(&((const jt_map *)map)->tokens, &print))
        return JETON_E_REVOKED;
    const uint64_t n = jt_table_find(&((const jt_map *)map)->table, kind, id);
    return n == UINT64_MAX || jt_revoked_refuses(kind, n, rev) ? JETON_E_REVOKED : JETON_OK;
}

static const jt_bits *bits(const void *map)
{
    return &((const jt_map *)map)->bits;
}

jt_revoked_state jt_map_state(const jt_map *map)
{
    return (jt_revoked_state){.of = map, .all = all_of, .has = has, .check = check, .bits = bits};
}
