/* SPDX-License-Identifier: Apache-2.0 */
/* admin/audit.c - the operations on the audit log. */
#include "store/audit.h"
#include "admin/operations.h"
#include "admin/task.h"
#include "core/auto.h"
#include "core/err.h"

#include <stdio.h>

#define ROWS_USUAL 100U /* they fit a line of the control socket */
#define ROWS_MOST  1000U

/* ---- list ----------------------------------------------------------------------------------- */

static void put_row(jt_tree *tree, jt_node *list, const jd_audit_row *row)
{
    const struct {
        const char *name;
        jeton_span text;
    } texts[] = {
        {"actor", row->actor},   {"action", row->action},   {"target", row->target},
        {"detail", row->detail}, {"address", row->address}, {"request", row->request},
    };
    jt_node *object = jt_tree_object(tree);
    jt_put_int(tree, object, "n", (int64_t)row->n);
    jt_put_int(tree, object, "time", row->time / 1000);
    jt_put_text(tree, object, "outcome", row->outcome);
    for (size_t i = 0; i < JT_COUNT(texts); i++)
        if (texts[i].text.len > 0)
            jt_put_text(tree, object, texts[i].name, texts[i].text);
    jt_add_node(tree, list, object);
}

static bool is_or_any(const jd_task *task, const char *name, jeton_span text)
{
    return !jd_task_has(task, name) || jeton_span_equal(jd_task_text(task, name), text);
}

static bool is_wanted(const jd_task *task, const jd_audit_row *row)
{
    const int64_t seconds = row->time / 1000;
    return is_or_any(task, "actor", row->actor) && is_or_any(task, "action", row->action) &&
           is_or_any(task, "target", row->target) && seconds >= jd_task_number(task, "since") &&
           (!jd_task_has(task, "until") || seconds < jd_task_number(task, "until"));
}

/* A page is so many rows that are looked at: with a filter it may tell fewer of them, or none, so
 * that no question takes the store for long. */
static jeton_status audit_list(jd_task *task, jeton_err *err)
{
    size_t most;
    jd_audit_rows rows;
    JT_TRY(jd_task_limit(task, ROWS_USUAL, ROWS_MOST, &most, err));
    JT_TRY(jd_store_audit_list(task->accounts->store, (uint64_t)jd_task_number(task, "after"), most,
                               task->arena, &rows, err));
    jt_node *list = jt_tree_array(task->tree);
    for (size_t i = 0; i < rows.count; i++)
        if (is_wanted(task, &rows.at[i]))
            put_row(task->tree, list, &rows.at[i]);
    jt_put_node(task->tree, task->result, "rows", list);
    if (rows.count == most)
        jt_put_int(task->tree, task->result, "next", (int64_t)rows.at[rows.count - 1].n);
    return JETON_OK;
}

/* ---- verify --------------------------------------------------------------------------------- */

static void put_head(const jd_task *task, const jd_audit_head *head)
{
    char hex[2 * JD_AUDIT_MAC + 1];
    for (size_t i = 0; i < JD_AUDIT_MAC; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", head->mac[i]);
    jt_put_int(task->tree, task->result, "rows", (int64_t)head->n);
    jt_put_text(task->tree, task->result, "head", jeton_str(hex));
}

/* That the log is damaged is an answer, and no failure of the question. */
static jeton_status audit_verify(jd_task *task, jeton_err *err)
{
    jd_audit_head head;
    jeton_err why = {0};
    const jeton_status status = jd_store_audit_check(task->accounts->store, &head, &why);
    if (status != JETON_OK && status != JETON_E_SIGNATURE)
        return jt_fail(err, status, "%s", why.text);
    jt_put_bool(task->tree, task->result, "intact", status == JETON_OK);
    if (status == JETON_OK)
        put_head(task, &head);
    else
        jt_put_text(task->tree, task->result, "why", jeton_str(why.text));
    return JETON_OK;
}

const jd_operation jd_audit_operations[] = {
    /* → {"rows":[…],"next"}, in the order of their numbers; times in seconds, until is not in */
    {.name = "audit.list",
     .arguments = {{"after", JT_NUMBER, false},
                   {"limit", JT_NUMBER, false},
                   {"actor", JT_TEXT, false},
                   {"action", JT_TEXT, false},
                   {"target", JT_TEXT, false},
                   {"since", JT_NUMBER, false},
                   {"until", JT_NUMBER, false}},
     .run = audit_list,
     .method = "GET",
     .path = "/admin/audit",
     .status = 200},
    /* → {"intact":true,"rows":N,"head":HEX} or {"intact":false,"why"} */
    {.name = "audit.verify",
     .run = audit_verify,
     .method = "GET",
     .path = "/admin/audit/verify",
     .status = 200},
    {.name = NULL},
};
