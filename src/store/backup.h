/* SPDX-License-Identifier: Apache-2.0 */
/* store/backup.h - a copy of the store, and going on from one. The rules of store/store.h hold. */
#ifndef JD_STORE_BACKUP_H
#define JD_STORE_BACKUP_H

#include "store/store.h"

#include <jeton/error.h>
#include <jeton/span.h>

/* Writes a copy of one moment of the store to a file that is not there yet, for its owner alone,
 * while others go on reading and writing. It can be opened as a store.
 * JETON_E_SYSTEM: the file cannot be made. On failure it may be there, incomplete. */
JETON_MUST jeton_status jd_store_backup(jd_store *store, const char *file, jeton_err *err);

/* To be called once on a store that is an old copy, before it is used: the log's numbers go on far
 * behind any that can have been given out since (or `head`, if that is more), a mark refuses
 * everything issued before it, all sessions are ended and all one-time codes gone.
 *
 * now, expires  as in jd_store_user_disable()
 * JETON_E_STORE  among others: it is damaged */
JETON_MUST jeton_status jd_store_restart(jd_store *store, uint64_t head, jeton_time now,
                                         jeton_time expires, jeton_err *err);

#endif
