/* SPDX-License-Identifier: Apache-2.0 */
/* core/mem.h - heap memory, through the context's allocator. malloc is called in mem.c only. */
#ifndef JT_CORE_MEM_H
#define JT_CORE_MEM_H

#include <jeton/ctx.h>

/* Uninitialised, zeroed, resized memory; NULL when there is none. A NULL ctx means malloc. */
void *jt_alloc(const jeton_ctx *ctx, size_t size);
void *jt_zalloc(const jeton_ctx *ctx, size_t size);
void *jt_resize(const jeton_ctx *ctx, void *ptr, size_t size);

/* Gives memory back. NULL is fine. Wiping is the caller's business: jt_wipe(). */
void jt_release(const jeton_ctx *ctx, void *ptr);

/* A NUL-terminated copy, and NULL for NULL or when there is no memory. */
char *jt_strdup(const jeton_ctx *ctx, const char *text);

/* Gives free memory of the default allocator back to the system, where the C library can. It takes
 * milliseconds: for a program that has nothing else to do. */
void jt_trim(void);

/* a + b, a * b; false when that is more than a size_t holds. */
static inline bool jt_add(size_t a, size_t b, size_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

static inline bool jt_mul(size_t a, size_t b, size_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

/* The default allocator, in the shape jeton_ctx_options wants. */
void *jt_system_alloc(void *user, size_t size);
void *jt_system_resize(void *user, void *ptr, size_t size);
void jt_system_release(void *user, void *ptr);

#endif
