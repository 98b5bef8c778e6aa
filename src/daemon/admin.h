/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin.h - what an operator can have done: operations by name, JSON in, JSON out.
 *
 * One table for both ways to them: the control socket of a running server, and the command line
 * working on the store by itself. To add one: a function and a row in admin.c. */
#ifndef JD_DAEMON_ADMIN_H
#define JD_DAEMON_ADMIN_H

#include "accounts/accounts.h"
#include "json/tree.h"

/* Runs an operation. When it returns JETON_OK, what it did has taken effect.
 *
 * name       "user.add", …
 * arguments  a JSON object; what each operation takes is said in admin.c
 * result     an object of `tree` to be filled
 *
 * JETON_E_UNSUPPORTED  there is no operation of that name
 * JETON_E_REQUEST      the arguments are wrong
 */
JETON_MUST jeton_status jd_admin_run(jd_accounts *accounts, jeton_span name,
                                     const jt_val *arguments, jt_tree *tree, jt_node *result,
                                     jeton_err *err);

#endif
