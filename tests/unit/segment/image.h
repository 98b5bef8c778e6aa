/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/segment/image.h - a segment's file made by hand, so that one thing of it can be wrong.
 */
#ifndef JT_UNIT_IMAGE_H
#define JT_UNIT_IMAGE_H

#include "segment/map.h"

#include "../unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGE_BOOT "0123-boot"

typedef struct image {
    uint8_t *bytes;
    size_t size;
    jt_segment_head *head;
    jt_segment_live *live;
    jt_table table;
} image;

static inline void image_seal(const image *of)
{
    const jt_segment_part *keys = &of->head->parts[0];
    jt_segment_digest(of->head, jeton_bytes(of->bytes + keys->at, keys->len), of->head->digest);
}

/* Live and fresh, with nothing revoked. */
static inline image image_new(const char *jwks)
{
    image of = {.size = JT_SEGMENT_HEAD + JT_SEGMENT_PAGE + JT_TABLE_SLOTS_LEAST * 32};
    of.bytes = aligned_alloc(JT_SEGMENT_PAGE, of.size);
    assert_non_null(of.bytes);
    memset(of.bytes, 0, of.size);
    of.head = (jt_segment_head *)(void *)of.bytes;
    of.live = (jt_segment_live *)(void *)(of.bytes + JT_SEGMENT_LIVE_AT);
    *of.head = (jt_segment_head){
        .version = JT_SEGMENT_VERSION,
        .size = of.size,
        .generation = 7,
        .keys_generation = 3,
        .seed = {1, 2},
        .boot = IMAGE_BOOT,
        .parts = {{JT_SEGMENT_KEYS, JT_SEGMENT_HEAD, strlen(jwks)},
                  {JT_SEGMENT_TABLE, JT_SEGMENT_HEAD + JT_SEGMENT_PAGE, JT_TABLE_SLOTS_LEAST * 32}},
    };
    memcpy(of.head->magic, JT_SEGMENT_MAGIC, sizeof of.head->magic);
    memcpy(of.bytes + JT_SEGMENT_HEAD, jwks, strlen(jwks));
    of.table = (jt_table){.slots = (jt_table_slot *)(void *)(of.bytes + of.head->parts[1].at),
                          .count = JT_TABLE_SLOTS_LEAST,
                          .seed = {1, 2}};
    atomic_store(&of.live->state, JT_SEGMENT_LIVE);
    atomic_store(&of.live->fresh, jt_boot_now());
    image_seal(&of);
    return of;
}

static inline void image_done(image *of)
{
    free(of->bytes);
    *of = (image){0};
}

static inline void image_write(const image *of, size_t size, const char *path, mode_t mode)
{
    (void)unlink(path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, of->bytes, size), size);
    assert_int_equal(fchmod(fd, mode), 0);
    (void)close(fd);
}

#endif
