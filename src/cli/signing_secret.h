/* SPDX-License-Identifier: Apache-2.0 */
/* cli/signing_secret.h - the secret that a client's tokens are signed with (HS256), for services
 * that have one already: out of a file or the environment, never off the command line. */
#ifndef JD_CLI_SIGNING_SECRET_H
#define JD_CLI_SIGNING_SECRET_H

#include "cli/args.h"
#include "core/buf.h"

#define JD_SIGNING_SECRET_OPTION                                                                   \
    {                                                                                              \
        .name = "--signing-secret-file", .value = "FILE",                                          \
        .help = "the secret for HS256, a line end behind it left out; otherwise "                  \
                "JETON_SIGNING_SECRET; otherwise one is made"                                      \
    }

/* Its bytes as base64url, as the operations take them; empty when none is given. JETON_E_SYSTEM. */
JETON_MUST jeton_status jd_signing_secret_read(const jd_args *args, jt_buf *text, jeton_err *err);

#endif
