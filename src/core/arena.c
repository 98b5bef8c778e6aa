/* SPDX-License-Identifier: Apache-2.0 */
/* core/arena.c - chunks of memory given out from the front, freed together. */
#include "core/arena.h"

#include "core/mem.h"
#include "core/secret.h"

#include <stddef.h>

#define CHUNK_BYTES ((size_t)4096)
#define ALIGNMENT   sizeof(max_align_t)

struct jt_arena_chunk {
    jt_arena_chunk *older;
    size_t size, used;
    max_align_t bytes[];
};

void jt_arena_done(jt_arena *arena)
{
    while (arena->newest != NULL) {
        jt_arena_chunk *chunk = arena->newest;
        arena->newest = chunk->older;
        jt_wipe(chunk->bytes, chunk->used);
        jt_release(arena->ctx, chunk);
    }
}

static jt_arena_chunk *add_chunk(jt_arena *arena, size_t size)
{
    if (size < CHUNK_BYTES)
        size = CHUNK_BYTES;
    size_t total;
    if (!jt_add(size, sizeof(jt_arena_chunk), &total))
        return NULL;
    jt_arena_chunk *chunk = jt_alloc(arena->ctx, total);
    if (chunk == NULL)
        return NULL;
    *chunk = (jt_arena_chunk){.older = arena->newest, .size = size};
    arena->newest = chunk;
    return chunk;
}

void *jt_arena_alloc(jt_arena *arena, size_t size)
{
    size_t rounded;
    if (!jt_add(size, ALIGNMENT - 1, &rounded))
        return NULL;
    rounded -= rounded % ALIGNMENT;
    jt_arena_chunk *chunk = arena->newest;
    if (chunk == NULL || chunk->size - chunk->used < rounded)
        chunk = add_chunk(arena, rounded);
    if (chunk == NULL)
        return NULL;
    void *given = (uint8_t *)chunk->bytes + chunk->used;
    chunk->used += rounded;
    memset(given, 0, rounded);
    return given;
}

char *jt_arena_text(jt_arena *arena, jeton_span bytes)
{
    size_t size;
    if (!jt_add(bytes.len, 1, &size))
        return NULL;
    char *copy = jt_arena_alloc(arena, size);
    if (copy != NULL && bytes.len > 0)
        memcpy(copy, bytes.ptr, bytes.len);
    return copy;
}
