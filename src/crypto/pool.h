/* SPDX-License-Identifier: Apache-2.0 */
/* crypto/pool.h - prepared OpenSSL contexts of one key, handed from thread to thread without locks.
 *
 * Preparing a context costs microseconds and allocations, and only one thread at a time may use
 * one. So each is taken for one operation and given back. Slots are exchanged as a whole: a
 * context is either in one slot or in one thread's hands.
 */
#ifndef JT_CRYPTO_POOL_H
#define JT_CRYPTO_POOL_H

#include <openssl/evp.h>
#include <stdatomic.h>

#define JT_POOL_SLOTS 16U /* that many threads verify with one key without preparing anew */

/* All-zero is an empty pool. */
typedef struct jt_pool {
    _Atomic(EVP_PKEY_CTX *) slots[JT_POOL_SLOTS];
} jt_pool;

/* A context that is the caller's until jt_pool_give(); NULL when none is left. */
EVP_PKEY_CTX *jt_pool_take(jt_pool *pool);

/* Puts it back; frees it when all slots are full. */
void jt_pool_give(jt_pool *pool, EVP_PKEY_CTX *ctx);

/* Frees what is in it. No other thread may use the pool any more. */
void jt_pool_done(jt_pool *pool);

#endif
