/* SPDX-License-Identifier: Apache-2.0 */
/* cli/listing.h - jeton help --json: every command with its options, for programs. The manual
 * pages are made of it, so that they cannot tell of an option there is not. */
#ifndef JD_CLI_LISTING_H
#define JD_CLI_LISTING_H

#include "cli/command.h"

/* Prints one line of JSON about the commands of `count` arrays, and gives the exit status. */
int jd_listing_print(const jd_command *const *commands, size_t count);

#endif
