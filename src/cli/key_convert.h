/* SPDX-License-Identifier: Apache-2.0 */
/* cli/key_convert.h - jeton key convert. */
#ifndef JD_CLI_KEY_CONVERT_H
#define JD_CLI_KEY_CONVERT_H

#include "cli/args.h"

/* Reads a key or key set in one form and prints it in another. */
int jd_key_convert(const jd_args *args);

extern const jd_option jd_key_convert_options[];

#endif
