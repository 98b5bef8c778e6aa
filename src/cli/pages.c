/* SPDX-License-Identifier: Apache-2.0 */
/* cli/pages.c - asks for pages until there are no more. */
#include "cli/pages.h"

#include "cli/report.h"
#include "core/auto.h"

#include <stdio.h>

/* What the next page begins behind. */
typedef struct page {
    char after[256];
} page;

static void fill_page(void *user, jt_tree *tree, jt_node *to)
{
    const page *of = user;
    jt_put_text(tree, to, "after", jeton_str(of->after));
}

/* Prints a page as lines, or adds it to `list`. */
static void take_page(const jd_pages *pages, const jt_val *rows, jt_tree *tree, jt_node *list)
{
    for (jt_iter it = jt_iter_of(rows); jt_iter_next(&it);)
        if (list != NULL)
            jt_add_node(tree, list, jt_tree_copy(tree, it.val));
        else
            pages->print(it.val);
}

static jeton_status walk(const jd_args *args, const jd_pages *pages, jt_tree *tree, jt_node *list,
                         jeton_err *err)
{
    page of = {.after = ""};
    do {
        JT_AUTO(jt_json_free) jt_json *result = NULL;
        JT_TRY(jd_operation_run(args, pages->operation, false, fill_page, &of, &result, err));
        take_page(pages, jt_get(jt_json_root(result), pages->rows), tree, list);
        const jeton_span next = jt_get_text(jt_json_root(result), "next");
        (void)snprintf(of.after, sizeof of.after, "%.*s", (int)next.len, (const char *)next.ptr);
    } while (of.after[0] != '\0');
    return JETON_OK;
}

int jd_pages_report(const jd_args *args, const jd_pages *pages)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    jeton_status status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    jt_node *list = jd_args_has(args, "--json") ? jt_tree_array(tree) : NULL;
    status = walk(args, pages, tree, list, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    return list != NULL ? jd_report_tree(args, tree, list) : jd_report_bytes(args, jeton_str(""));
}
