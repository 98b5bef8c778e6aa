/* SPDX-License-Identifier: Apache-2.0 */
/* sys/disk.h - files of the data folder: read whole, written whole, and the folder's lock.
 *
 * Not called file.h, because <sys/file.h> is the system's and would be found here instead.
 * Sentences of failures name the path, which is the operator's own, and never what is in a file.
 */
#ifndef JD_SYS_DISK_H
#define JD_SYS_DISK_H

#include "core/secret.h"

#include <jeton/error.h>
#include <jeton/span.h>

#define JD_PATH_MAX 1280U

/* A path as a value. */
typedef struct jd_path {
    char chars[JD_PATH_MAX];
} jd_path;

/* "dir/name". JETON_E_LIMIT. */
JETON_MUST jeton_status jd_path_join(const char *dir, const char *name, jd_path *path,
                                     jeton_err *err);

/* Reads a file whole, as a secret because most are. *bytes is emptied first; on JETON_OK the
 * caller owns it: jt_secret_done().
 *
 * JETON_E_NOT_FOUND  there is no such file
 * JETON_E_LIMIT      it is longer than `most` bytes
 * JETON_E_SYSTEM     it cannot be read
 */
JETON_MUST jeton_status jd_file_load(const jeton_ctx *ctx, const char *path, size_t most,
                                     jt_secret *bytes, jeton_err *err);

/* Refuses a file whose secrets are nobody else's: one that others than its owner and its group may
 * read or write, or its group may write. JETON_E_SYSTEM, JETON_E_NOT_FOUND. */
JETON_MUST jeton_status jd_file_check_private(const char *path, jeton_err *err);

/* Writes a file whole, readable by its owner alone (0600). When this returns JETON_OK the file
 * survives a power cut; whatever happens, the path holds either the old bytes or the new ones.
 * JETON_E_SYSTEM. */
JETON_MUST jeton_status jd_file_save(const char *path, jeton_span bytes, jeton_err *err);

/* Puts the file `from` in the place of `to`, which may be there, in one step that survives a power
 * cut. Both are in one folder. JETON_E_SYSTEM. */
JETON_MUST jeton_status jd_file_replace(const char *from, const char *to, jeton_err *err);

/* Makes the folder with mode 0700 unless it is there (its parent must be).
 *
 * open_to_others  set to true when a folder that was there lets group or others in: worth a
 * warning, although the files in it are 0600
 *
 * JETON_E_SYSTEM  it cannot be made, or is not a folder
 */
JETON_MUST jeton_status jd_dir_make(const char *path, bool *open_to_others, jeton_err *err);

/* The right to work on a data folder: one process has it at a time. It ends with the process,
 * whatever way that ends. */
typedef struct jd_lock {
    int fd; /* -1: not held */
} jd_lock;

/* Takes the lock of the folder `dir` without waiting.
 *
 * JETON_E_BUSY    "another jeton works on DIR"
 * JETON_E_SYSTEM  the lock file cannot be opened
 */
JETON_MUST jeton_status jd_lock_take(const char *dir, jd_lock *lock, jeton_err *err);

/* Gives it back; the lock is not held afterwards. Fine when it was not. */
void jd_lock_drop(jd_lock *lock);

#endif
