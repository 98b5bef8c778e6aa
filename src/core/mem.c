/* SPDX-License-Identifier: Apache-2.0 */
/* core/mem.c - the one place that calls malloc. */
#include "core/mem.h"

#include "core/ctx.h"

#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void *jt_system_alloc(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

void *jt_system_resize(void *user, void *ptr, size_t size)
{
    (void)user;
    return realloc(ptr, size);
}

void jt_system_release(void *user, void *ptr)
{
    (void)user;
    free(ptr);
}

void *jt_alloc(const jeton_ctx *ctx, size_t size)
{
    ctx = jt_ctx(ctx);
    return ctx->options.alloc(ctx->options.user, size > 0 ? size : 1);
}

void *jt_zalloc(const jeton_ctx *ctx, size_t size)
{
    void *ptr = jt_alloc(ctx, size);
    if (ptr != NULL)
        memset(ptr, 0, size);
    return ptr;
}

void *jt_resize(const jeton_ctx *ctx, void *ptr, size_t size)
{
    ctx = jt_ctx(ctx);
    return ctx->options.resize(ctx->options.user, ptr, size > 0 ? size : 1);
}

void jt_release(const jeton_ctx *ctx, void *ptr)
{
    if (ptr == NULL)
        return;
    ctx = jt_ctx(ctx);
    ctx->options.release(ctx->options.user, ptr);
}

char *jt_strdup(const jeton_ctx *ctx, const char *text)
{
    if (text == NULL)
        return NULL;
    const size_t size = strlen(text) + 1;
    char *copy = jt_alloc(ctx, size);
    if (copy != NULL)
        memcpy(copy, text, size);
    return copy;
}

void jt_trim(void)
{
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}
