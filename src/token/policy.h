/* SPDX-License-Identifier: Apache-2.0 */
/* token/policy.h - a policy made ready, and its checks on the claims. */
#ifndef JT_TOKEN_POLICY_H
#define JT_TOKEN_POLICY_H

#include "token/header.h"
#include "token/verdict.h"
#include "json/names.h"

#include <jeton/policy.h>

/* The claims that the checks know by name. */
typedef enum jt_claim {
    JT_EXP,
    JT_NBF,
    JT_IAT,
    JT_ISS,
    JT_AUD,
    JT_SUB,
    JT_JTI,
} jt_claim;

#define JT_CLAIMS 7U

/* A policy with texts of its own, made ready for its checks. */
typedef struct jt_policy {
    jeton_policy is;
    const jeton_ctx *ctx;
    jeton_span typ;                           /* is.typ without "application/" */
    jeton_span issuers[JETON_POLICY_NAMES];   /* is.issuers; ends at the first empty one … */
    jeton_span audiences[JETON_POLICY_NAMES]; /* … and likewise */
    jt_names names; /* what is looked for: the claims above, then what else is required */
    size_t required[JETON_POLICY_REQUIRED]; /* the place of is.require[i] in names */
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

/* When the checks that depend on the time pass: from <= now < until, in milliseconds. */
typedef struct jt_window {
    jeton_time from, until;
} jt_window;

/* The window of claims that jt_policy_check() has accepted: at every other moment it would not.
 * A check that looks at the time has its part here. */
jt_window jt_policy_window(const jt_policy *policy, const jt_val *claims);

#endif
