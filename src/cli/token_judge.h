/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_judge.h - what there is to say about how a token is made: one table for inspect and
 * lint. By RFC 8725 (the numbers in the texts), RFC 7515, RFC 7519 and, for at+jwt, RFC 9068. */
#ifndef JD_CLI_TOKEN_JUDGE_H
#define JD_CLI_TOKEN_JUDGE_H

#include "cli/findings.h"
#include "cli/token_view.h"

/* Adds a finding for each row that applies, in the order of the token. */
void jd_token_judge(const jd_token_view *view, jd_findings *to);

#endif
