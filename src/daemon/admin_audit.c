/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/admin_audit.c - the operations on the audit log. */
#include "core/auto.h"
#include "core/err.h"
#include "daemon/admin_operations.h"

#include <stdio.h>

#define ROWS_AT_ONCE 100U /* they fit a line of the control socket */

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

/* {"after":N} → {"rows":[…],"more"} */
jeton_status jd_admin_audit_list(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                 jt_node *result, jeton_err *err)
{
    JT_AUTO(jt_arena_done) jt_arena arena = jt_arena_init(NULL);
    int64_t after = 0;
    jd_audit_rows rows;
    const jt_val *given = jt_get(arguments, "after");
    if (given != NULL && (!jt_val_int(given, &after) || after < 0))
        return jt_fail(err, JETON_E_REQUEST, "after is a number");
    JT_TRY(jd_store_audit_list(accounts->store, (uint64_t)after, ROWS_AT_ONCE, &arena, &rows, err));
    jt_node *list = jt_tree_array(tree);
    for (size_t i = 0; i < rows.count; i++)
        put_row(tree, list, &rows.at[i]);
    jt_put_node(tree, result, "rows", list);
    jt_put_bool(tree, result, "more", rows.count == ROWS_AT_ONCE);
    return JETON_OK;
}

/* {} → {"rows":N,"head":HEX}. JETON_E_SIGNATURE. */
jeton_status jd_admin_audit_verify(jd_accounts *accounts, const jt_val *arguments, jt_tree *tree,
                                   jt_node *result, jeton_err *err)
{
    (void)arguments;
    jd_audit_head head;
    char hex[2 * JD_AUDIT_MAC + 1];
    JT_TRY(jd_store_audit_check(accounts->store, &head, err));
    for (size_t i = 0; i < JD_AUDIT_MAC; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", head.mac[i]);
    jt_put_int(tree, result, "rows", (int64_t)head.n);
    jt_put_text(tree, result, "head", jeton_str(hex));
    return JETON_OK;
}
