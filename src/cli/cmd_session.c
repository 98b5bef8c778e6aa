/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_session.c - jeton session list|end. */
#include "cli/operation.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"

#include <stdio.h>
#include <time.h>

/* ---- list ----------------------------------------------------------------------------------- */

static void fill_user(void *user, jt_tree *tree, jt_node *to)
{
    const jd_args *args = user;
    jt_put_text(tree, to, "user", jeton_str(args->operand));
}

static void print_time(const jt_val *session, const char *name)
{
    int64_t seconds = 0;
    char text[24] = "?";
    struct tm parts;
    (void)jt_val_int(jt_get(session, name), &seconds);
    const time_t when = (time_t)seconds;
    if (gmtime_r(&when, &parts) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    printf("  %s", text);
}

static void print_session(const jt_val *session)
{
    const jeton_span id = jt_get_text(session, "id");
    const jeton_span device = jt_get_text(session, "device");
    const jeton_span address = jt_get_text(session, "address");
    printf("%.*s", (int)id.len, (const char *)id.ptr);
    print_time(session, "created_at");
    print_time(session, "last_used_at");
    printf("  %-15.*s  %.*s\n", (int)address.len, (const char *)address.ptr, (int)device.len,
           (const char *)device.ptr);
}

static int print_sessions(const jd_args *args, const jt_val *result)
{
    bool more = false;
    const jt_val *sessions = jt_get(result, "sessions");
    (void)jt_val_bool(jt_get(result, "more"), &more);
    for (jt_iter it = jt_iter_of(sessions); jt_iter_next(&it);)
        print_session(it.val);
    if (more)
        fputs("jeton session list: there are older ones\n", stderr);
    return jd_report_bytes(args, jeton_str(""));
}

static int session_list(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    jeton_status status = jd_operation_run(args, "session.list", false, fill_user,
                                           (void *)(uintptr_t)args, &result, &err);
    if (status == JETON_OK && !jd_args_has(args, "--json"))
        return print_sessions(args, jt_json_root(result));
    if (status == JETON_OK)
        status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_tree(args, tree, jt_tree_copy(tree, jt_get(jt_json_root(result), "sessions")));
}

/* ---- end ------------------------------------------------------------------------------------ */

static void fill_end(void *user, jt_tree *tree, jt_node *to)
{
    const jd_args *args = user;
    const char *name = jd_args_get(args, "--user");
    if (name != NULL)
        jt_put_text(tree, to, "user", jeton_str(name));
    else
        jt_put_text(tree, to, "id", jeton_str(args->operand));
}

static int session_end(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const bool all = jd_args_get(args, "--user") != NULL;
    jeton_status status = JETON_OK;
    if (all == (args->operand != NULL))
        status = jt_fail(&err, JETON_E_ARGUMENT, "give the id of a session, or --user NAME");
    if (status == JETON_OK)
        status = jd_operation_run(args, all ? "session.end_all" : "session.end", false, fill_end,
                                  (void *)(uintptr_t)args, &result, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_line(args, jeton_str(all ? "the sessions are ended" : "the session is ended"));
}

/* ---- the commands --------------------------------------------------------------------------- */

static const jd_option list_options[] = {
    JD_DATA_OPTION,
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

static const jd_option end_options[] = {
    JD_DATA_OPTION,
    {.name = "--user", .value = "NAME", .help = "all sessions of this user"},
    {.name = NULL},
};

const jd_command jd_session_commands[] = {
    {.noun = "session",
     .verb = "list",
     .operand = "USER",
     .summary = "Lists where a user is logged in: id, begun, last used, address, device.",
     .options = list_options,
     .run = session_list},
    {.noun = "session",
     .verb = "end",
     .operand = "ID",
     .operand_optional = true,
     .summary = "Ends a session, or all of a user's: access tokens are refused at once.",
     .options = end_options,
     .run = session_end},
    {.noun = NULL},
};
