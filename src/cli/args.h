/* SPDX-License-Identifier: Apache-2.0 */
/* cli/args.h - a command line, read against the command's row. */
#ifndef JD_CLI_ARGS_H
#define JD_CLI_ARGS_H

#include "cli/command.h"

#define JD_ARGS_MAX 64U /* options given on one line */

struct jd_args {
    const jd_command *command;
    const char *operand; /* NULL: not given */
    size_t count;
    struct {
        const jd_option *option;
        const char *value; /* "" for a switch */
    } given[JD_ARGS_MAX];
    bool help; /* --help stood somewhere: nothing else was checked */
};

/* Reads what stands behind noun and verb. "--name value" and "--name=value" are the same; "--"
 * ends the options; "-" is an operand. JETON_E_ARGUMENT with a sentence for a person. */
JETON_MUST jeton_status jd_args_parse(const jd_command *command, int argc, char *const *argv,
                                      jd_args *args, jeton_err *err);

/* The value of an option: the last one given, or NULL. */
const char *jd_args_get(const jd_args *args, const char *name);

/* Whether it was given. */
bool jd_args_has(const jd_args *args, const char *name);

/* The values of an option that may be given more than once, in order: start with *at = 0 and
 * call again until NULL. */
const char *jd_args_next(const jd_args *args, const char *name, size_t *at);

/* Prints the help of one command. */
void jd_args_help(const jd_command *command);

#endif
