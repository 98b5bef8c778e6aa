/* SPDX-License-Identifier: Apache-2.0 */
/* cli/cmd_audit.c - jeton audit list|verify. */
#include "cli/audit.h"
#include "cli/report.h"
#include "core/auto.h"
#include "core/err.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ---- list ----------------------------------------------------------------------------------- */

static jeton_status read_after(const jd_args *args, int64_t *after, jeton_err *err)
{
    const char *text = jd_args_get(args, "--after");
    *after = 0;
    if (text == NULL)
        return JETON_OK;
    const size_t len = strlen(text);
    if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
        return jt_fail(err, JETON_E_ARGUMENT, "--after takes a number");
    *after = strtoll(text, NULL, 10);
    return JETON_OK;
}

static void fill_after(void *user, jt_tree *tree, jt_node *to)
{
    const int64_t *after = user;
    jt_put_int(tree, to, "after", *after);
}

/* One line for a person. What stands in the rows may be a stranger's: control characters are not
 * for his terminal. */
static void print_text(const jt_val *row, const char *name)
{
    const jeton_span text = jt_get_text(row, name);
    putchar(' ');
    putchar(' ');
    if (text.len == 0)
        putchar('-');
    for (size_t i = 0; i < text.len; i++)
        putchar(text.ptr[i] < 0x20 || text.ptr[i] == 0x7f ? '?' : text.ptr[i]);
}

static void print_row(const jt_val *row)
{
    static const char *const names[] = {"actor",  "action",  "target",
                                        "detail", "address", "outcome"};
    int64_t n = 0;
    int64_t seconds = 0;
    char text[24] = "?";
    struct tm parts;
    (void)jt_val_int(jt_get(row, "n"), &n);
    (void)jt_val_int(jt_get(row, "time"), &seconds);
    const time_t when = (time_t)seconds;
    if (gmtime_r(&when, &parts) != NULL)
        (void)strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
    printf("%" PRId64 "  %s", n, text);
    for (size_t i = 0; i < JT_COUNT(names); i++)
        print_text(row, names[i]);
    putchar('\n');
}

static jeton_status print_json(const jt_val *row, jeton_err *err)
{
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    JT_AUTO(jt_buf_done) jt_buf text = jt_buf_init(NULL);
    JT_TRY(jt_tree_new(NULL, &tree, err));
    JT_TRY(jt_tree_print(tree, jt_tree_copy(tree, row), JT_COMPACT, &text, err));
    printf("%.*s\n", (int)text.len, (const char *)text.ptr);
    return JETON_OK;
}

/* Prints a page; *after is where the next one begins, *more whether there is one. */
static jeton_status print_page(const jd_args *args, int64_t *after, bool *more, jeton_err *err)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    const bool json = jd_args_has(args, "--json");
    *more = false;
    JT_TRY(jd_operation_run(args, "audit.list", false, fill_after, after, &result, err));
    for (jt_iter it = jt_iter_of(jt_get(jt_json_root(result), "rows")); jt_iter_next(&it);) {
        if (json)
            JT_TRY(print_json(it.val, err));
        else
            print_row(it.val);
    }
    *more = jt_val_int(jt_get(jt_json_root(result), "next"), after);
    return JETON_OK;
}

static int audit_list(const jd_args *args)
{
    int64_t after;
    bool more = true;
    jeton_err err = {0};
    jeton_status status = read_after(args, &after, &err);
    while (status == JETON_OK && more)
        status = print_page(args, &after, &more, &err);
    return status == JETON_OK ? jd_report_bytes(args, jeton_str(""))
                              : jd_report_failure(args, status, &err);
}

/* ---- verify --------------------------------------------------------------------------------- */

static void fill_nothing(void *user, jt_tree *tree, jt_node *to)
{
    (void)user;
    (void)tree;
    (void)to;
}

/* A log that is not what was written is a refusal. */
jeton_status jd_audit_judge(const jd_args *args, jt_json **result, jeton_err *err)
{
    bool intact;
    JT_TRY(jd_operation_run(args, "audit.verify", false, fill_nothing, NULL, result, err));
    const jeton_span why = jt_get_text(jt_json_root(*result), "why");
    if (!jt_val_bool(jt_get(jt_json_root(*result), "intact"), &intact) || !intact)
        return jt_fail(err, JETON_E_SIGNATURE, "%.*s", (int)why.len, (const char *)why.ptr);
    return JETON_OK;
}

static int print_head(const jd_args *args, const jt_val *result)
{
    int64_t rows = 0;
    char line[128];
    const jeton_span head = jt_get_text(result, "head");
    (void)jt_val_int(jt_get(result, "rows"), &rows);
    (void)snprintf(line, sizeof line, "%" PRId64 " rows, all as they were written; head %.*s", rows,
                   (int)head.len, (const char *)head.ptr);
    return jd_report_line(args, jeton_str(line));
}

static int audit_verify(const jd_args *args)
{
    JT_AUTO(jt_json_free) jt_json *result = NULL;
    JT_AUTO(jt_tree_free) jt_tree *tree = NULL;
    jeton_err err = {0};
    jeton_status status = jd_audit_judge(args, &result, &err);
    if (status == JETON_OK)
        status = jt_tree_new(NULL, &tree, &err);
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    if (jd_args_has(args, "--json"))
        return jd_report_tree(args, tree, jt_tree_copy(tree, jt_json_root(result)));
    return print_head(args, jt_json_root(result));
}

/* ---- the commands --------------------------------------------------------------------------- */

static const jd_option list_options[] = {
    JD_DATA_OPTION,
    {.name = "--after", .value = "N", .help = "only rows behind this number"},
    {.name = "--json", .help = "one line of JSON for each row"},
    {.name = NULL},
};

static const jd_option verify_options[] = {
    JD_DATA_OPTION,
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};

const jd_command jd_audit_commands[] = {
    {.noun = "audit",
     .verb = "list",
     .summary =
         "Lists who did what: number, time, actor, action, target, detail, address, outcome.",
     .options = list_options,
     .run = audit_list},
    {.noun = "audit",
     .verb = "verify",
     .summary = "Checks that no row of the audit log was changed, taken out or put in.",
     .options = verify_options,
     .run = audit_verify},
    {.noun = NULL},
};
