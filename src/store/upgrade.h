/* SPDX-License-Identifier: Apache-2.0 */
/* store/upgrade.h - a store of an older program becomes one of this program, and a copy of it as it
 * was is kept: the older program can go on from that one, which it cannot from the store.
 *
 * Also: a copy that is whole or not there. Who may do this holds the lock of the data folder.
 */
#ifndef JD_STORE_UPGRADE_H
#define JD_STORE_UPGRADE_H

#include "store/store.h"
#include "sys/disk.h"

typedef struct jd_upgrade {
    unsigned applied; /* migrations; 0: nothing was to be done */
    jd_path kept;     /* the copy, "PATH.schema-N"; empty: there was nothing to keep */
} jd_upgrade;

/* Brings the store at `path` up to this program's schema, or leaves it as it was.
 *
 * JETON_E_STORE   as jd_store_migrate()
 * JETON_E_SYSTEM  the copy cannot be made, so nothing was changed */
JETON_MUST jeton_status jd_store_upgrade(jd_store *store, const char *path, jd_upgrade *done,
                                         jeton_err *err);

/* jd_store_backup() into `file`, which may be there: it is replaced by a whole copy or left. */
JETON_MUST jeton_status jd_store_backup_over(jd_store *store, const char *file, jeton_err *err);

#endif
