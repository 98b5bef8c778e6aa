/* SPDX-License-Identifier: Apache-2.0 */
/* cli/user_report.c - what came of an operation on a user. */
#include "cli/operation.h"
#include "cli/report.h"
#include "cli/user.h"
#include "core/auto.h"

int jd_report_user(const jd_args *args, const jt_json *result, const char *sentence)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_AUTO(jt_buf_done) jt_buf line = jt_buf_init(NULL);
    jeton_err err = {0};
    const jt_val *user = jt_json_root(result);
    const jeton_span name = jt_get_text(user, "name");
    jeton_status status = jt_tree_new(NULL, &tree, &err);
    if (status == JETON_OK && jd_args_has(args, "--json"))
        return jd_report_tree(args, tree, jt_tree_copy(tree, user));
    if (status == JETON_OK)
        status =
            jt_buf_addf(&line, &err, "%.*s %s", (int)name.len, (const char *)name.ptr, sentence);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return jd_report_line(args, jt_buf_span(&line));
}

static void fill_name(void *user, jt_tree *tree, jt_node *to)
{
    const jd_args *args = user;
    jt_put_text(tree, to, "user", jeton_str(args->operand));
}

int jd_user_by_name(const jd_args *args, const char *operation, const char *sentence)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    jeton_err err = {0};
    const jeton_status status =
        jd_operation_run(args, operation, false, fill_name, (void *)(uintptr_t)args, &result, &err);
    return status == JETON_OK ? jd_report_user(args, result, sentence)
                              : jd_report_failure(args, status, &err);
}
