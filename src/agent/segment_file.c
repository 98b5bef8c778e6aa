/* SPDX-License-Identifier: Apache-2.0 */
/* agent/segment_file.c - making, placing and filling the file. */
#include "agent/segment_file.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/mem.h"
#include "crypto/sha2.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEAT_EVERY   65536U        /* entries copied between two beats of the old file */
#define TOKENS_LEAST ((size_t)256) /* slots */
#define CHUNKS_SPARE 4U

static jeton_status fail(jeton_err *err, const char *what, const char *path)
{
    char reason[64];
    return jt_fail(err, JETON_E_SYSTEM, "cannot %s the segment %.70s: %s", what, path,
                   strerror_r(errno, reason, sizeof reason));
}

static bool name_new(const char *path, jd_path *name)
{
    const int len = snprintf(name->chars, JD_PATH_MAX, "%s.new", path);
    return len >= 0 && (size_t)len < JD_PATH_MAX;
}

void jd_segment_beat(const jd_segment_file *file, const jd_lease *lease)
{
    if (file->live != NULL)
        jd_segment_set(&file->live->fresh,
                       lease == NULL ? jt_boot_now()
                                     : atomic_load_explicit(&lease->since, memory_order_acquire));
}

/* ---- making --------------------------------------------------------------------------------- */

uint64_t jd_segment_slots_for(size_t entries)
{
    uint64_t slots = JT_TABLE_SLOTS_LEAST;
    while (slots / 4 < entries && slots < JT_TABLE_SLOTS_MOST)
        slots *= 2;
    return slots;
}

static size_t up_to_page(size_t size)
{
    return (size + JT_SEGMENT_PAGE - 1) / JT_SEGMENT_PAGE * JT_SEGMENT_PAGE;
}

/* All of it is taken from the disk at once: a page that cannot be had later would kill us. */
static jeton_status map_new(const jd_segment_plan *plan, const char *path, jd_segment_file *file,
                            jeton_err *err)
{
    (void)unlink(path); /* left behind by a crash, or a link put there by somebody else */
    const int fd =
        open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return fail(err, "make", plan->path);
    errno = posix_fallocate(fd, 0, (off_t)file->size);
    void *base = MAP_FAILED;
    if (errno == 0)
        base = mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    jeton_status status = JETON_OK;
    if (base == MAP_FAILED)
        status = fail(err, "make room for", plan->path);
    else
        file->base = base;
    if (status == JETON_OK && plan->has_group &&
        (fchown(fd, (uid_t)-1, plan->group) != 0 || fchmod(fd, S_IRUSR | S_IWUSR | S_IRGRP) != 0))
        status = fail(err, "give its group", plan->path);
    (void)close(fd);
    return status;
}

typedef struct filling {
    jd_segment_file *file;
    const jd_segment_file *old;
    const jd_lease *lease;
    size_t count;
    bool full;
} filling;

/* The old one is complete, for we are the only one who writes; unless it is from before us. */
static void beat_old(filling *of)
{
    if (++of->count % BEAT_EVERY == 0 && of->old->table.slots != NULL)
        jd_segment_beat(of->old, of->lease);
}

static void fill_one(void *user, const jt_revocation *entry)
{
    filling *of = user;
    if (!jd_segment_put(of->file, entry))
        of->full = true;
    beat_old(of);
}

static jeton_status fill_part(void *user, const jt_bitmap_part *part)
{
    filling *of = user;
    beat_old(of);
    return jd_segment_put_part(of->file, part);
}

/* What has expired since it was swept comes along as well. */
static jeton_status fill_all(const jd_segment_plan *plan, filling *of, jeton_err *err)
{
    jt_revocations_each(plan->revocations, fill_one, of);
    const jt_bitmaps *bitmaps = jt_revocations_bitmaps(plan->revocations);
    if (jt_bitmaps_each(bitmaps, fill_part, of) == JETON_OK && !of->full)
        return JETON_OK;
    /* more have come since they were counted than there is room for */
    return jt_fail(err, JETON_E_BUSY, "the segment was overtaken");
}

/* Where the parts are, and how large they are together. */
typedef struct layout {
    jt_segment_part keys, table, tokens, lists, bits;
    size_t size;
} layout;

static jeton_status write_head(const jd_segment_plan *plan, const layout *parts,
                               jd_segment_file *file, jeton_err *err)
{
    jt_segment_head *head = (jt_segment_head *)(void *)file->base;
    *head = (jt_segment_head){
        .version = JT_SEGMENT_VERSION,
        .size = file->size,
        .generation = file->generation,
        .keys_generation = file->keys_generation,
        .created = jt_now(NULL),
        .writer = getpid(),
        .parts = {parts->keys, parts->table, parts->tokens, parts->lists, parts->bits},
    };
    memcpy(head->magic, JT_SEGMENT_MAGIC, sizeof head->magic);
    (void)snprintf(head->boot, sizeof head->boot, "%s", plan->boot);
    JT_TRY(jt_random(NULL, head->seed, sizeof head->seed, err));
    memcpy(file->table.seed, head->seed, sizeof head->seed);
    memcpy(file->tokens.seed, head->seed, sizeof head->seed);
    if (plan->jwks.len > 0)
        memcpy(file->base + JT_SEGMENT_HEAD, plan->jwks.ptr, plan->jwks.len);
    jt_segment_digest(head, plan->jwks, head->digest);
    return JETON_OK;
}

