/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_lint.c - jeton token lint: findings about how a token is made. Verifies nothing. */
#include "cli/input.h"
#include "cli/report.h"
#include "cli/token.h"
#include "cli/token_judge.h"
#include "core/auto.h"

static jeton_status lint(const jd_args *args, jt_buf *token, jd_token_view *view,
                         jd_findings *findings, jeton_err *err)
{
    JT_TRY(jd_findings_init(findings, err));
    JT_TRY(jd_input_token(args->operand, token, err));
    JT_TRY(jd_token_view_read(jt_buf_span(token), view, err));
    jd_token_judge(view, findings);
    return JETON_OK;
}

int jd_token_lint(const jd_args *args)
{
    JT_AUTO(jt_buf_done) jt_buf token = jt_buf_init(NULL);
    JT_AUTO(jd_token_view_done) jd_token_view view = {0};
    JT_AUTO(jd_findings_done) jd_findings findings = {0};
    jeton_err err = {0};
    const jeton_status status = lint(args, &token, &view, &findings, &err);
    return status == JETON_OK ? jd_findings_report(args, &findings)
                              : jd_report_failure(args, status, &err);
}

const jd_option jd_token_lint_options[] = {
    {.name = "--json", .help = "one line of JSON"},
    {.name = NULL},
};
