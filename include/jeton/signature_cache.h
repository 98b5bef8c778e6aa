/* SPDX-License-Identifier: Apache-2.0 */
/* jeton/signature_cache.h - good signatures, remembered in memory that processes share: what one of
 * them has verified costs the others a hash, not a signature.
 *
 * Made for servers of several processes, such as nginx. Threads of one process share a verdict
 * cache (jeton/cache.h), which finds whole verdicts and is faster; the two work together, and the
 * verdict cache is asked first.
 *
 * What is remembered is only that a key has signed these bytes with this algorithm. It is looked up
 * behind the choice of the key and of the algorithm, and everything else about the token is checked
 * as if nothing had been found: header, claims, dates, rules, revocation, hooks. So verifiers of
 * different policies and keys may use one, and the tokens of a key that is withdrawn are not found
 * any more. Signatures by secrets (HS256 and its kin) are verified each time: that is as fast.
 *
 * An entry is a MAC (HMAC-SHA-256, 128 bits of it kept) of key, algorithm and token under a secret
 * that lies in the memory, too: who may write there decides what is a good signature. Give it to
 * the processes that verify, and to nobody else.
 *
 * Threads: any number at once, of any number of processes, without locks. One that is killed at any
 * moment leaves nothing that others wait for or take for an entry.
 *
 * Memory: what the caller gives. A new entry takes the place of another when all are taken.
 */
#ifndef JETON_SIGNATURE_CACHE_H
#define JETON_SIGNATURE_CACHE_H

#include <jeton/ctx.h>
#include <jeton/error.h>

typedef struct jeton_signature_cache jeton_signature_cache;

/* The least it works with, and what the memory has to be aligned to, as that of mmap() is. */
#define JETON_SIGNATURE_CACHE_BYTES ((size_t)4096)
#define JETON_SIGNATURE_CACHE_ALIGN ((size_t)64)

JETON_BEGIN

/* Makes an empty one in `memory`: once, before anybody uses it.
 *
 * bytes  16 for each entry, and 128
 *
 * JETON_E_ARGUMENT  less than JETON_SIGNATURE_CACHE_BYTES, or not aligned
 * JETON_E_RANDOM    no secret could be drawn
 */
JETON_API JETON_MUST jeton_status jeton_signature_cache_init(const jeton_ctx *ctx, void *memory,
                                                             size_t bytes, jeton_err *err);

/* This process's way to what jeton_signature_cache_init() has made there.
 *
 * ctx     may be NULL; must outlive the result
 * memory  stays the caller's, and mapped until the last reference is given back; may be at another
 *         address in each process
 * bytes   as it was made with
 * cache   set to NULL first; on JETON_OK the caller owns it: jeton_signature_cache_free()
 *
 * JETON_E_ARGUMENT  nothing was made there, or with another number of bytes
 * JETON_E_NOMEM
 */
JETON_API JETON_MUST jeton_status jeton_signature_cache_new(const jeton_ctx *ctx, void *memory,
                                                            size_t bytes,
                                                            jeton_signature_cache **cache,
                                                            jeton_err *err);

/* Gives one reference back and sets *cache to NULL; NULL is fine. Each verifier that uses it has
 * one of its own. What is remembered stays in the memory: to forget it, make it anew or clear it.
 * Any thread, at any time. */
JETON_API void jeton_signature_cache_free(jeton_signature_cache **cache);

JETON_END

#endif
