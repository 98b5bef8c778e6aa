/* SPDX-License-Identifier: Apache-2.0 */
/* cli/command.h - what a command is: a row that help, parsing and dispatch are all read from.
 *
 * To add one: a row in the array of its cmd_<noun>.c. To add a noun: also that array in main.c. */
#ifndef JD_CLI_COMMAND_H
#define JD_CLI_COMMAND_H

#include <jeton/error.h>
#include <stdbool.h>
#include <stddef.h>

/* Exit statuses, the same for every command. */
enum {
    JD_EXIT_DONE = 0,
    JD_EXIT_REFUSED = 1,     /* refused, or not found */
    JD_EXIT_USAGE = 2,       /* the command line is wrong */
    JD_EXIT_ENVIRONMENT = 3, /* file, network, store, memory */
};

typedef struct jd_option {
    const char *name;  /* "--key"; NULL ends a list */
    const char *value; /* what stands behind it ("FILE"); NULL: a switch */
    const char *help;
    bool required;
    bool many; /* may be given more than once */
} jd_option;

typedef struct jd_args jd_args;

typedef struct jd_command {
    const char *noun, *verb; /* "token", "sign"; verb NULL: the noun alone */
    const char *operand;     /* "TOKEN|-"; NULL: takes none */
    bool operand_optional;
    const char *summary;
    const jd_option *options;
    int (*run)(const jd_args *args); /* gives an exit status */
} jd_command;

/* The commands of one cmd_<noun>.c; the last row has noun NULL. */
extern const jd_command jd_jws_commands[];
extern const jd_command jd_agent_commands[];
extern const jd_command jd_audit_commands[];
extern const jd_command jd_ban_commands[];
extern const jd_command jd_bench_commands[];
extern const jd_command jd_backup_commands[];
extern const jd_command jd_restore_commands[];
extern const jd_command jd_client_commands[];
extern const jd_command jd_config_commands[];
extern const jd_command jd_doctor_commands[];
extern const jd_command jd_cluster_commands[];
extern const jd_command jd_key_commands[];
extern const jd_command jd_nodes_commands[];
extern const jd_command jd_role_commands[];
extern const jd_command jd_revoke_commands[];
extern const jd_command jd_segment_commands[];
extern const jd_command jd_serve_commands[];
extern const jd_command jd_session_commands[];
extern const jd_command jd_store_commands[];
extern const jd_command jd_token_commands[];
extern const jd_command jd_user_commands[];

#endif
