/* SPDX-License-Identifier: Apache-2.0 */
/* agent/snapshot.c - a head, a row for each entry and each part of a bitmap, a MAC over all of it.
 * Numbers are in the byte order of the machine, which the file does not leave; the MAC would be
 * wrong elsewhere. */
#include "agent/snapshot.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"
#include "core/secret.h"
#include "crypto/hmac.h"
#include "revoke/bitmaps.h"
#include "sys/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC     "jetonsnp"
#define VERSION   1U
#define MAC_BYTES 32U
#define ROOM      65536U

/* What the cluster key is asked for, so that no key made from it serves two purposes. */
#define PURPOSE "jeton snapshot 1"

typedef struct snapshot_head {
    char magic[8];
    uint64_t version;
    jd_snapshot_end end;
    uint64_t count; /* of rows */
} snapshot_head;

/* Each row begins with what it is. */
enum { ROW_ENTRY = 1, ROW_PART = 2 };

typedef struct entry_row {
    uint64_t row; /* ROW_ENTRY */
    uint64_t n, kind;
    int64_t expires;
    uint8_t id[JT_REVOKED_ID];
} entry_row;

/* Of a bitmap; behind it stand its bits. */
typedef struct part_row {
    uint64_t row; /* ROW_PART */
    uint64_t list, announced, is_void, place, bits;
    int64_t expires;
} part_row;

_Static_assert(sizeof(snapshot_head) == 48 && sizeof(entry_row) == 48 && sizeof(part_row) == 56,
               "no room in between");

static void make_key(jeton_span cluster, jt_hmac_key *key)
{
    jt_hmac_derive(key, cluster, PURPOSE);
}

static jeton_status fail(jeton_err *err, const char *what, const char *path)
{
    char reason[64];
    return jt_fail(err, JETON_E_SYSTEM, "cannot %s the snapshot %.70s: %s", what, path,
                   strerror_r(errno, reason, sizeof reason));
}

/* ---- writing -------------------------------------------------------------------------------- */

typedef struct writing {
    int fd;
    jt_sha2 running;
    bool failed;
    uint64_t count;
    size_t used;
    uint8_t room[ROOM];
} writing;

static void flush(writing *of)
{
    size_t at = 0;
    while (at < of->used && !of->failed) {
        const ssize_t wrote = write(of->fd, of->room + at, of->used - at);
        if (wrote < 0 && errno != EINTR)
            of->failed = true;
        at += wrote > 0 ? (size_t)wrote : 0;
    }
    of->used = 0;
}

/* Nothing that is put is longer than the room. */
static void put(writing *of, const void *bytes, size_t len)
{
    if (of->used + len > sizeof of->room)
        flush(of);
    memcpy(of->room + of->used, bytes, len);
    of->used += len;
}

static void put_signed(writing *of, const void *bytes, size_t len)
{
    jt_sha2_update(&of->running, jeton_bytes(bytes, len));
    put(of, bytes, len);
}

static void put_entry(void *user, const jt_revocation *entry)
{
    writing *of = user;
    entry_row row = {
        .row = ROW_ENTRY, .n = entry->n, .kind = entry->kind, .expires = entry->expires};
    memcpy(row.id, entry->id, sizeof row.id);
    put_signed(of, &row, sizeof row);
    of->count++;
}

static jeton_status put_part(void *user, const jt_bitmap_part *part)
{
    writing *of = user;
    const part_row row = {.row = ROW_PART,
                          .list = part->list,
                          .announced = part->announced,
                          .is_void = part->is_void,
                          .place = part->place,
                          .bits = part->bits.len,
                          .expires = part->expires};
    put_signed(of, &row, sizeof row);
    if (part->bits.len > 0)
        put_signed(of, part->bits.ptr, part->bits.len);
    of->count++;
    return JETON_OK;
}

