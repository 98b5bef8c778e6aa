/* SPDX-License-Identifier: Apache-2.0 */
/* cli/main.c - the program jeton: finds the command and runs it. */
#include "cli/args.h"
#include "cli/listing.h"
#include "cli/report.h"
#include "core/auto.h"

#include <jeton/export.h>
#include <stdio.h>
#include <string.h>

static const jd_command *const commands[] = {
    jd_serve_commands,   jd_agent_commands,  jd_user_commands,    jd_role_commands,
    jd_session_commands, jd_ban_commands,    jd_client_commands,  jd_revoke_commands,
    jd_audit_commands,   jd_backup_commands, jd_restore_commands, jd_token_commands,
    jd_jws_commands,     jd_key_commands,    jd_nodes_commands,   jd_cluster_commands,
    jd_segment_commands, jd_store_commands,  jd_config_commands,  jd_doctor_commands,
    jd_bench_commands,
};

static void print_commands(const char *noun)
{
    for (size_t i = 0; i < JT_COUNT(commands); i++) {
        for (const jd_command *c = commands[i]; c->noun != NULL; c++) {
            char name[40];
            if (noun != NULL && strcmp(noun, c->noun) != 0)
                continue;
            (void)snprintf(name, sizeof name, "%s %s", c->noun, c->verb != NULL ? c->verb : "");
            printf("  %-18s %s\n", name, c->summary);
        }
    }
}

static int print_usage(const char *noun)
{
    puts("jeton - JWT authentication: the server, and the command line\n\n"
         "usage: jeton COMMAND [OPTION]… [OPERAND]\n");
    print_commands(noun);
    puts("\njeton COMMAND --help tells more; jeton --version prints the version.");
    return JD_EXIT_DONE;
}

/* The command that the words name; *words is how many of them. */
static const jd_command *find_command(int argc, char *const *argv, int *words)
{
    for (size_t i = 0; i < JT_COUNT(commands); i++) {
        for (const jd_command *c = commands[i]; c->noun != NULL; c++) {
            *words = c->verb != NULL ? 2 : 1;
            if (argc >= *words && strcmp(argv[0], c->noun) == 0 &&
                (c->verb == NULL || strcmp(argv[1], c->verb) == 0))
                return c;
        }
    }
    return NULL;
}

static bool is_noun(const char *word)
{
    for (size_t i = 0; i < JT_COUNT(commands); i++)
        if (strcmp(commands[i]->noun, word) == 0)
            return true;
    return false;
}

static bool is_help(const char *word)
{
    return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* No command is named: a question for help is answered, anything else is wrong usage. */
static int without_command(int argc, char *const *argv)
{
    if (argc == 2 && is_help(argv[0]) && strcmp(argv[1], "--json") == 0)
        return jd_listing_print(commands, JT_COUNT(commands));
    if (argc > 0 && is_help(argv[0]))
        return print_usage(argc > 1 && is_noun(argv[1]) ? argv[1] : NULL);
    if (argc > 0 && strcmp(argv[0], "--version") == 0) {
        puts("jeton " JETON_VERSION);
        return JD_EXIT_DONE;
    }
    if (argc > 1 && is_noun(argv[0]) && is_help(argv[1]))
        return print_usage(argv[0]);
    if (argc > 1 && is_noun(argv[0]) && argv[1][0] != '-')
        fprintf(stderr, "jeton: there is no command %.40s %.40s: jeton %.40s --help lists them\n",
                argv[0], argv[1], argv[0]);
    else if (argc > 0 && is_noun(argv[0]))
        fprintf(stderr, "jeton %s: say what to do: jeton %s --help lists it\n", argv[0], argv[0]);
    else if (argc > 0)
        fprintf(stderr, "jeton: there is no command %.40s: jeton --help lists them\n", argv[0]);
    else
        fputs("jeton: say what to do: jeton --help lists the commands\n", stderr);
    return JD_EXIT_USAGE;
}

static int run(const jd_command *command, int argc, char *const *argv)
{
    jd_args args;
    jeton_err err = {0};
    const jeton_status status = jd_args_parse(command, argc, argv, &args, &err);
    if (status != JETON_OK) {
        (void)jd_report_failure(&args, status, &err);
        fprintf(stderr, "try: jeton %s%s%s --help\n", command->noun,
                command->verb != NULL ? " " : "", command->verb != NULL ? command->verb : "");
        return JD_EXIT_USAGE;
    }
    if (args.help) {
        jd_args_help(command);
        return JD_EXIT_DONE;
    }
    return command->run(&args);
}

int main(int argc, char **argv)
{
    int words;
    const jd_command *command = find_command(argc - 1, argv + 1, &words);
    if (command == NULL)
        return without_command(argc - 1, argv + 1);
    return run(command, argc - 1 - words, argv + 1 + words);
}
