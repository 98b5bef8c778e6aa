/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/indexes.h - the indexes of the tokens that this process issues (revoke/bits.h).
 *
 * They are leased in blocks, ahead: when half of a block is used the next one is fetched, by
 * somebody who may wait for the disk, so that no login ever does. Within a block they are given out
 * in a random order, so that an index does not tell when its token was issued. What is left of a
 * block when the process ends, or when its time is over, is never used.
 *
 * Where there is no index to be had a token has none; it is revoked by its jti then. That is so for
 * a moment when a process has just begun on a store that others share: a block is used only when
 * those who would refuse its tokens, not knowing it yet, are not fresh any more.
 */
#ifndef JD_ACCOUNTS_INDEXES_H
#define JD_ACCOUNTS_INDEXES_H

#include "accounts/accounts.h"
#include "store/indexes.h"

#define JD_INDEX_CLASSES 4U /* lives of tokens that are told apart */

/* Sees to it that jd_indexes_fetch() is called soon, for that class of tokens, by a thread that may
 * wait for the disk; false: it will not be. Called by any thread. */
typedef bool jd_indexes_want(void *user, size_t of);

/* Leases the first block, for tokens as the settings have them. With the setting `index` off
 * there are none. From the return on, `want` may be called until jd_indexes_close(). */
JETON_MUST jeton_status jd_indexes_open(jd_accounts *accounts, jd_indexes_want *want, void *user,
                                        jeton_err *err);

/* No block is wanted any more. Whoever uses indexes may still be at it. */
void jd_indexes_stop(jd_accounts *accounts);
void jd_indexes_close(jd_indexes **indexes);

/* A block on its way. */
typedef struct jd_fetched {
    size_t of;
    jd_index_block block;
    jeton_time now, until;
    jeton_status status; /* JETON_OK: there is one */
} jd_fetched;

/* Leases a block, and once it holds (in a batch: when that has ended well) takes it. The second is
 * due whatever comes of the first. */
void jd_indexes_fetch(jd_accounts *accounts, size_t of, jd_fetched *fetched);
void jd_indexes_take(jd_accounts *accounts, const jd_fetched *fetched, bool holds);

/* Gives up the blocks there are, and leases others when they are needed: the store may have lost
 * that they were leased. */
void jd_indexes_forget(jd_accounts *accounts);

/* Blocks whose time is soon over are replaced: to be called once a minute. */
void jd_indexes_tend(jd_accounts *accounts);

/* An index for a token that is issued at `now` and lives so many milliseconds. False: there is
 * none.
 */
JETON_MUST bool jd_index_next(const jd_accounts *accounts, jeton_time now, int64_t life,
                              uint64_t *index);

#endif
