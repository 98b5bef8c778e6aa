/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_inspect.h - jeton token inspect. */
#ifndef JD_CLI_TOKEN_INSPECT_H
#define JD_CLI_TOKEN_INSPECT_H

#include "cli/args.h"

/* Prints header and payload of a token, and its dates in words. Verifies nothing. */
int jd_token_inspect(const jd_args *args);

#endif
