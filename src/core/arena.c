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

/* The newest chunk, wiped and not the arena's any more; NULL when there is none. */
static jt_arena_chunk *take_chunk(jt_arena *arena)
{
    jt_arena_chunk *chunk = arena->newest;
    if (chunk == NULL)
        return NULL;
    arena->newest = chunk->older;
    jt_wipe(chunk->bytes, chunk->used);
    return chunk;
}

void jt_arena_done(jt_arena *arena)
{
    for (jt_arena_chunk *chunk; (chunk = take_chunk(arena)) != NULL;)
        jt_release(arena->ctx, chunk);
}

/* ---- spares ---------------------------------------------------------------------------------- */

jt_arena jt_arena_start(const jeton_ctx *ctx, jt_arena_spares *spares)
{
    jt_arena_chunk *chunk = spares->first;
    if (chunk != NULL) {
        spares->first = chunk->older;
        spares->count--;
        *chunk = (jt_arena_chunk){.size = chunk->size};
    }
    return (jt_arena){.newest = chunk, .ctx = ctx};
}

void jt_arena_end(jt_arena *arena, jt_arena_spares *spares, size_t most)
{
    for (jt_arena_chunk *chunk; (chunk = take_chunk(arena)) != NULL;) {
        if (chunk->size != CHUNK_BYTES || spares->count >= most) {
            jt_release(arena->ctx, chunk);
            continue;
        }
        chunk->older = spares->first;
        spares->first = chunk;
        spares->count++;
    }
}

void jt_arena_spares_done(const jeton_ctx *ctx, jt_arena_spares *spares)
{
    jt_arena all = {.newest = spares->first, .ctx = ctx};
    jt_arena_done(&all);
    *spares = (jt_arena_spares){0};
}

/* ---- taking ---------------------------------------------------------------------------------- */

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
