/* SPDX-License-Identifier: Apache-2.0 */
/* cli/key_operations.h - what jeton key does with the keys of a server: list, rotate, withdraw, a
 * client's secret, and another master key. */
#ifndef JD_CLI_KEY_OPERATIONS_H
#define JD_CLI_KEY_OPERATIONS_H

#include "cli/args.h"

int jd_key_list(const jd_args *args);
int jd_key_rotate(const jd_args *args);
int jd_key_withdraw_one(const jd_args *args);
int jd_key_secret(const jd_args *args);
int jd_key_rewrap(const jd_args *args);

extern const jd_option jd_key_list_options[];
extern const jd_option jd_key_rotate_options[];
extern const jd_option jd_key_withdraw_options[];
extern const jd_option jd_key_secret_options[];
extern const jd_option jd_key_rewrap_options[];

#endif
