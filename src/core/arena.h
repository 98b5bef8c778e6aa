/* SPDX-License-Identifier: Apache-2.0 */
/* core/arena.h - memory that lives as long as one request and goes away at once.
 *
 * Nothing taken from an arena is freed by itself. Everything is wiped at the end.
 */
#ifndef JT_CORE_ARENA_H
#define JT_CORE_ARENA_H

#include <jeton/ctx.h>
#include <jeton/span.h>

typedef struct jt_arena_chunk jt_arena_chunk;

typedef struct jt_arena {
    jt_arena_chunk *newest;
    const jeton_ctx *ctx;
} jt_arena;

static inline jt_arena jt_arena_init(const jeton_ctx *ctx)
{
    return (jt_arena){.ctx = ctx};
}

/* Wipes and frees all of it; the arena is empty and usable afterwards. */
void jt_arena_done(jt_arena *arena);

/* Chunks of the usual size that wait for the next arena: the system's allocator takes its time over
 * memory of that size. Start as {0}. One thread at a time, and arenas of one jeton_ctx only. */
typedef struct jt_arena_spares {
    jt_arena_chunk *first;
    size_t count;
} jt_arena_spares;

/* An empty arena, which begins with a spare chunk if there is one. */
jt_arena jt_arena_start(const jeton_ctx *ctx, jt_arena_spares *spares);

/* jt_arena_done(), but keeps wiped chunks as spares while there are fewer than `most`. */
void jt_arena_end(jt_arena *arena, jt_arena_spares *spares, size_t most);

/* Frees the spares. */
void jt_arena_spares_done(const jeton_ctx *ctx, jt_arena_spares *spares);

/* `size` zeroed bytes, aligned for any type; NULL when there is no memory. */
void *jt_arena_alloc(jt_arena *arena, size_t size);

/* A copy with a NUL behind it; NULL when there is no memory. */
char *jt_arena_text(jt_arena *arena, jeton_span bytes);

#endif
