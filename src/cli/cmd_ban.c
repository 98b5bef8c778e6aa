/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_ban.c - jeton ban add|list|lift. */
#include "cli/operation.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fill(void *user, jt_tree *tree, jt_node *to)
{
    const jd_args *args = user;
    const char *why = jd_args_get(args, "--why");
    const char *minutes = jd_args_get(args, "--minutes");
    if (args->operand != NULL)
        jt_put_text(tree, to, "network", jeton_str(args->operand));
    if (why != NULL)
        jt_put_text(tree, to, "why", jeton_str(why));
    if (minutes != NULL)
        jt_put_int(tree, to, "seconds", strtol(minutes, NULL, 10) * 60);
}

static int change(const jd_args *args, const char *operation, const char *done)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status =
        jd_operation_run(args, operation, false, fill, (void *)(uintptr_t)args, &result, &err);
    return status == JETON_OK ? jd_report_line(args, jeton_str(done))
                              : jd_report_failure(args, status, &err);
}

static bool is_number(const char *text)
{
    const size_t len = strlen(text);
    return len > 0 && len <= 6 && strspn(text, "0123456789") == len && strtol(text, NULL, 10) > 0;
}

static int ban_add(const jd_args *args)
{
    jeton_err err = {0};
    const char *minutes = jd_args_get(args, "--minutes");
    if (minutes != NULL && !is_number(minutes))
        return jd_report_failure(
            args, jt_fail(&err, JETON_E_ARGUMENT, "--minutes takes a number from 1"), &err);
    return change(args, "ban.add", "banned");
}

static int ban_lift(const jd_args *args)
{
    return change(args, "ban.lift", "lifted");
}

static void print_ban(const jt_val *ban)
{
    int64_t until = 0;
    const jeton_span network = jt_get_text(ban, "network");
    const jeton_span why = jt_get_text(ban, "why");
    char end[32] = "until it is lifted";
    if (jt_val_int(jt_get(ban, "until"), &until))
        (void)snprintf(end, sizeof end, "until %" PRId64, until);
    printf("%-24.*s  %-18s  %.*s\n", (int)network.len, (const char *)network.ptr, end, (int)why.len,
           (const char *)why.ptr);
}

static int ban_list(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    jeton_status status =
        jd_operation_run(args, "ban.list", false, fill, (void *)(uintptr_t)args, &result, &err);
    if (status == JETON_OK && jd_args_has(args, "--json"))
        status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    const jt_val *bans = jt_get(jt_json_root(result), "bans");
    if (tree != NULL)
        return jd_report_tree(args, tree, jt_tree_copy(tree, bans));
    for (jt_iter it = jt_iter_of(bans); jt_iter_next(&it);)
        print_ban(it.val);
    return jd_report_bytes(args, jeton_str(""));
}

static const jd_option add_options[] = {
    JD_DATA_OPTION,
    {.name = "--minutes", .value = "N", .help = "how long; by default until it is lifted"},
    {.name = "--why", .value = "TEXT", .help = "for whoever reads the list"},
    {.name = NULL},
};

static const jd_option list_options[] = {
    JD_DATA_OPTION,
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

static const jd_option lift_options[] = {
    JD_DATA_OPTION,
    {.name = NULL},
};

const jd_command jd_ban_commands[] = {
    {.noun = "ban",
     .verb = "add",
     .operand = "NETWORK",
     .summary = "Lets nobody try a password from an address or a network.",
     .options = add_options,
     .run = ban_add},
    {.noun = "ban",
     .verb = "list",
     .summary = "Lists the networks that are banned: until when (seconds since 1970), why.",
     .options = list_options,
     .run = ban_list},
    {.noun = "ban",
     .verb = "lift",
     .operand = "NETWORK",
     .summary = "Lifts a ban.",
     .options = lift_options,
     .run = ban_lift},
    {.noun = NULL},
};
