/* SPDX-License-Identifier: Apache-2.0 */
/* cli/user_change.c - jeton user show|role|set|reset|remove. */
#include "cli/operation.h"
#include "cli/report.h"
#include "cli/user.h"
#include "core/auto.h"

static void fill_list(const jd_args *args, const char *option, jt_tree *tree, jt_node *to,
                      const char *name)
{
    jt_node *list = jt_tree_array(tree);
    size_t at = 0;
    const char *text;
    while ((text = jd_args_next(args, option, &at)) != NULL)
        jt_add_text(tree, list, jeton_str(text));
    jt_put_node(tree, to, name, list);
}

static void fill(void *user, jt_tree *tree, jt_node *to)
{
    const jd_args *args = user;
    jt_put_text(tree, to, "user", jeton_str(args->operand));
    if (jd_args_has(args, "--name"))
        jt_put_text(tree, to, "name", jeton_str(jd_args_get(args, "--name")));
    if (jd_args_has(args, "--email"))
        jt_put_text(tree, to, "email", jeton_str(jd_args_get(args, "--email")));
    if (jd_args_has(args, "--must-change"))
        jt_put_bool(tree, to, "must_change", true);
    if (jd_args_has(args, "--add"))
        fill_list(args, "--add", tree, to, "give");
    if (jd_args_has(args, "--remove"))
        fill_list(args, "--remove", tree, to, "take");
}

/* Runs an operation whose arguments are the options that were given. */
static jeton_status run(const jd_args *args, const char *operation, jt_json **result,
                        jeton_err *err)
{
    return jd_operation_run(args, operation, false, fill, (void *)(uintptr_t)args, result, err);
}

static int change(const jd_args *args, const char *operation, const char *sentence)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status = run(args, operation, &result, &err);
    return status == JETON_OK ? jd_report_user(args, result, sentence)
                              : jd_report_failure(args, status, &err);
}

int jd_user_role_command(const jd_args *args)
{
    return change(args, "user.roles", "has other roles from now on");
}

int jd_user_set_command(const jd_args *args)
{
    return change(args, "user.set", "is changed");
}

int jd_user_remove_command(const jd_args *args)
{
    return change(args, "user.remove", "is removed");
}

int jd_user_show_command(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    jeton_status status = run(args, "user.show", &result, &err);
    if (status == JETON_OK)
        status = jt_tree_new(NULL, &tree, &err);
    return status == JETON_OK ? jd_report_tree(args, tree, jt_tree_copy(tree, jt_json_root(result)))
                              : jd_report_failure(args, status, &err);
}

/* The code alone, so that it can be piped to whoever sends it. */
int jd_user_reset_command(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status = run(args, "user.reset", &result, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    if (jd_args_has(args, "--json"))
        return jd_report_user(args, result, "");
    return jd_report_line(args, jt_get_text(jt_json_root(result), "code"));
}
