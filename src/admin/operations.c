/* SPDX-License-Identifier: Apache-2.0 */
/* admin/operations.c - the table of operations, what their arguments may be, and the operator's way
 * to them. */
#include "admin/operations.h"

#include "accounts/batch.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/audit.h"

#include <stdio.h>

static const jd_operation table_operations[2]; /* at the end */

static const jd_operation *const groups[] = {
    table_operations,         jd_audit_operations,  jd_backup_operations,  jd_ban_operations,
    jd_client_operations,     jd_import_operations, jd_key_operations,     jd_node_operations,
    jd_revocation_operations, jd_role_operations,   jd_session_operations, jd_user_operations,
};

const jd_operation *jd_operation_at(size_t number)
{
    for (size_t i = 0; i < JT_COUNT(groups); i++)
        for (const jd_operation *row = groups[i]; row->name != NULL; row++)
            if (number-- == 0)
                return row;
    return NULL;
}

const jd_operation *jd_operation_find(jeton_span name)
{
    for (size_t i = 0; i < JT_COUNT(groups); i++)
        for (const jd_operation *row = groups[i]; row->name != NULL; row++)
            if (jeton_span_equal(name, jeton_str(row->name)))
                return row;
    return NULL;
}

/* ---- arguments ------------------------------------------------------------------------------ */

jt_kind jd_operation_takes(const jd_operation *operation, jeton_span name)
{
    for (const jd_argument *row = operation->arguments; row->name != NULL; row++)
        if (jeton_span_equal(name, jeton_str(row->name)))
            return row->kind;
    return JT_ABSENT;
}

static const char *kind_name(jt_kind kind)
{
    static const char *const names[] = {
        [JT_TEXT] = "a text",
        [JT_BOOL] = "true or false",
        [JT_NUMBER] = "a whole number from 0 on",
        [JT_ARRAY] = "a list",
    };
    return names[kind];
}

static bool is_kind(const jt_val *val, jt_kind kind)
{
    int64_t number;
    if (kind == JT_NUMBER)
        return jt_val_int(val, &number) && number >= 0;
    return jt_kind_of(val) == kind;
}

/* Says what it takes, in place of a name that a stranger has chosen. */
static jeton_status unknown(const jd_operation *operation, jeton_err *err)
{
    char list[100] = "nothing";
    size_t len = 0;
    for (const jd_argument *row = operation->arguments; row->name != NULL; row++)
        if (len < sizeof list)
            len += (size_t)snprintf(list + len, sizeof list - len, "%s%s", len > 0 ? ", " : "",
                                    row->name);
    return jt_fail(err, JETON_E_REQUEST, "%s takes %s", operation->name, list);
}

static jeton_status check_known(const jd_operation *operation, const jt_val *arguments,
                                jeton_err *err)
{
    for (jt_iter it = jt_iter_of(arguments); jt_iter_next(&it);) {
        const jt_kind kind = jd_operation_takes(operation, it.name);
        if (kind == JT_ABSENT)
            return unknown(operation, err);
        if (!is_kind(it.val, kind))
            return jt_fail(err, JETON_E_REQUEST, "%.*s is not %s", (int)it.name.len,
                           (const char *)it.name.ptr, kind_name(kind));
    }
    return JETON_OK;
}

jeton_status jd_operation_check(const jd_operation *operation, const jt_val *arguments,
                                jeton_err *err)
{
    JT_TRY(check_known(operation, arguments, err));
    for (const jd_argument *row = operation->arguments; row->name != NULL; row++)
        if (row->required && jt_get(arguments, row->name) == NULL)
            return jt_fail(err, JETON_E_REQUEST, "%s is missing", row->name);
    return JETON_OK;
}

/* ---- the operator's way --------------------------------------------------------------------- */

typedef struct running {
    const jd_operation *operation;
    jd_task *task;
    bool done; /* the run step has succeeded */
} running;

/* For whom a thread works is the thread's own, and a batch has another one. */
static jeton_status run_step(void *args, jeton_err *err)
{
    static const jd_audit_who operator= {.actor = "operator", .address = "local"};
    running *of = args;
    jd_audit_within(&operator);
    const jeton_status status = of->operation->run(of->task, err);
    jd_audit_within(NULL);
    of->done = status == JETON_OK;
    return status;
}

static jeton_status run(const jd_operation *operation, jd_task *task, jeton_err *err)
{
    running of = {.operation = operation, .task = task};
    JT_TRY(jd_operation_check(operation, task->arguments, err));
    if (operation->hash != NULL)
        JT_TRY(operation->hash(task, err));
    if (!operation->joins)
        return run_step(&of, err);
    const jeton_status status = jd_batch_run(task->accounts, run_step, &of, err);
    if (of.done && operation->settled != NULL)
        operation->settled(task, status);
    return status;
}

jeton_status jd_admin_run(jd_accounts *accounts, jeton_span name, const jt_val *arguments,
                          jt_tree *tree, jt_node *result, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    const jd_operation *operation = jd_operation_find(name);
    if (operation == NULL)
        return jt_fail(err, JETON_E_UNSUPPORTED, "there is no such operation");
    jd_task task = {.accounts = accounts,
                    .arguments = arguments,
                    .arena = &arena,
                    .tree = tree,
                    .result = result};
    return run(operation, &task, err);
}

/* ---- what there is -------------------------------------------------------------------------- */

static void put_arguments(jt_tree *tree, jt_node *object, const jd_operation *operation)
{
    static const char *const kinds[] = {
        [JT_TEXT] = "string", [JT_BOOL] = "boolean", [JT_NUMBER] = "integer", [JT_ARRAY] = "array"};
    jt_node *list = jt_tree_array(tree);
    for (const jd_argument *row = operation->arguments; row->name != NULL; row++) {
        jt_node *argument = jt_tree_object(tree);
        jt_put_text(tree, argument, "name", jeton_str(row->name));
        jt_put_text(tree, argument, "type", jeton_str(kinds[row->kind]));
        jt_put_bool(tree, argument, "required", row->required);
        jt_add_node(tree, list, argument);
    }
    jt_put_node(tree, object, "arguments", list);
}

static void put_operation(jt_tree *tree, jt_node *list, const jd_operation *operation)
{
    jt_node *object = jt_tree_object(tree);
    jt_put_text(tree, object, "name", jeton_str(operation->name));
    put_arguments(tree, object, operation);
    if (operation->path != NULL) {
        jt_put_text(tree, object, "method", jeton_str(operation->method));
        jt_put_text(tree, object, "path", jeton_str(operation->path));
        jt_put_int(tree, object, "status", operation->status);
        jt_put_bool(tree, object, "fresh", operation->fresh);
    }
    if (operation->body != NULL)
        jt_put_text(tree, object, "body", jeton_str(operation->body));
    jt_add_node(tree, list, object);
}

static jeton_status operation_list(jd_task *task, jeton_err *err)
{
    (void)err;
    jt_node *list = jt_tree_array(task->tree);
    const jd_operation *operation;
    for (size_t i = 0; (operation = jd_operation_at(i)) != NULL; i++)
        put_operation(task->tree, list, operation);
    jt_put_node(task->tree, task->result, "operations", list);
    return JETON_OK;
}

/* → {"operations":[{"name","arguments":[{"name","type","required"}],"method","path","status",
 * "fresh","body"}]}: for the tests, which hold docs/openapi.json against it */
static const jd_operation table_operations[2] = {
    {.name = "operation.list", .run = operation_list},
    {.name = NULL},
};
