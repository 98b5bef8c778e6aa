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
    jt_fingerprints tokens;
    jt_bits bits;
} image;

#define IMAGE_TOKENS ((uint64_t)256) /* slots: a page */
#define IMAGE_LISTS  JT_BITS_ROW
#define IMAGE_CHUNKS 4U

/* The parts behind the table: each begins with a page. */
#define IMAGE_TABLE_AT  (JT_SEGMENT_HEAD + JT_SEGMENT_PAGE)
#define IMAGE_TOKENS_AT (IMAGE_TABLE_AT + JT_TABLE_SLOTS_LEAST * 32)
#define IMAGE_LISTS_AT  (IMAGE_TOKENS_AT + JT_SEGMENT_PAGE)
#define IMAGE_BITS_AT   (IMAGE_LISTS_AT + 2 * JT_SEGMENT_PAGE)

_Static_assert(IMAGE_LISTS * sizeof(jt_bits_list) <= 2 * JT_SEGMENT_PAGE, "they fit");

static inline void image_seal(const image *of)
{
    const jt_segment_part *keys = &of->head->parts[0];
    jt_segment_digest(of->head, jeton_bytes(of->bytes + keys->at, keys->len), of->head->digest);
}

/* Where its parts are when it stands at `bytes`. */
static inline void image_find(image *of, uint8_t *bytes)
{
    const jt_segment_part *parts = of->head->parts;
    of->bytes = bytes;
    of->live = (jt_segment_live *)(void *)(bytes + JT_SEGMENT_LIVE_AT);
    of->table = (jt_table){.slots = (jt_table_slot *)(void *)(bytes + parts[1].at),
                           .count = JT_TABLE_SLOTS_LEAST,
                           .seed = {1, 2}};
    of->tokens = (jt_fingerprints){.slots = (jt_fingerprint_slot *)(void *)(bytes + parts[2].at),
                                   .count = IMAGE_TOKENS,
                                   .seed = {1, 2}};
    jt_segment_bits(bytes, &parts[3], &parts[4], &of->bits);
}

/* Live and fresh, with nothing revoked. */
static inline image image_new(const char *jwks)
{
    image of = {.size = IMAGE_BITS_AT + IMAGE_CHUNKS * JT_BITS_CHUNK};
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
                  {JT_SEGMENT_TABLE, IMAGE_TABLE_AT, JT_TABLE_SLOTS_LEAST * 32},
                  {JT_SEGMENT_TOKENS, IMAGE_TOKENS_AT, IMAGE_TOKENS * sizeof(jt_fingerprint_slot)},
                  {JT_SEGMENT_LISTS, IMAGE_LISTS_AT, IMAGE_LISTS * sizeof(jt_bits_list)},
                  {JT_SEGMENT_BITS, IMAGE_BITS_AT, IMAGE_CHUNKS * JT_BITS_CHUNK}},
    };
    memcpy(of.head->magic, JT_SEGMENT_MAGIC, sizeof of.head->magic);
    memcpy(of.bytes + JT_SEGMENT_HEAD, jwks, strlen(jwks));
    image_find(&of, of.bytes);
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