/* The number of rows is known at the end: it stands behind them, under the MAC like the rest. */
static bool write_all(writing *of, jeton_span cluster, const jd_snapshot_end *end,
                      const jt_revocations *revocations)
{
    uint8_t mac[MAC_BYTES];
    jt_hmac_key key;
    snapshot_head head = {.version = VERSION, .end = *end};
    memcpy(head.magic, MAGIC, sizeof head.magic);
    make_key(cluster, &key);
    jt_hmac_begin(&key, &of->running);
    put_signed(of, &head, sizeof head);
    jt_revocations_each(revocations, put_entry, of);
    if (jt_bitmaps_each(jt_revocations_bitmaps(revocations), put_part, of) != JETON_OK)
        of->failed = true;
    put_signed(of, &of->count, sizeof of->count);
    jt_hmac_sign_end(&key, &of->running, mac);
    jt_hmac_done(&key);
    put(of, mac, sizeof mac);
    flush(of);
    return !of->failed && fsync(of->fd) == 0;
}

static jeton_status write_file(const char *path, jeton_span cluster, const jd_snapshot_end *end,
                               const jt_revocations *revocations, jeton_err *err)
{
    writing *of = jt_zalloc(NULL, sizeof *of);
    if (of == NULL)
        return jt_fail(err, JETON_E_NOMEM, "snapshot");
    jeton_status status = JETON_OK;
    (void)unlink(path); /* left behind by a crash, or a link put there by somebody else */
    of->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (of->fd < 0)
        status = fail(err, "make", path);
    else if (!write_all(of, cluster, end, revocations))
        status = fail(err, "write", path);
    if (of->fd >= 0)
        (void)close(of->fd);
    jt_release(NULL, of);
    return status;
}

jeton_status jd_snapshot_save(const char *path, jeton_span cluster, const jd_snapshot_end *end,
                              const jt_revocations *revocations, jeton_err *err)
{
    char made[JD_PATH_MAX];
    const int len = snprintf(made, sizeof made, "%s.new", path);
    if (len < 0 || (size_t)len >= sizeof made)
        return jt_fail(err, JETON_E_LIMIT, "the path of the snapshot is too long");
    jeton_status status = write_file(made, cluster, end, revocations, err);
    if (status == JETON_OK)
        status = jd_file_replace(made, path, err);
    if (status != JETON_OK)
        (void)unlink(made);
    return status;
}

/* ---- reading -------------------------------------------------------------------------------- */

typedef struct mapped {
    const uint8_t *base;
    size_t size;
} mapped;

static void unmap(mapped *of)
{
    if (of->base != NULL)
        (void)munmap((void *)(uintptr_t)of->base, of->size);
}

