/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_user.c - jeton user: its table, and add, list, disable, enable; what else changes a user
 * is in user_change.c. */
#include "cli/pages.h"
#include "cli/password_input.h"
#include "cli/report.h"
#include "cli/user.h"
#include "core/auto.h"
#include "core/err.h"

#include <stdio.h>

static jeton_span text_of(const jt_val *object, const char *name)
{
    return jt_get_text(object, name);
}

/* ---- add ------------------------------------------------------------------------------------ */

typedef struct addition {
    const jd_args *args;
    jt_secret password;
} addition;

static void fill_addition(void *user, jt_tree *tree, jt_node *to)
{
    const addition *of = user;
    jt_node *roles = jt_tree_array(tree);
    size_t at = 0;
    const char *role;
    while ((role = jd_args_next(of->args, "--role", &at)) != NULL)
        jt_add_text(tree, roles, jeton_str(role));
    jt_put_text(tree, to, "name", jeton_str(of->args->operand));
    jt_put_text(tree, to, "password", jt_secret_span(&of->password));
    jt_put_node(tree, to, "roles", roles);
    if (jd_args_has(of->args, "--email"))
        jt_put_text(tree, to, "email", jeton_str(jd_args_get(of->args, "--email")));
    jt_put_bool(tree, to, "must_change", jd_args_has(of->args, "--must-change"));
}

static jeton_status add(const jd_args *args, jt_json **result, jeton_err *err)
{
    addition of = {.args = args};
    jeton_status status =
        jd_password_input(jd_args_has(args, "--password-stdin"), &of.password, err);
    if (status == JETON_OK)
        status = jd_operation_run(args, "user.add", true, fill_addition, &of, result, err);
    jt_secret_done(&of.password);
    return status;
}

static int user_add(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status = add(args, &result, &err);
    return status == JETON_OK ? jd_report_user(args, result, "is added")
                              : jd_report_failure(args, status, &err);
}

/* ---- disable, enable ------------------------------------------------------------------------ */

static int user_disable(const jd_args *args)
{
    return jd_user_by_name(args, "user.disable", "is disabled; the sessions are ended");
}

static int user_enable(const jd_args *args)
{
    return jd_user_by_name(args, "user.enable", "may log in");
}

/* ---- list ----------------------------------------------------------------------------------- */

static void print_user(const jt_val *user)
{
    const jeton_span name = text_of(user, "name");
    bool disabled;
    (void)jt_val_bool(jt_get(user, "disabled"), &disabled);
    printf("%-24.*s", (int)name.len, (const char *)name.ptr);
    for (jt_iter it = jt_iter_of(jt_get(user, "roles")); jt_iter_next(&it);) {
        jeton_span role;
        (void)jt_val_text(it.val, &role);
        printf(" %.*s", (int)role.len, (const char *)role.ptr);
    }
    puts(disabled ? " (disabled)" : "");
}

static int user_list(const jd_args *args)
{
    static const jd_pages pages = {.operation = "user.list", .rows = "users", .print = print_user};
    return jd_pages_report(args, &pages);
}

/* ---- the commands --------------------------------------------------------------------------- */

static const jd_option add_options[] = {
    JD_DATA_OPTION,
    {.name = "--role", .value = "ROLE", .help = "a role the user has", .many = true},
    {.name = "--email", .value = "ADDRESS", .help = "an e-mail address"},
    {.name = "--must-change", .help = "the password has to be changed at the first login"},
    {.name = "--password-stdin", .help = "the password is the first line of stdin"},
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

static const jd_option options[] = {
    JD_DATA_OPTION,
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

static const jd_option role_options[] = {
    JD_DATA_OPTION,
    {.name = "--add", .value = "ROLE", .help = "a role he gets", .many = true},
    {.name = "--remove", .value = "ROLE", .help = "a role he loses", .many = true},
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

static const jd_option set_options[] = {
    JD_DATA_OPTION,
    {.name = "--name", .value = "NAME", .help = "another name; the id stays"},
    {.name = "--email", .value = "ADDRESS", .help = "an e-mail address; empty: none"},
    {.name = "--must-change", .help = "sessions end, and only the password can be changed"},
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

static const jd_option import_options[] = {
    JD_DATA_OPTION,
    {.name = "--dry-run", .help = "add nobody, and tell of each line what would come of it"},
    {.name = "--json", .help = "a line of JSON for each line that is told about"},
    {.name = NULL},
};

const jd_command jd_user_commands[] = {
    {.noun = "user",
     .verb = "add",
     .operand = "NAME",
     .summary = "Adds a user; asks for the password unless it comes by --password-stdin.",
     .options = add_options,
     .run = user_add},
    {.noun = "user",
     .verb = "list",
     .summary = "Lists the users: name, roles, and who is disabled.",
     .options = options,
     .run = user_list},
    {.noun = "user",
     .verb = "disable",
     .operand = "NAME",
     .summary = "Locks a user out: sessions end and access tokens are refused at once.",
     .options = options,
     .run = user_disable},
    {.noun = "user",
     .verb = "enable",
     .operand = "NAME",
     .summary = "Lets a disabled user log in again.",
     .options = options,
     .run = user_enable},
    {.noun = "user",
     .verb = "show",
     .operand = "NAME",
     .summary = "Prints all about a user but the password: e-mail, roles, permissions.",
     .options = options,
     .run = jd_user_show_command},
    {.noun = "user",
     .verb = "role",
     .operand = "NAME",
     .summary = "Gives a user roles and takes others away, for all tokens issued from now on.",
     .options = role_options,
     .run = jd_user_role_command},
    {.noun = "user",
     .verb = "set",
     .operand = "NAME",
     .summary = "Changes the name or e-mail of a user, or demands another password of him.",
     .options = set_options,
     .run = jd_user_set_command},
    {.noun = "user",
     .verb = "reset",
     .operand = "NAME",
     .summary =
         "Prints a one-time code for POST /password/reset, good for --reset-ttl of the server.",
     .options = options,
     .run = jd_user_reset_command},
    {.noun = "user",
     .verb = "remove",
     .operand = "NAME",
     .summary = "Removes a user: sessions end and access tokens are refused at once.",
     .options = options,
     .run = jd_user_remove_command},
    {.noun = "user",
     .verb = "import",
     .operand = "FILE",
     .summary = "Adds the users of a CSV or JSON lines file, with their password hashes.",
     .options = import_options,
     .run = jd_user_import_command},
    {.noun = NULL},
};
