/* SPDX-License-Identifier: Apache-2.0 */
/* cli/key_output.h - where keys go: stdout, or with --out a new file that only its owner reads. */
#ifndef JD_CLI_KEY_OUTPUT_H
#define JD_CLI_KEY_OUTPUT_H

#include "cli/args.h"

#include <jeton/key.h>

/* Writes a printed key, with a newline behind it unless it has one or is DER. --out FILE makes the
 * file, mode 0600, and never writes over one. Gives the exit status. */
int jd_key_output(const jd_args *args, const jeton_text *text);
int jd_key_output_der(const jd_args *args, const jeton_text *bytes);

/* Prints a key as the PEM block of a new passphrase (`file`: or `variable`, or the terminal). */
JETON_MUST jeton_status jd_key_print_encrypted(const jeton_key *key, const char *file,
                                               const char *variable, jeton_text **text,
                                               jeton_err *err);

#define JD_OUT_OPTION                                                                              \
    {                                                                                              \
        .name = "--out", .value = "FILE",                                                          \
        .help = "write to this new file, readable by its owner only"                               \
    }

#endif
