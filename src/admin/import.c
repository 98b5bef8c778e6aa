/* SPDX-License-Identifier: Apache-2.0 */
/* admin/import.c - the operation that adds many users: rows that somebody has read already, or the
 * text of a file. */
#include "accounts/user_import.h"
#include "admin/operations.h"
#include "admin/task.h"
#include "core/auto.h"
#include "core/err.h"
#include "store/roles.h"

#define ROWS_MOST      1000U
#define PASSWORDS_MOST 20U /* in the clear: hashing takes its time */

/* ---- rows ----------------------------------------------------------------------------------- */

static jeton_status read_roles(const jt_val *list, jd_import_row *row, jeton_err *err)
{
    for (jt_iter it = jt_iter_of(list); jt_iter_next(&it);)
        if (row->role_count == JD_ROLES_MAX || !jt_val_text(it.val, &row->roles[row->role_count++]))
            return jt_fail(err, JETON_E_REQUEST, "roles are at most %u texts", JD_ROLES_MAX);
    return JETON_OK;
}

static jeton_status read_row(const jt_val *val, jd_import_row *row, jeton_err *err)
{
    int64_t line;
    if (!jt_val_int(jt_get(val, "line"), &line) || line < 0)
        return jt_fail(err, JETON_E_REQUEST, "line is missing or not a number");
    *row = (jd_import_row){.line = (size_t)line,
                           .name = jt_get_text(val, "name"),
                           .email = jt_get_text(val, "email"),
                           .password_hash = jt_get_text(val, "password_hash"),
                           .password = jt_get_text(val, "password")};
    (void)jt_val_bool(jt_get(val, "disabled"), &row->disabled);
    (void)jt_val_bool(jt_get(val, "must_change"), &row->must_change);
    return read_roles(jt_get(val, "roles"), row, err);
}

static jeton_status read_rows(const jd_task *task, jd_import_row *rows, size_t *count,
                              jeton_err *err)
{
    const jt_val *list = jt_get(task->arguments, "rows");
    if (jt_val_count(list) > ROWS_MOST)
        return jt_fail(err, JETON_E_REQUEST, "at most %u rows at once", ROWS_MOST);
    for (jt_iter it = jt_iter_of(list); jt_iter_next(&it); (*count)++)
        JT_TRY(read_row(it.val, &rows[*count], err));
    return JETON_OK;
}

static jeton_status read_text(const jd_task *task, jd_import_row *rows, size_t *count,
                              jeton_err *err)
{
    jd_import_reader reader;
    jd_import_row row;
    size_t passwords = 0;
    JT_TRY(jd_import_start(&reader, jd_task_text(task, "text"), err));
    while (jd_import_next(&reader, task->arena, &row)) {
        passwords += row.password.len > 0;
        if (*count == ROWS_MOST || passwords > PASSWORDS_MOST)
            return jt_fail(err, JETON_E_REQUEST,
                           "at most %u users at once, and %u with a password in the clear: send "
                           "the file in parts",
                           ROWS_MOST, PASSWORDS_MOST);
        rows[(*count)++] = row;
    }
    return JETON_OK;
}

/* ---- the two steps -------------------------------------------------------------------------- */

static jeton_status import_hash(jd_task *task, jeton_err *err)
{
    size_t count = 0;
    const bool as_text = jd_task_has(task, "text");
    jd_import_row *rows = jt_arena_alloc(task->arena, ROWS_MOST * sizeof *rows);
    jd_import_batch *batch = jt_arena_alloc(task->arena, sizeof *batch);
    if (rows == NULL || batch == NULL)
        return jt_fail(err, JETON_E_NOMEM, "memory for an import");
    if (as_text == jd_task_has(task, "rows"))
        return jt_fail(err, JETON_E_REQUEST, "give the rows, or a text with them");
    JT_TRY((as_text ? read_text : read_rows)(task, rows, &count, err));
    task->hashed = batch;
    return jd_import_judge(task->accounts, rows, count, jd_task_bool(task, "dry_run"), task->arena,
                           batch, err);
}

static const char *outcome_of(const jd_import_answer *answer)
{
    if (answer->refused)
        return "refused";
    return answer->already ? "already" : "added";
}

static void put_answer(const jd_task *task, jt_node *list, const jd_import_row *row,
                       const jd_import_answer *answer)
{
    jt_node *object = jt_tree_object(task->tree);
    jt_put_int(task->tree, object, "line", (int64_t)row->line);
    jt_put_text(task->tree, object, "outcome", jeton_str(outcome_of(answer)));
    if (answer->refused)
        jt_put_text(task->tree, object, "why", jeton_str(row->refused.text));
    else
        jt_put_text(task->tree, object, "format", jeton_str(answer->format));
    jt_add_node(task->tree, list, object);
}

static jeton_status user_import(jd_task *task, jeton_err *err)
{
    jd_import_batch *batch = task->hashed;
    int64_t added = 0;
    int64_t refused = 0;
    JT_TRY(jd_import_add(task->accounts, batch, err));
    jt_node *list = jt_tree_array(task->tree);
    for (size_t i = 0; i < batch->row_count; i++) {
        put_answer(task, list, &batch->rows[i], &batch->answers[i]);
        refused += batch->answers[i].refused;
        added += !batch->answers[i].refused && !batch->answers[i].already;
    }
    jt_put_node(task->tree, task->result, "rows", list);
    jt_put_int(task->tree, task->result, "added", added);
    jt_put_int(task->tree, task->result, "refused", refused);
    return JETON_OK;
}

const jd_operation jd_import_operations[] = {
    /* rows: [{"line","name","email"?,"password_hash"|"password","roles"?,"disabled"?,
     * "must_change"?}], or text: CSV or JSON lines (accounts/import_rows.h)
     * → {"rows":[{"line","outcome":"added"|"already"|"refused","why"|"format"}],"added","refused"}
     */
    {.name = "user.import",
     .arguments = {{"rows", JT_ARRAY, false},
                   {"text", JT_TEXT, false},
                   {"dry_run", JT_BOOL, false}},
     .hash = import_hash,
     .run = user_import,
     .method = "POST",
     .path = "/admin/users/import",
     .status = 200,
     .body = "text",
     .fresh = true},
    {.name = NULL},
};
