/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pool.c - a pool of prepared contexts: an array of atomic pointers. */
#include "crypto/pool.h"

#include <stddef.h>
#include <stdint.h>

/* Where a thread looks first: its own place in most cases, told by its stack (stacks are far
 * apart, a thread's frames near each other). Any number would be correct. */
static size_t first_slot(void)
{
    const char here = 0;
    const uint64_t stack = (uint64_t)(uintptr_t)&here >> 16;
    return (size_t)(stack * 0x9e3779b97f4a7c15U >> 32) % JT_POOL_SLOTS;
}

EVP_PKEY_CTX *jt_pool_take(jt_pool *pool)
{
    const size_t first = first_slot();
    for (size_t i = 0; i < JT_POOL_SLOTS; i++) {
        _Atomic(EVP_PKEY_CTX *) *slot = &pool->slots[(first + i) % JT_POOL_SLOTS];
        EVP_PKEY_CTX *ctx = atomic_exchange_explicit(slot, NULL, memory_order_acquire);
        if (ctx != NULL)
            return ctx;
    }
    return NULL;
}

void jt_pool_give(jt_pool *pool, EVP_PKEY_CTX *ctx)
{
    const size_t first = first_slot();
    for (size_t i = 0; i < JT_POOL_SLOTS; i++) {
        _Atomic(EVP_PKEY_CTX *) *slot = &pool->slots[(first + i) % JT_POOL_SLOTS];
        EVP_PKEY_CTX *empty = NULL;
        if (atomic_compare_exchange_strong_explicit(slot, &empty, ctx, memory_order_release,
                                                    memory_order_relaxed))
            return;
    }
    EVP_PKEY_CTX_free(ctx);
}

void jt_pool_done(jt_pool *pool)
{
    for (EVP_PKEY_CTX *ctx = jt_pool_take(pool); ctx != NULL; ctx = jt_pool_take(pool))
        EVP_PKEY_CTX_free(ctx);
}
