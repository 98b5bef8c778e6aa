/* SPDX-License-Identifier: Apache-2.0 */
/* cli/token_policy.h - the policy that the options of jeton token verify ask for. */
#ifndef JD_CLI_TOKEN_POLICY_H
#define JD_CLI_TOKEN_POLICY_H

#include "cli/args.h"
#include "core/buf.h"

#include <jeton/policy.h>

typedef struct jd_token_policy {
    jeton_policy policy;
    jt_buf texts[JETON_POLICY_RULES][2]; /* path and value of each rule */
} jd_token_policy;

/* Reads --alg, --iss, --aud, --all-aud, --typ, --sub, --jti, --require, --rule, --leeway,
 * --max-age,
 * --max-life, --allow and --preset. jd_token_policy_done() is safe whatever comes of it.
 *
 * JETON_E_ARGUMENT  an option that says something unknown, or says it too often
 * JETON_E_NOMEM
 */
JETON_MUST jeton_status jd_token_policy_read(const jd_args *args, jd_token_policy *to,
                                             jeton_err *err);
void jd_token_policy_done(jd_token_policy *policy);

#endif
