/* SPDX-License-Identifier: Apache-2.0 */
/* agent/segment_file.c - making, placing and filling the file. */
#include "agent/segment_file.h"

#include "core/auto.h"
#include "core/ctx.h"
#include "core/err.h"
#include "crypto/sha2.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEAT_EVERY 65536U /* entries copied between two beats of the old file */

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

/* ---- entries -------------------------------------------------------------------------------- */

void jd_segment_beat(const jd_segment_file *file)
{
    if (file->live != NULL)
        jd_segment_set(&file->live->fresh, jt_boot_now());
}

static void add_one(jt_word *word)
{
    jd_segment_set(word, jd_segment_peek(word) + 1);
}

static void raise_to(jt_word *word, uint64_t n)
{
    if (n > jd_segment_peek(word))
        jd_segment_set(word, n);
}

static bool has_id(jt_revoked kind)
{
    return kind >= JT_REVOKED_SESSION && kind <= JT_REVOKED_TOKEN && kind != JT_REVOKED_ALL;
}

/* The counts come behind the entry: who sees them finds it. One slot stays free, so that searches
 * end. A kind that is not known here is a mark for everything, as it is for jt_revocations. */
bool jd_segment_put(const jd_segment_file *file, const jt_revocation *entry)
{
    jt_segment_live *live = file->live;
    if (!has_id(entry->kind) || entry->n > JT_TABLE_N_MOST) {
        raise_to(&live->all, entry->n);
        return true;
    }
    if (jd_segment_peek(&live->used) + 1 >= file->table.count &&
        jt_table_find(&file->table, entry->kind, entry->id) == 0)
        return false;
    const jt_put put = jt_table_put(&file->table, entry);
    if (put == JT_PUT_NEW) {
        add_one(&live->of_kind[entry->kind]);
        add_one(&live->used);
    }
    return put != JT_PUT_FULL;
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
    const jd_segment_file *file, *old;
    size_t count;
    bool full;
} filling;

static void fill_one(void *user, const jt_revocation *entry)
{
    filling *of = user;
    if (!jd_segment_put(of->file, entry))
        of->full = true;
    /* The old one is complete, for we are the only one who writes; unless it is from before us. */
    if (++of->count % BEAT_EVERY == 0 && of->old->table.slots != NULL)
        jd_segment_beat(of->old);
}

static jeton_status write_head(const jd_segment_plan *plan, jd_segment_file *file, size_t table_at,
                               jeton_err *err)
{
    jt_segment_head *head = (jt_segment_head *)(void *)file->base;
    *head = (jt_segment_head){
        .version = JT_SEGMENT_VERSION,
        .size = file->size,
        .generation = file->generation,
        .keys_generation = file->keys_generation,
        .created = jt_now(NULL),
        .writer = getpid(),
        .parts = {{JT_SEGMENT_KEYS, JT_SEGMENT_HEAD, plan->jwks.len},
                  {JT_SEGMENT_TABLE, table_at, file->table.count * sizeof(jt_table_slot)}},
    };
    memcpy(head->magic, JT_SEGMENT_MAGIC, sizeof head->magic);
    (void)snprintf(head->boot, sizeof head->boot, "%s", plan->boot);
    JT_TRY(jt_random(NULL, head->seed, sizeof head->seed, err));
    memcpy(file->table.seed, head->seed, sizeof head->seed);
    if (plan->jwks.len > 0)
        memcpy(file->base + JT_SEGMENT_HEAD, plan->jwks.ptr, plan->jwks.len);
    jt_segment_digest(head, plan->jwks, head->digest);
    return JETON_OK;
}

static jeton_status fill(const jd_segment_plan *plan, const jd_segment_file *old,
                         jd_segment_file *file, size_t table_at, jeton_err *err)
{
    file->live = (jt_segment_live *)(void *)(file->base + JT_SEGMENT_LIVE_AT);
    file->table.slots = (jt_table_slot *)(void *)(file->base + table_at);
    JT_TRY(write_head(plan, file, table_at, err));
    filling of = {.file = file, .old = old};
    jt_revocations_each(plan->revocations, fill_one, &of);
    if (of.full) /* more have come since they were counted than there is twice the room for */
        return jt_fail(err, JETON_E_BUSY, "the segment was overtaken");
    jd_segment_set(&file->live->head, jt_revocations_head(plan->revocations));
    jd_segment_set(&file->live->state, JT_SEGMENT_LIVE);
    jd_segment_beat(file);
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
    const size_t table_at = JT_SEGMENT_HEAD + up_to_page(plan->jwks.len);
    *file = (jd_segment_file){0};
    if (!name_new(plan->path, &path))
        return jt_fail(err, JETON_E_LIMIT, "the segment's path is too long");
    number(plan, old, file);
    file->table.count = jd_segment_slots_for(jt_revocations_count(plan->revocations));
    file->size = table_at + file->table.count * sizeof(jt_table_slot);
    jeton_status status = map_new(plan, path.chars, file, err);
    if (status == JETON_OK)
        status = fill(plan, old, file, table_at, err);
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
