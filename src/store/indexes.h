/* SPDX-License-Identifier: Apache-2.0 */
/* store/indexes.h - blocks of token indexes, leased to whoever issues tokens. The rules of
 * store/store.h hold. */
#ifndef JD_STORE_INDEXES_H
#define JD_STORE_INDEXES_H

#include "revoke/revocations.h"
#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* What is asked for by whoever issues tokens (revoke/bits.h). */
typedef struct jd_index_asking {
    uint64_t count; /* places, at most JT_BITS_PLACES */
    int64_t life;   /* milliseconds that the tokens live: those of a list live alike */
    jeton_time now;
    jeton_time expires; /* when the last of the tokens has expired */
} jd_index_asking;

typedef struct jd_index_block {
    uint64_t list;
    uint64_t first, count; /* places, which nobody else gets */
    jeton_time expires;    /* of the list, by now */
} jd_index_block;

/* Leases a block and announces it in the log. A list is opened when there is none with so many
 * places, or it is a day old; one that has expired is removed. What becomes of a block is not kept:
 * places that were not used are never leased again.
 *
 * entry  JT_REVOKED_LIST, to be applied before a token with one of the indexes is issued
 *
 * JETON_E_LIMIT     there are as many lists as there can be
 * JETON_E_ARGUMENT  a list has not so many places */
JETON_MUST jeton_status jd_store_index_lease(jd_store *store, const jd_index_asking *asked,
                                             jd_index_block *block, jt_revocation *entry,
                                             jeton_err *err);

#endif
