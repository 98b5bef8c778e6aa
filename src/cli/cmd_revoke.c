/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_revoke.c - jeton revoke user|client|key|token|index|all. */
#include "cli/operation.h"
#include "cli/report.h"
#include "core/auto.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void fill(void *user, jt_tree *tree, jt_node *to)
{
    const jd_args *args = user;
    jt_put_text(tree, to, "what", jeton_str(args->command->verb));
    if (args->operand != NULL)
        jt_put_text(tree, to, "name", jeton_str(args->operand));
    if (jd_args_get(args, "--mode") != NULL)
        jt_put_text(tree, to, "mode", jeton_str(jd_args_get(args, "--mode")));
}

/* ---- waiting for other nodes ---------------------------------------------------------------- */

#define ASK_MS 20

static void fill_ticket(void *user, jt_tree *tree, jt_node *to)
{
    const int64_t *ticket = user;
    jt_put_int(tree, to, "ticket", *ticket);
}

static bool is_pending(const jt_json *result)
{
    bool pending = false;
    (void)jt_val_bool(jt_get(jt_json_root(result), "pending"), &pending);
    return pending;
}

/* Asks until it is told what came of the wait, which is bounded on the other side. */
static jeton_status await(const jd_args *args, jd_operation_store *store, int64_t ticket,
                          jt_json **result, jeton_err *err)
{
    for (;;) {
        JT_TRY(jd_operation_run_on(args, store, "revoke.told", false, fill_ticket, &ticket, result,
                                   err));
        if (!is_pending(*result))
            return JETON_OK;
        jt_json_free(result);
        (void)nanosleep(&(const struct timespec){.tv_nsec = ASK_MS * 1000000L}, NULL);
    }
}

/* The result of the revocation, or of the wait behind it. */
static jeton_status run(const jd_args *args, jt_json **result, jeton_err *err)
{
    JT_AUTO(jd_operation_close) jd_operation_store store = JD_OPERATION_STORE;
    int64_t ticket = 0;
    JT_TRY(jd_operation_run_on(args, &store, "revoke", false, fill, (void *)(uintptr_t)args, result,
                               err));
    if (!jt_val_int(jt_get(jt_json_root(*result), "ticket"), &ticket))
        return JETON_OK;
    jt_json_free(result);
    return await(args, &store, ticket, result, err);
}

/* ---- what is told --------------------------------------------------------------------------- */

static void print_names(const jt_val *names, FILE *to)
{
    const char *between = "";
    for (jt_iter it = jt_iter_of(names); jt_iter_next(&it); between = ", ") {
        jeton_span name;
        (void)jt_val_text(it.val, &name);
        fprintf(to, "%s%.*s", between, (int)name.len, (const char *)name.ptr);
    }
}

/* Whoever asked for all nodes hears of those that did not answer; `strict` asks for no more than
 * that none of them accepts anything, which is so by now. */
static int report(const jd_args *args, const jt_val *result)
{
    const char *mode = jd_args_get(args, "--mode");
    const jt_val *missing = jt_get(result, "missing");
    jt_iter any = jt_iter_of(missing);
    if (missing == NULL || !jt_iter_next(&any))
        return jd_report_line(args, jeton_str("revoked"));
    const bool all = mode != NULL && strcmp(mode, "wait=all") == 0;
    fputs("jeton revoke: these have not confirmed, and accept nothing until they have: ", stderr);
    print_names(missing, stderr);
    fputs("\n", stderr);
    const int status = jd_report_line(args, jeton_str("revoked"));
    return all && status == JD_EXIT_DONE ? JD_EXIT_REFUSED : status;
}

static int report_json(const jd_args *args, const jt_val *result)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    const jeton_status status = jt_tree_new(NULL, &tree, &err);
    return status == JETON_OK ? jd_report_tree(args, tree, jt_tree_copy(tree, result))
                              : jd_report_failure(args, status, &err);
}

static int revoke(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status = run(args, &result, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_args_has(args, "--json") ? report_json(args, jt_json_root(result))
                                       : report(args, jt_json_root(result));
}

static const jd_option options[] = {
    JD_DATA_OPTION,
    {.name = "--json", .help = "one line of JSON: with a mode, the nodes by name"},
    {.name = "--mode",
     .value = "MODE",
     .help = "until it is kept (durable), all nodes have it (wait=all), or none without it accepts "
             "tokens (strict)"},
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
     .verb = "index",
     .operand = "IDX",
     .summary = "Refuses one access token, named by its idx; its session goes on.",
     .options = options,
     .run = revoke},
    {.noun = "revoke",
     .verb = "all",
     .summary = "Refuses every access token there is, and ends all sessions.",
     .options = options,
     .run = revoke},
    {.noun = NULL},
};