/* A file that others may write could be cut short while we read it, which would kill us. */
static jeton_status map_in(int fd, const char *path, mapped *to, jeton_err *err)
{
    struct stat found;
    if (fstat(fd, &found) != 0)
        return fail(err, "look at", path);
    if (!S_ISREG(found.st_mode) || found.st_uid != geteuid() ||
        (found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return jt_fail(err, JETON_E_SIGNATURE, "the snapshot %.70s is not ours alone", path);
    const size_t size = (size_t)found.st_size;
    if (size < sizeof(snapshot_head) + sizeof(uint64_t) + MAC_BYTES)
        return jt_fail(err, JETON_E_SIGNATURE, "the snapshot %.70s is cut", path);
    void *base = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (base == MAP_FAILED)
        return fail(err, "map", path);
    *to = (mapped){base, size};
    return JETON_OK;
}

static jeton_status map_file(const char *path, mapped *to, jeton_err *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return jt_fail(err, JETON_E_NOT_FOUND, "there is no snapshot");
    if (fd < 0)
        return fail(err, "open", path);
    const jeton_status status = map_in(fd, path, to, err);
    (void)close(fd);
    return status;
}

static jeton_status check(const mapped *of, jeton_span cluster, snapshot_head *head, jeton_err *err)
{
    jt_hmac_key key;
    const size_t signed_len = of->size - MAC_BYTES;
    memcpy(head, of->base, sizeof *head);
    if (memcmp(head->magic, MAGIC, sizeof head->magic) != 0)
        return jt_fail(err, JETON_E_SIGNATURE, "the snapshot is none");
    if (head->version != VERSION)
        return jt_fail(err, JETON_E_UNSUPPORTED, "the snapshot is of another version");
    make_key(cluster, &key);
    const bool genuine = jt_hmac_verify(&key, jeton_bytes(of->base, signed_len),
                                        jeton_bytes(of->base + signed_len, MAC_BYTES));
    jt_hmac_done(&key);
    memcpy(&head->count, of->base + signed_len - sizeof head->count, sizeof head->count);
    if (!genuine)
        return jt_fail(err, JETON_E_SIGNATURE, "the snapshot is damaged, or of another cluster");
    return JETON_OK;
}

/* What is left to read. */
typedef struct reading {
    jeton_span left;
    jt_revocations *revocations;
} reading;

static bool take(reading *of, void *to, size_t len)
{
    if (of->left.len < len)
        return false;
    memcpy(to, of->left.ptr, len);
    of->left = jeton_bytes(of->left.ptr + len, of->left.len - len);
    return true;
}

static jeton_status broken(jeton_err *err)
{
    return jt_fail(err, JETON_E_SIGNATURE, "the snapshot has a row that is none");
}

/* An entry for which there is no memory has everything refused, which is no less than it says; but
 * then nothing is gained by a snapshot. */
static jeton_status take_entry(reading *of, jeton_err *err)
{
    entry_row row;
    if (!take(of, &row, sizeof row))
        return broken(err);
    jt_revocation entry = {.n = row.n, .kind = (jt_revoked)row.kind, .expires = row.expires};
    memcpy(entry.id, row.id, sizeof entry.id);
    return jt_revocations_apply(of->revocations, &entry, err);
}

static jeton_status take_part(reading *of, jeton_err *err)
{
    part_row row;
    if (!take(of, &row, sizeof row) || row.bits > of->left.len)
        return broken(err);
    const jt_bitmap_part part = {.list = row.list,
                                 .announced = row.announced,
                                 .expires = row.expires,
                                 .is_void = row.is_void != 0,
                                 .place = row.place,
                                 .bits = jeton_bytes(of->left.ptr, row.bits)};
    of->left = jeton_bytes(of->left.ptr + row.bits, of->left.len - row.bits);
    return jt_bitmaps_merge(jt_revocations_bitmaps(of->revocations), &part, err);
}

static jeton_status take_row(reading *of, jeton_err *err)
{
    uint64_t row;
    if (of->left.len < sizeof row)
        return broken(err);
    memcpy(&row, of->left.ptr, sizeof row);
    if (row == ROW_ENTRY)
        return take_entry(of, err);
    return row == ROW_PART ? take_part(of, err) : broken(err);
}

static jeton_status take_rows(const mapped *from, uint64_t count, jt_revocations *revocations,
                              jeton_err *err)
{
    const size_t rest = sizeof(snapshot_head) + sizeof(uint64_t) + MAC_BYTES;
    reading of = {.left = jeton_bytes(from->base + sizeof(snapshot_head), from->size - rest),
                  .revocations = revocations};
    for (uint64_t i = 0; i < count; i++)
        JT_TRY(take_row(&of, err));
    return of.left.len == 0 ? JETON_OK : broken(err);
}

jeton_status jd_snapshot_load(const char *path, jeton_span cluster, jt_revocations *revocations,
                              jd_snapshot_end *end, jeton_err *err)
{
    snapshot_head head;
    JT_AUTO(unmap) mapped of = {0};
    *end = (jd_snapshot_end){0};
    JT_TRY(map_file(path, &of, err));
    JT_TRY(check(&of, cluster, &head, err));
    JT_TRY(take_rows(&of, head.count, revocations, err));
    *end = head.end;
    return JETON_OK;
}
