/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/restore.h - puts a backup in the place of the store. */
#ifndef JD_DAEMON_RESTORE_H
#define JD_DAEMON_RESTORE_H

#include "sys/config.h"

/* Puts a copy of `file` in the place of the store in the data folder, which no server may be using.
 * Everything that was issued before is refused from then on, also what was issued after the backup
 * was made (store/store.h, jd_store_restart). Until all of it is done the old store stays as it is;
 * `file` is only read. The store that was there is kept beside as jeton.db.old.
 *
 * JETON_E_BUSY       a server works on the folder
 * JETON_E_NOT_FOUND  no such file
 * JETON_E_KEY        the master key is not that of the backup
 * JETON_E_STORE      it is not a store of jeton, a newer one's, or damaged */
JETON_MUST jeton_status jd_restore(const jd_config *config, const char *file, jeton_err *err);

/* The same for a store in a database, which was brought back from a backup with the database's own
 * tools: everything that was issued before is refused from then on. */
JETON_MUST jeton_status jd_restart(const jd_config *config, jeton_err *err);

#endif
