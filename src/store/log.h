/* SPDX-License-Identifier: Apache-2.0 */
/* store/log.h - the revocation log: entries in the order of their commits, each with a mac. The
 * rules of store/store.h hold. */
#ifndef JD_STORE_LOG_H
#define JD_STORE_LOG_H

#include "core/arena.h"
#include "revoke/revocations.h"
#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* New entries of the log. */
typedef struct jd_entries {
    const jt_revocation *at;
    size_t count;
} jd_entries;

/* Adds one entry. Entries are numbered from 1 without gaps in the order of their commits.
 *
 * entry  entry->n is an output: its number
 */
JETON_MUST jeton_status jd_store_log_add(jd_store *store, jt_revocation *entry, jeton_err *err);

/* Adds many at once, in their order, which costs little more than one. All or none. */
JETON_MUST jeton_status jd_store_log_add_many(jd_store *store, jt_revocation *entries, size_t count,
                                              jeton_err *err);

/* The entries numbered above `n`, in their order, at most `most`; fewer means that there are no
 * more. Those that nobody needs any more may be missing (jd_store_purge()). Each comes with its
 * mac, which has been checked.
 * JETON_E_SIGNATURE  an entry is not what was written, and err says which */
JETON_MUST jeton_status jd_store_log_after(jd_store *store, uint64_t n, size_t most,
                                           jt_arena *arena, jd_entries *entries, jeton_err *err);

/* The highest number ever given; 0 for none. */
JETON_MUST jeton_status jd_store_log_head(jd_store *store, uint64_t *head, jeton_err *err);

/* The cluster key, from which that of the macs is made; copied. Until it is given, the macs are
 * made and checked under the empty one. Before a second thread. */
void jd_store_log_key(jd_store *store, jeton_span cluster);

/* Whether entry->mac is under that key: for entries that do not come from the store. */
JETON_MUST bool jd_store_log_genuine(const jd_store *store, const jt_revocation *entry);

/* A cluster key that was just made, and under which name and as which text it is to be kept. */
typedef struct jd_log_claim {
    const char *name; /* in meta */
    jeton_span value; /* sealed: what meta gets */
    jeton_span cluster;
} jd_log_claim;

/* Keeps the value under its name, unless there is one, and gives a mac under this key to each entry
 * that has none, from before there was a cluster key: in one transaction, so that no entry is ever
 * taken without a mac. *winner is what meta has afterwards, in either case. */
JETON_MUST jeton_status jd_store_log_claim(jd_store *store, const jd_log_claim *claim,
                                           jt_arena *arena, jeton_span *winner, jeton_err *err);

/* Operations that change what each node keeps a copy of put a notice into the log in their own
 * transaction, so that others read it anew: those of keys (JT_NOTICE_KEYS), clients
 * (JT_NOTICE_CLIENTS) and bans (JT_NOTICE_BANS).
 *
 * Whoever asks for it is told of each that was committed through this store, number and mac and
 * all, so that others can be told faster than they find it: right after the commit, by the thread
 * that has made it, which may still have to take over what it has changed. Before a second thread;
 * `notified` may be NULL. */
typedef void jd_store_notified(void *user, const jt_revocation *notice);
void jd_store_on_notice(jd_store *store, jd_store_notified *notified, void *user);

#endif