static jeton_status fill(const jd_segment_plan *plan, const jd_segment_file *old,
                         const layout *parts, jd_segment_file *file, jeton_err *err)
{
    file->live = (jt_segment_live *)(void *)(file->base + JT_SEGMENT_LIVE_AT);
    file->table.slots = (jt_table_slot *)(void *)(file->base + parts->table.at);
    file->table.count = parts->table.len / sizeof(jt_table_slot);
    file->tokens.slots = (jt_fingerprint_slot *)(void *)(file->base + parts->tokens.at);
    file->tokens.count = parts->tokens.len / sizeof(jt_fingerprint_slot);
    jt_segment_bits(file->base, &parts->lists, &parts->bits, &file->bits);
    JT_TRY(write_head(plan, parts, file, err));
    filling of = {.file = file, .old = old, .lease = plan->lease};
    JT_TRY(fill_all(plan, &of, err));
    jd_segment_set(&file->live->head, jt_revocations_head(plan->revocations));
    jd_segment_set(&file->live->state, JT_SEGMENT_LIVE);
    if (plan->lease != NULL)
        jd_segment_set(&file->live->lease, plan->lease->ms);
    jd_segment_beat(file, plan->lease);
    return JETON_OK;
}

static jt_segment_part part_at(jt_segment_kind kind, size_t len, size_t *size)
{
    const jt_segment_part part = {.kind = kind, .at = *size, .len = len};
    *size += up_to_page(len);
    return part;
}

/* The fewest slots, a power of two, in which no two lists meet and half are free. */
static uint64_t slots_of_lists(const uint64_t *numbers, size_t count)
{
    uint64_t slots = JT_BITS_ROW;
    while (slots < JT_BITS_SLOTS && slots < 2 * (uint64_t)count)
        slots *= 2;
    for (bool meet = true; meet && slots < JT_BITS_SLOTS; slots *= meet ? 2 : 1) {
        uint64_t taken[JT_BITS_SLOTS / 64] = {0};
        meet = false;
        for (size_t i = 0; i < count; i++) {
            const uint64_t slot = numbers[i] & (slots - 1);
            meet = meet || (taken[slot / 64] >> slot % 64 & 1) != 0;
            taken[slot / 64] |= (uint64_t)1 << slot % 64;
        }
    }
    return slots;
}

static jeton_status plan_lists(const jt_bitmaps *bitmaps, uint64_t *slots, jeton_err *err)
{
    uint64_t *numbers = jt_alloc(NULL, JT_BITS_SLOTS * sizeof *numbers);
    if (numbers == NULL)
        return jt_fail(err, JETON_E_NOMEM, "segment");
    *slots = slots_of_lists(numbers, jt_bitmaps_list(bitmaps, numbers, JT_BITS_SLOTS));
    jt_release(NULL, numbers);
    return JETON_OK;
}

/* Room for more than there is: of bits for an eighth, for they are most of it where there are many.
 */
static jeton_status plan_parts(const jd_segment_plan *plan, layout *parts, jeton_err *err)
{
    uint64_t lists = 0;
    const size_t prints = jt_revocations_prints(plan->revocations);
    const size_t others = jt_revocations_count(plan->revocations) - prints;
    const jt_bitmaps *bitmaps = jt_revocations_bitmaps(plan->revocations);
    const uint64_t chunks = jt_bitmaps_count(bitmaps).chunks;
    JT_TRY(plan_lists(bitmaps, &lists, err));
    size_t at = JT_SEGMENT_HEAD;
    parts->keys = part_at(JT_SEGMENT_KEYS, plan->jwks.len, &at);
    parts->table =
        part_at(JT_SEGMENT_TABLE, jd_segment_slots_for(others) * sizeof(jt_table_slot), &at);
    parts->tokens = part_at(
        JT_SEGMENT_TOKENS, (prints + prints / 2 + TOKENS_LEAST) * sizeof(jt_fingerprint_slot), &at);
    parts->lists = part_at(JT_SEGMENT_LISTS, lists * sizeof(jt_bits_list), &at);
    parts->bits =
        part_at(JT_SEGMENT_BITS, (chunks + chunks / 8 + CHUNKS_SPARE) * JT_BITS_CHUNK, &at);
    parts->size = at;
    return JETON_OK;
}

static void number(const jd_segment_plan *plan, const jd_segment_file *old, jd_segment_file *file)
{
    jt_sha2_once(JT_SHA256, plan->jwks, file->keys_digest);
    const bool same = memcmp(file->keys_digest, old->keys_digest, sizeof file->keys_digest) == 0;
    file->generation = old->generation + 1;
    file->keys_generation = old->keys_generation + (same ? 0 : 1);
}

