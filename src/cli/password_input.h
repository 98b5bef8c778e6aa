/* SPDX-License-Identifier: Apache-2.0 */
/* cli/password_input.h - a password from standard input or from the terminal, never from argv:
 * other users of the machine can read that. */
#ifndef JD_CLI_PASSWORD_INPUT_H
#define JD_CLI_PASSWORD_INPUT_H

#include "core/secret.h"

/* Reads the first line of standard input, or asks twice at the terminal without showing it.
 *
 * JETON_E_ARGUMENT  there is no terminal to ask at
 * JETON_E_REQUEST   the two differ
 */
JETON_MUST jeton_status jd_password_input(bool from_stdin, jt_secret *password, jeton_err *err);

/* Asks at the terminal without showing what is typed; `again` (NULL: not) asks a second time.
 *
 * otherwise  what to do where there is no terminal, for the sentence of JETON_E_ARGUMENT
 */
JETON_MUST jeton_status jd_password_ask(const char *prompt, const char *again,
                                        const char *otherwise, jt_secret *password, jeton_err *err);

#endif
