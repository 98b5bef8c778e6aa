/* SPDX-License-Identifier: Apache-2.0 */
/* store/sqlite_backup.c - copying the file of the store. */
#include "core/auto.h"
#include "core/err.h"
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_db(sqlite3 **db)
{
    (void)sqlite3_close(*db);
}

static jeton_status make_file(const char *file, jeton_err *err)
{
    const int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return jt_fail(err, JETON_E_SYSTEM, "cannot make %.90s: %s", file, strerror(errno));
    (void)close(fd);
    return JETON_OK;
}

/* All pages in one step: what others write meanwhile goes to the WAL and is not in the copy. */
static int copy(sqlite3 *to, sqlite3 *from)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    if (backup == NULL)
        return sqlite3_extended_errcode(to);
    const int stepped = sqlite3_backup_step(backup, -1);
    const int finished = sqlite3_backup_finish(backup);
    if (stepped != SQLITE_DONE)
        return stepped;
    return finished;
}

jeton_status jd_sqlite_backup(jd_store *store, const char *file, jeton_err *err)
{
    JT_AUTO(close_db) sqlite3 *from = NULL;
    JT_AUTO(close_db) sqlite3 *to = NULL;
    JT_TRY(make_file(file, err));
    /* A connection of its own: readers and the writer go on. */
    int rc =
        sqlite3_open_v2(jd_sqlite_path(store), &from,
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_open_v2(
            file, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (rc == SQLITE_OK)
        rc = copy(to, from);
    return rc == SQLITE_OK ? JETON_OK : jd_sqlite_fail(err, rc, "the copy cannot be made");
}
