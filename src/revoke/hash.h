/* SPDX-License-Identifier: Apache-2.0 */
/* revoke/hash.h - where in a table of revocations a search begins. */
#ifndef JT_REVOKE_HASH_H
#define JT_REVOKE_HASH_H

#include "revoke/revocations.h"

__extension__ typedef unsigned __int128 jt_wide; /* of gcc and clang, not of ISO C */

/* Ids are random, but somebody who can write into the log could choose them all to meet in one
 * place: the seed keeps him from knowing which ones would. */
static inline uint64_t jt_revoked_hash(const uint64_t seed[2], jt_revoked kind,
                                       const uint64_t id[2])
{
    const uint64_t a = id[0] ^ seed[0];
    const uint64_t b = id[1] ^ seed[1] ^ (uint64_t)kind;
    const jt_wide product = (jt_wide)(a | 1) * (b | 1);
    const uint64_t mixed = ((uint64_t)(product >> 64) ^ (uint64_t)product) + a + b;
    return mixed ^ mixed >> 32;
}

#endif
