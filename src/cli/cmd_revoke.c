/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_revoke.c - jeton revoke user|client|key|token|all. */
#include "cli/operation.h"
#include "cli/report.h"
#include "core/auto.h"

static void fill(void *user, jt_tree *tree, jt_node *to)
{
    const jd_args *args = user;
    jt_put_text(tree, to, "what", jeton_str(args->command->verb));
    if (args->operand != NULL)
        jt_put_text(tree, to, "name", jeton_str(args->operand));
}

static int revoke(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status =
        jd_operation_run(args, "revoke", false, fill, (void *)(uintptr_t)args, &result, &err);
    return status == JETON_OK ? jd_report_line(args, jeton_str("revoked"))
                              : jd_report_failure(args, status, &err);
}

static const jd_option options[] = {
    JD_DATA_OPTION,
    {.name = NULL},
};

const jd_command jd_revoke_commands[] = {
    {.noun = "revoke",
     .verb = "user",
     .operand = "NAME",
     .summary = "Refuses the access tokens a user has, and ends his sessions.",
     .options = options,
     .run = revoke},
    {.noun = "revoke",
     .verb = "client",
     .operand = "ID",
     .summary = "Refuses the access tokens a client has got, and ends the sessions begun by it.",
     .options = options,
     .run = revoke},
    {.noun = "revoke",
     .verb = "key",
     .operand = "KID",
     .summary = "Refuses what a key has signed so far; jeton key withdraw ends the key itself.",
     .options = options,
     .run = revoke},
    {.noun = "revoke",
     .verb = "token",
     .operand = "JTI",
     .summary = "Refuses one access token, named by its jti; its session goes on.",
     .options = options,
     .run = revoke},
    {.noun = "revoke",
     .verb = "all",
     .summary = "Refuses every access token there is, and ends all sessions.",
     .options = options,
     .run = revoke},
    {.noun = NULL},
};
