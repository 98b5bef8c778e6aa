/* SPDX-License-Identifier: Apache-2.0 */
/* accounts/user_import.h - adds users that come from elsewhere, many in one transaction. */
#ifndef JD_ACCOUNTS_USER_IMPORT_H
#define JD_ACCOUNTS_USER_IMPORT_H

#include "accounts/accounts.h"
#include "accounts/import_rows.h"

typedef struct jd_import_answer {
    bool refused;       /* why: row->refused */
    bool already;       /* added by an earlier import of the same row */
    const char *format; /* of the hash ("bcrypt"), or "password"; static */
} jd_import_answer;

/* Adds the users of these rows, those that may be. A row is all or nothing; one that is refused is
 * in nobody's way. A row that an earlier import has added is recognised by what it says, its
 * password in the clear aside, so an import that was interrupted is begun again from the start.
 *
 * rows     those with refused set are left alone
 * dry      says what would come of it and adds nothing
 * answers  one for each row
 *
 * What the store gives: then nothing was added. */
JETON_MUST jeton_status jd_user_import(jd_accounts *accounts, jd_import_row *rows, size_t count,
                                       bool dry, jd_import_answer *answers, jeton_err *err);

#endif
