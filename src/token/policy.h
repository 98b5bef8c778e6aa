/* SPDX-License-Identifier: Apache-2.0 */
/* token/policy.h - a policy made ready, and its checks on the claims. */
#ifndef JT_TOKEN_POLICY_H
#define JT_TOKEN_POLICY_H

#include "token/header.h"
#include "token/verdict.h"

#include <jeton/policy.h>

/* A policy with texts of its own. */
typedef struct jt_policy {
    jeton_policy is;
    const jeton_ctx *ctx;
} jt_policy;

/* Copies `from` (NULL: the zero policy). JETON_E_ARGUMENT for an algorithm bit that stands for
 * nothing; JETON_E_NOMEM. jt_policy_done() is safe in every case. */
JETON_MUST jeton_status jt_policy_init(jt_policy *policy, const jeton_ctx *ctx,
                                       const jeton_policy *from, jeton_err *err);
void jt_policy_done(jt_policy *policy);

/* Runs every check on claims whose signature was good; verdict->claims is set. All failures are
 * gathered in the verdict; the first one is returned. */
JETON_MUST jeton_status jt_policy_check(const jt_policy *policy, const jt_header *header,
                                        jeton_time now, jeton_verdict *verdict);

#endif
