/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token.h - the verbs of jeton token: one file for each, one table in cmd_token.c. */
#ifndef JD_CLI_TOKEN_H
#define JD_CLI_TOKEN_H

#include "cli/args.h"

extern const jd_option jd_token_sign_options[];
extern const jd_option jd_token_verify_options[];
extern const jd_option jd_token_inspect_options[];
extern const jd_option jd_token_lint_options[];

int jd_token_sign(const jd_args *args);
int jd_token_verify(const jd_args *args);
int jd_token_inspect(const jd_args *args);
int jd_token_lint(const jd_args *args);

/* Whether an operand stands for standard input. NULL does not. */
bool jd_token_is_stdin(const char *text);

/* The key and `what` cannot both come from stdin, where whoever reads second would find nothing:
 * JETON_E_ARGUMENT when `also` and the key does. */
JETON_MUST jeton_status jd_token_stdin_once(const jd_args *args, bool also, const char *what,
                                            jeton_err *err);

#endif
