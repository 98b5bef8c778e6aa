/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/unit.h - cmocka and what every unit test needs besides: wild values for outputs, and
 * an allocator that fails when it is told to.
 */
#ifndef JT_UNIT_H
#define JT_UNIT_H

#include <jeton/ctx.h>
#include <jeton/span.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A wild pointer for outputs: the call must overwrite it. */
#define BOGUS ((void *)(uintptr_t)0x5a5a5a5a)

/* Memory that runs out: `left` allocations succeed, every later one fails. It counts the blocks
 * that are live, and notices when one is given back with `secret` still in it. */
typedef struct unit_heap {
    size_t left;
    size_t live;
    const char *secret;
    bool leaked;
} unit_heap;

typedef struct unit_block {
    size_t size;
    max_align_t bytes[];
} unit_block;

static inline unit_block *unit_block_of(void *ptr)
{
    return (unit_block *)(void *)((uint8_t *)ptr - offsetof(unit_block, bytes));
}

static inline void *unit_alloc(void *user, size_t size)
{
    unit_heap *heap = user;
    if (heap->left == 0)
        return NULL;
    heap->left--;
    unit_block *block = malloc(sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->size = size;
    memset(block->bytes, 0xa5, size); /* nobody may count on zeros */
    heap->live++;
    return block->bytes;
}

static inline void unit_release(void *user, void *ptr)
{
    unit_heap *heap = user;
    unit_block *block = unit_block_of(ptr);
    if (heap->secret != NULL &&
        memmem(ptr, block->size, heap->secret, strlen(heap->secret)) != NULL)
        heap->leaked = true;
    heap->live--;
    free(block);
}

static inline void *unit_resize(void *user, void *ptr, size_t size)
{
    void *larger = unit_alloc(user, size);
    if (larger == NULL || ptr == NULL)
        return larger;
    const size_t old = unit_block_of(ptr)->size;
    memcpy(larger, ptr, old < size ? old : size);
    unit_release(user, ptr);
    return larger;
}

/* A context on that heap, which has no memory until heap->left is set again. */
static inline jeton_ctx *unit_ctx(unit_heap *heap)
{
    const jeton_ctx_options options = {
        .alloc = unit_alloc, .resize = unit_resize, .release = unit_release, .user = heap};
    jeton_ctx *ctx = NULL;
    *heap = (unit_heap){.left = 1};
    assert_int_equal(jeton_ctx_new(&options, &ctx, NULL), JETON_OK);
    return ctx;
}

/* Frees the context and fails unless everything made with it is gone. */
static inline void unit_ctx_done(jeton_ctx **ctx, const unit_heap *heap)
{
    jeton_ctx_free(ctx);
    assert_int_equal(heap->live, 0);
}

static inline void unit_assert_span(jeton_span got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    if (got.len > 0)
        assert_memory_equal(got.ptr, want, got.len);
}

#endif
