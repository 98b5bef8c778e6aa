/* SPDX-License-Identifier: Apache-2.0 */
/* store/sqlite.h - the SQLite driver inside. */
#ifndef JD_STORE_SQLITE_H
#define JD_STORE_SQLITE_H

#include "store/driver.h"

#include <sqlite3.h>

/* What SQLite's code means to a caller of the store. Never SQLITE_OK, _ROW or _DONE. */
jeton_status jd_sqlite_fail(jeton_err *err, int rc, const char *what);

/* The file of the store. Any thread. */
const char *jd_sqlite_path(jd_store *store);

JETON_MUST jeton_status jd_sqlite_backup(jd_store *store, const char *file, jeton_err *err);

#endif
