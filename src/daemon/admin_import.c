/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_import.c - the operation that adds many users. */
#include "accounts/user_import.h"
#include "core/auto.h"
#include "core/err.h"
#include "daemon/admin_operations.h"

static jeton_status read_row(const jt_val *val, jd_import_row *row, jeton_err *err)
{
    bool given;
    int64_t line;
    if (!jt_val_int(jt_get(val, "line"), &line) || line < 0)
        return jt_fail(err, JETON_E_REQUEST, "line is missing or not a number");
    *row = (jd_import_row){.line = (size_t)line,
                           .email = jt_get_text(val, "email"),
                           .password_hash = jt_get_text(val, "password_hash"),
                           .password = jt_get_text(val, "password")};
    JT_TRY(jd_admin_text(val, "name", &row->name, err));
    JT_TRY(jd_admin_texts(val, "roles", row->roles, JD_ROLES_MAX, &row->role_count, err));
    JT_TRY(jd_admin_switch(val, "disabled", &row->disabled, &given, err));
    return jd_admin_switch(val, "must_change", &row->must_change, &given, err);
}

static void put_answer(jt_tree *tree, jt_node *list, const jd_import_row *row,
                       const jd_import_answer *answer)
{
    jt_node *object = jt_tree_object(tree);
    jt_put_int(tree, object, "line", (int64_t)row->line);
    jt_put_text(tree, object, "outcome",
                jeton_str(answer->refused   ? "refused"
                          : answer->already ? "already"
                                            : "added"));
    if (answer->refused)
        jt_put_text(tree, object, "why", jeton_str(row->refused.text));
    else
        jt_put_text(tree, object, "format", jeton_str(answer->format));
    jt_add_node(tree, list, object);
}

/* {"rows":[{"line","name","email"?,"password_hash"|"password","roles"?,"disabled"?,"must_change"?}],
 * "dry"?} → {"rows":[{"line","outcome":"added"|"already"|"refused","why"|"format"}]} */
jeton_status jd_admin_user_import(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                  jt_node *result, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    const jt_val *list = jt_get(arguments, "rows");
    const size_t count = jt_val_count(list);
    bool dry;
    bool given;
    JT_TRY(jd_admin_switch(arguments, "dry", &dry, &given, err));
    jd_import_row *rows = jt_arena_alloc(&arena, count * sizeof *rows);
    jd_import_answer *answers = jt_arena_alloc(&arena, count * sizeof *answers);
    if (rows == NULL || answers == NULL)
        return jt_fail(err, JETON_E_NOMEM, "memory for an import");
    size_t n = 0;
    for (jt_iter it = jt_iter_of(list); jt_iter_next(&it); n++)
        JT_TRY(read_row(it.val, &rows[n], err));
    JT_TRY(jd_user_import(accounts, rows, count, dry, answers, err));
    jt_node *told = jt_tree_array(tree);
    for (size_t i = 0; i < count; i++)
        put_answer(tree, told, &rows[i], &answers[i]);
    jt_put_node(tree, result, "rows", told);
    return JETON_OK;
}
