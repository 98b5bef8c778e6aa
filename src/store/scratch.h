/* SPDX-License-Identifier: Apache-2.0 */
/* store/scratch.h - a store for a moment, for measuring: in a database a schema with a name of its
 * own, which nothing else is in, else a file. An installation in the same database is not touched,
 * and neither is its schema looked at. */
#ifndef JD_STORE_SCRATCH_H
#define JD_STORE_SCRATCH_H

#include "store/store.h"
#include "sys/disk.h"

#define JD_SCRATCH_SCHEMA 40U

/* {0}: there is none. */
typedef struct jd_scratch {
    const char *address;            /* of the database, borrowed; NULL: a file */
    char schema[JD_SCRATCH_SCHEMA]; /* in it */
    jd_path file;
} jd_scratch;

/* Names a scratch store and makes it, with the schema of this program; nothing is there before.
 *
 * address  "sqlite": a file in `folder`; "postgres://…": a schema jeton_bench_ and a random number,
 *          which needs the right to make schemas there
 * scratch  {0} first; on JETON_OK to be taken away by jd_scratch_drop()
 *
 * JETON_E_ARGUMENT  no such address
 * what jd_store_open() gives */
JETON_MUST jeton_status jd_scratch_make(const char *address, const char *folder,
                                        jd_scratch *scratch, jeton_err *err);

/* Opens it, with so many connections at most. The caller's: jd_store_close(). */
JETON_MUST jeton_status jd_scratch_open(const jd_scratch *scratch, unsigned connections,
                                        jd_store **store, jeton_err *err);

/* Takes it away, with all that is in it; nobody may have it open. Of a file its folder's owner gets
 * rid. {0} is fine. JETON_E_STORE: it could not be, and err says what to type. */
JETON_MUST jeton_status jd_scratch_drop(jd_scratch *scratch, jeton_err *err);

#endif
