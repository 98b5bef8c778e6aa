/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/user_import.h - adds users that come from elsewhere, many in one transaction. */
#ifndef JD_ACCOUNTS_USER_IMPORT_H
#define JD_ACCOUNTS_USER_IMPORT_H

#include "accounts/accounts.h"
#include "accounts/import_rows.h"
#include "store/users.h"

typedef struct jd_import_answer {
    bool refused;       /* why: row->refused */
    bool already;       /* added by an earlier import of the same row */
    const char *format; /* of the hash ("bcrypt"), or "password"; static */
} jd_import_answer;

/* Rows on their way: what of them may be added, with the hashes of passwords in the clear. */
typedef struct jd_import_batch {
    jd_import_row *rows; /* the caller's */
    size_t row_count;
    bool dry;
    jd_import_answer *answers; /* one for each row */
    jd_import *imports;        /* those that may be */
    size_t *row_of;            /* of each import */
    char (*hashes)[JT_PWHASH_TEXT];
    size_t count;
} jd_import_batch;

/* Judges rows and hashes passwords in the clear, which takes its time: for the hash lane.
 *
 * rows   borrowed as long as the batch; those with refused set are left alone
 * dry    nothing is going to be added
 * batch  lives in the arena
 *
 * Not for a row that may not be: JETON_E_NOMEM, JETON_E_RANDOM, JETON_E_CRYPTO. */
JETON_MUST jeton_status jd_import_judge(const jd_accounts *accounts, jd_import_row *rows,
                                        size_t count, bool dry, jt_arena *arena,
                                        jd_import_batch *batch, jeton_err *err);

/* Adds the users of a batch, those that may be, and says of each row what came of it. A row is all
 * or nothing; one that is refused is in nobody's way. A row that an earlier import has added is
 * recognised by what it says, its password in the clear aside, so an import that was interrupted is
 * begun again from the start.
 *
 * What the store gives: then nothing was added. */
JETON_MUST jeton_status jd_import_add(jd_accounts *accounts, jd_import_batch *batch,
                                      jeton_err *err);

#endif
