/* SPDX-License-Identifier: Apache-2.0 */
/* cli/findings.c - collects findings as lines and as JSON at once. */
#include "cli/findings.h"

#include "cli/report.h"
#include "cli/terminal.h"
#include "core/auto.h"

#define WHERE_WIDTH 12U /* most places are named as shortly: "payload exp" */

jeton_status jd_findings_init(jd_findings *findings, jeton_err *err)
{
    *findings = (jd_findings){.lines = jt_buf_init(NULL)};
    JT_TRY(jt_tree_new(NULL, &findings->tree, err));
    findings->list = jt_tree_array(findings->tree);
    return jt_buf_reserve(&findings->lines, 1, err); /* also no lines are printed */
}

void jd_findings_done(jd_findings *findings)
{
    jt_tree_free(&findings->tree);
    jt_buf_done(&findings->lines);
}

static const char *severity_name(jd_severity severity)
{
    static const char *const names[] = {[JD_FINDING_OK] = "ok",
                                        [JD_FINDING_NOTE] = "note",
                                        [JD_FINDING_WARNING] = "warning",
                                        [JD_FINDING_ERROR] = "error"};
    return names[severity];
}

static jeton_status add_line(jt_buf *to, jd_severity severity, const char *where, const char *what,
                             const char *advice, jeton_err *err)
{
    JT_TRY(jt_buf_addf(to, err, "%-7s  ", severity_name(severity)));
    JT_TRY(jd_terminal_add_bytes(to, jeton_str(where), err));
    const int gap = strlen(where) < WHERE_WIDTH ? (int)(WHERE_WIDTH - strlen(where)) : 0;
    JT_TRY(jt_buf_addf(to, err, "%*s  %s", gap, "", what));
    if (advice != NULL)
        JT_TRY(jt_buf_addf(to, err, ": %s", advice));
    return jt_buf_add(to, jeton_str("\n"), err);
}

void jd_findings_add(jd_findings *findings, jd_severity severity, const char *where,
                     const char *what, const char *advice)
{
    jt_tree *tree = findings->tree;
    jt_node *finding = jt_tree_object(tree);
    jt_put_text(tree, finding, "severity", jeton_str(severity_name(severity)));
    jt_put_text(tree, finding, "where", jeton_str(where));
    jt_put_text(tree, finding, "what", jeton_str(what));
    if (advice != NULL)
        jt_put_text(tree, finding, "advice", jeton_str(advice));
    jt_add_node(tree, findings->list, finding);
    findings->counts[severity]++;
    if (findings->err.status == JETON_OK)
        findings->err.status =
            add_line(&findings->lines, severity, where, what, advice, &findings->err);
}

static jeton_status print_json(const jd_findings *findings, jt_buf *line, jeton_err *err)
{
    jt_node *answer = jt_tree_object(findings->tree);
    jt_put_bool(findings->tree, answer, "ok", findings->counts[JD_FINDING_ERROR] == 0);
    jt_put_node(findings->tree, answer, "findings", findings->list);
    JT_TRY(jd_terminal_add_tree(line, findings->tree, answer, JT_COMPACT, err));
    return jt_buf_add(line, jeton_str("\n"), err);
}

int jd_findings_report(const jd_args *args, jd_findings *findings)
{
    if (findings->err.status != JETON_OK)
        return jd_report_failure(args, findings->err.status, &findings->err);
    JT_AUTO(jt_buf_done) jt_buf json = jt_buf_init(NULL);
    jeton_err err = {0};
    const bool for_machines = jd_args_has(args, "--json");
    const jeton_status status = for_machines ? print_json(findings, &json, &err) : JETON_OK;
    if (status != JETON_OK)
        return jd_report_failure(args, status, &err);
    const int exit = jd_report_bytes(args, jt_buf_span(for_machines ? &json : &findings->lines));
    if (exit != JD_EXIT_DONE)
        return exit;
    return findings->counts[JD_FINDING_ERROR] == 0 ? JD_EXIT_DONE : JD_EXIT_REFUSED;
}
