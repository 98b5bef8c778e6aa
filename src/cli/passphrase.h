/* SPDX-License-Identifier: Apache-2.0 */
/* cli/passphrase.h - the passphrase of an encrypted key: from a file, the environment or the
 * terminal, never from argv. */
#ifndef JD_CLI_PASSPHRASE_H
#define JD_CLI_PASSPHRASE_H

#include "core/secret.h"

/* The first line of `file`; where that is NULL, the environment variable `variable`; where that is
 * not set, asked at the terminal: twice when `is_new`.
 *
 * JETON_E_ARGUMENT  none of the three is there
 * JETON_E_REQUEST   the two that were typed differ, or nothing was given
 * JETON_E_SYSTEM    the file cannot be read
 */
JETON_MUST jeton_status jd_passphrase_input(const char *file, const char *variable, bool is_new,
                                            jt_secret *passphrase, jeton_err *err);

#define JD_PASSPHRASE_ENV     "JETON_PASSPHRASE"     /* of a key that is read */
#define JD_NEW_PASSPHRASE_ENV "JETON_NEW_PASSPHRASE" /* of a key that is written */

#endif
