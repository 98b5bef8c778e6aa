/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_role.c - jeton role add|list|grant|revoke|remove. */
#include "cli/operation.h"
#include "cli/report.h"
#include "cli/user.h"
#include "core/auto.h"

#include <inttypes.h>
#include <stdio.h>

static void fill(void *user, jt_tree *tree, jt_node *to)
{
    const jd_args *args = user;
    jt_node *permissions = jt_tree_array(tree);
    size_t at = 0;
    const char *permission;
    while ((permission = jd_args_next(args, "--permission", &at)) != NULL)
        jt_add_text(tree, permissions, jeton_str(permission));
    if (args->operand != NULL)
        jt_put_text(tree, to, "name", jeton_str(args->operand));
    if (jd_args_has(args, "--permission"))
        jt_put_node(tree, to, "permissions", permissions);
}

static int change(const jd_args *args, const char *operation, bool first, const char *sentence)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status =
        jd_operation_run(args, operation, first, fill, (void *)(uintptr_t)args, &result, &err);
    return status == JETON_OK ? jd_report_user(args, result, sentence)
                              : jd_report_failure(args, status, &err);
}

static int role_add(const jd_args *args)
{
    return change(args, "role.add", true, "is added");
}

static int role_grant(const jd_args *args)
{
    return change(args, "role.grant", false, "permits more from now on");
}

static int role_revoke(const jd_args *args)
{
    return change(args, "role.revoke", false, "permits less from now on");
}

static int role_remove(const jd_args *args)
{
    return change(args, "role.remove", false, "is removed");
}

static void print_role(const jt_val *role)
{
    int64_t users = 0;
    const jeton_span name = jt_get_text(role, "name");
    (void)jt_val_int(jt_get(role, "users"), &users);
    printf("%-24.*s %" PRId64 " user%s", (int)name.len, (const char *)name.ptr, users,
           users == 1 ? "" : "s");
    for (jt_iter it = jt_iter_of(jt_get(role, "permissions")); jt_iter_next(&it);) {
        jeton_span permission;
        (void)jt_val_text(it.val, &permission);
        printf(" %.*s", (int)permission.len, (const char *)permission.ptr);
    }
    puts("");
}

static int role_list(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    jeton_status status =
        jd_operation_run(args, "role.list", false, fill, (void *)(uintptr_t)args, &result, &err);
    if (status == JETON_OK)
        status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    const jt_val *roles = jt_get(jt_json_root(result), "roles");
    if (jd_args_has(args, "--json"))
        return jd_report_tree(args, tree, jt_tree_copy(tree, roles));
    for (jt_iter it = jt_iter_of(roles); jt_iter_next(&it);)
        print_role(it.val);
    return jd_report_bytes(args, jeton_str(""));
}

static const jd_option options[] = {
    JD_DATA_OPTION,
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

static const jd_option add_options[] = {
    JD_DATA_OPTION,
    {.name = "--permission", .value = "NAME", .help = "what the role permits", .many = true},
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

static const jd_option change_options[] = {
    JD_DATA_OPTION,
    {.name = "--permission",
     .value = "NAME",
     .help = "what the role permits",
     .required = true,
     .many = true},
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

const jd_command jd_role_commands[] = {
    {.noun = "role",
     .verb = "add",
     .operand = "ROLE",
     .summary = "Adds a role with the permissions that its users get as scope.",
     .options = add_options,
     .run = role_add},
    {.noun = "role",
     .verb = "list",
     .summary = "Lists the roles: name, how many have it, permissions.",
     .options = options,
     .run = role_list},
    {.noun = "role",
     .verb = "grant",
     .operand = "ROLE",
     .summary = "Gives permissions to a role, for all tokens issued from now on.",
     .options = change_options,
     .run = role_grant},
    {.noun = "role",
     .verb = "revoke",
     .operand = "ROLE",
     .summary = "Takes permissions from a role, for all tokens issued from now on.",
     .options = change_options,
     .run = role_revoke},
    {.noun = "role",
     .verb = "remove",
     .operand = "ROLE",
     .summary = "Removes a role, and takes it from whoever has it.",
     .options = options,
     .run = role_remove},
    {.noun = NULL},
};
