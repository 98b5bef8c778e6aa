/* SPDX-License-Identifier: Apache-2.0 */
/* cli/report.c - results, refusals, exit statuses. */
#include "cli/report.h"

#include "cli/terminal.h"
#include "core/auto.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Everything that is not in the table is a refusal of what was asked about. */
static const struct {
    jeton_status status;
    int exit;
} exits[] = {
    {JETON_OK, JD_EXIT_DONE},
    {JETON_E_ARGUMENT, JD_EXIT_USAGE},
    {JETON_E_NOMEM, JD_EXIT_ENVIRONMENT},
    {JETON_E_RANDOM, JD_EXIT_ENVIRONMENT},
    {JETON_E_CRYPTO, JD_EXIT_ENVIRONMENT},
    {JETON_E_BUSY, JD_EXIT_ENVIRONMENT},
    {JETON_E_STALE, JD_EXIT_ENVIRONMENT},
    {JETON_E_STORE, JD_EXIT_ENVIRONMENT},
    {JETON_E_SYSTEM, JD_EXIT_ENVIRONMENT},
};

int jd_exit_of(jeton_status status)
{
    for (size_t i = 0; i < JT_COUNT(exits); i++)
        if (exits[i].status == status)
            return exits[i].exit;
    return JD_EXIT_REFUSED;
}

static void print_name(const jd_args *args)
{
    const jd_command *command = args->command;
    fprintf(stderr, "jeton %s", command->noun);
    if (command->verb != NULL)
        fprintf(stderr, " %s", command->verb);
    fputs(": ", stderr);
}

int jd_report_failure(const jd_args *args, jeton_status status, const jeton_err *err)
{
    print_name(args);
    fprintf(stderr, "%s\n", err->text[0] != '\0' ? err->text : jeton_status_text(status));
    return jd_exit_of(status);
}

void jd_report_mistake(const jd_args *args, const char *where, const char *what)
{
    print_name(args);
    if (strncmp(where, "--", 2) != 0)
        fprintf(stderr, "%s: ", where);
    fprintf(stderr, "%s\n", what);
}

int jd_report_bytes(const jd_args *args, jeton_span bytes)
{
    /* fwrite() must not be given the NULL of an empty span. ferror: also what was printed before
     * and could not be written. */
    const bool written = bytes.len == 0 || fwrite(bytes.ptr, 1, bytes.len, stdout) == bytes.len;
    if (written && fflush(stdout) == 0 && ferror(stdout) == 0)
        return JD_EXIT_DONE;
    print_name(args);
    fprintf(stderr, "cannot write the answer: %s\n", strerror(errno));
    return JD_EXIT_ENVIRONMENT;
}

int jd_report_line(const jd_args *args, jeton_span text)
{
    const int exit = jd_report_bytes(args, text);
    return exit == JD_EXIT_DONE ? jd_report_bytes(args, jeton_str("\n")) : exit;
}

int jd_report_tree(const jd_args *args, const jt_tree *tree, const jt_node *root)
{
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    jeton_err err = {0};
    const bool for_machines = jd_args_has(args, "--json");
    const jeton_status status =
        jd_terminal_add_tree(&text, tree, root, for_machines ? JT_COMPACT : JT_PRETTY, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    if (for_machines)
        return jd_report_line(args, jt_buf_span(&text));
    return jd_report_bytes(args, jt_buf_span(&text));
}
