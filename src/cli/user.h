/* SPDX-License-Identifier: Apache-2.0 */
/* cli/user.h - the commands on users that have files of their own, and how users are told about.
 */
#ifndef JD_CLI_USER_H
#define JD_CLI_USER_H

#include "cli/args.h"
#include "json/json.h"

/* user_change.c */
int jd_user_remove_command(const jd_args *args);
int jd_user_reset_command(const jd_args *args);
int jd_user_role_command(const jd_args *args);
int jd_user_set_command(const jd_args *args);
int jd_user_show_command(const jd_args *args);

/* user_import.c */
int jd_user_import_command(const jd_args *args);

/* Runs an operation that takes the operand as "user", and reports. */
int jd_user_by_name(const jd_args *args, const char *operation, const char *sentence);

/* The result as JSON when that was asked for, otherwise "NAME SENTENCE". An exit status. */
int jd_report_user(const jd_args *args, const jt_json *result, const char *sentence);

#endif