jeton_status jd_segment_make(const jd_segment_plan *plan, const jd_segment_file *old,
                             jd_segment_file *file, jeton_err *err)
{
    jd_path path;
    layout parts;
    *file = (jd_segment_file){0};
    if (!name_new(plan->path, &path))
        return jt_fail(err, JETON_E_LIMIT, "the segment's path is too long");
    number(plan, old, file);
    JT_TRY(plan_parts(plan, &parts, err));
    file->size = parts.size;
    jeton_status status = map_new(plan, path.chars, file, err);
    if (status == JETON_OK)
        status = fill(plan, old, &parts, file, err);
    if (status == JETON_OK)
        return JETON_OK;
    (void)unlink(path.chars);
    jd_segment_done(file);
    return status;
}

jeton_status jd_segment_place(const jd_segment_plan *plan, jd_segment_file *old,
                              jd_segment_file *file, jeton_err *err)
{
    jd_path path;
    if (!name_new(plan->path, &path) || rename(path.chars, plan->path) != 0) {
        const jeton_status status = fail(err, "replace", plan->path);
        (void)unlink(path.chars);
        jd_segment_done(file);
        return status;
    }
    /* Nobody has been told of a revocation since the new file was filled, so in between readers of
     * the old one miss nothing. */
    if (old->live != NULL)
        jd_segment_set(&old->live->state, JT_SEGMENT_MOVED);
    jd_segment_done(old);
    *old = *file;
    *file = (jd_segment_file){0};
    return JETON_OK;
}

void jd_segment_done(jd_segment_file *file)
{
    if (file->base != NULL)
        (void)munmap(file->base, file->size);
    *file = (jd_segment_file){0};
}

/* ---- the one before ------------------------------------------------------------------------- */

static void adopt(void *base, size_t size, jd_segment_file *file)
{
    const jt_segment_head *head = base;
    if (head->version != JT_SEGMENT_VERSION || head->size != size) {
        (void)munmap(base, size);
        return;
    }
    *file =
        (jd_segment_file){.base = base,
                          .size = size,
                          .live = (jt_segment_live *)(void *)((uint8_t *)base + JT_SEGMENT_LIVE_AT),
                          .generation = head->generation,
                          .keys_generation = head->keys_generation};
    const jt_segment_part *keys = &head->parts[0];
    if (keys->kind == JT_SEGMENT_KEYS && keys->at <= size && keys->len <= size - keys->at)
        jt_sha2_once(JT_SHA256, jeton_bytes((uint8_t *)base + keys->at, keys->len),
                     file->keys_digest);
}

/* Mapping what others may cut short would let them kill us, and a folder in which they can put
 * files is none for a segment. */
static bool is_ours(const struct stat *found)
{
    return found->st_uid == geteuid() && (found->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static jeton_status find_in(int fd, const char *path, jd_segment_file *file, jeton_err *err)
{
    struct stat found;
    char magic[sizeof JT_SEGMENT_MAGIC - 1];
    if (fstat(fd, &found) != 0)
        return fail(err, "look at", path);
    if (!is_ours(&found))
        return jt_fail(err, JETON_E_SYSTEM, "%.90s is there and is not ours alone", path);
    if (!S_ISREG(found.st_mode) || pread(fd, magic, sizeof magic, 0) != sizeof magic ||
        memcmp(magic, JT_SEGMENT_MAGIC, sizeof magic) != 0)
        return jt_fail(err, JETON_E_SYSTEM, "%.90s is there and is no segment", path);
    if (found.st_size < (off_t)JT_SEGMENT_HEAD)
        return JETON_OK;
    void *base = mmap(NULL, (size_t)found.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base != MAP_FAILED)
        adopt(base, (size_t)found.st_size, file);
    return JETON_OK;
}

jeton_status jd_segment_find(const char *path, jd_segment_file *file, jeton_err *err)
{
    *file = (jd_segment_file){0};
    const int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return JETON_OK;
    if (fd < 0)
        return fail(err, "open", path);
    const jeton_status status = find_in(fd, path, file, err);
    (void)close(fd);
    return status;
}

bool jd_segment_is_good(const jd_segment_plan *plan, const jd_segment_file *old)
{
    uint8_t digest[32];
    if (old->live == NULL || plan->lease == NULL || plan->lease->ms == 0)
        return false;
    const jt_segment_head *head = (const jt_segment_head *)(const void *)old->base;
    const uint64_t state = jd_segment_peek(&old->live->state);
    const uint64_t fresh = jd_segment_peek(&old->live->fresh);
    jt_sha2_once(JT_SHA256, plan->jwks, digest);
    return strncmp(head->boot, plan->boot, sizeof head->boot) == 0 &&
           (state == JT_SEGMENT_LIVE || state == JT_SEGMENT_STOPPED) &&
           jd_segment_peek(&old->live->lease) == plan->lease->ms &&
           jt_boot_now() - fresh < plan->lease->ms * 1000000U &&
           memcmp(digest, old->keys_digest, sizeof digest) == 0;
}
