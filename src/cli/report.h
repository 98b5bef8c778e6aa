/* SPDX-License-Identifier: Apache-2.0 */
/* cli/report.h - what commands tell: results on stdout, refusals on stderr, and the exit status. */
#ifndef JD_CLI_REPORT_H
#define JD_CLI_REPORT_H

#include "cli/args.h"
#include "json/tree.h"

/* Says on stderr why a command failed, and gives its exit status. */
int jd_report_failure(const jd_args *args, jeton_status status, const jeton_err *err);

/* Says on stderr what is wrong with a setting, and where it comes from: a place in a file, a
 * variable of the environment. Sentences about options name them already. */
void jd_report_mistake(const jd_args *args, const char *where, const char *what);

/* The exit status of an outcome: one table for all commands. */
int jd_exit_of(jeton_status status);

/* Writes bytes to stdout; the exit status is 3 when that fails (a full disk, a closed pipe). */
int jd_report_bytes(const jd_args *args, jeton_span bytes);

/* Writes a text and a newline to stdout. */
int jd_report_line(const jd_args *args, jeton_span text);

/* Writes JSON to stdout: one line with --json, indented for people otherwise. */
int jd_report_tree(const jd_args *args, const jt_tree *tree, const jt_node *root);

#endif
