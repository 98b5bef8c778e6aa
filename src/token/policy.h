/* SPDX-License-Identifier: Apache-2.0 */
/* token/policy.h - a policy made ready, and its checks on the claims. */
#ifndef JT_TOKEN_POLICY_H
#define JT_TOKEN_POLICY_H

#include "token/header.h"
#include "token/presets.h"
#include "token/rules.h"
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

#define JT_CHECKS 11U
typedef struct jt_check jt_check; /* a row of checks.c */

/* A policy with texts of its own, made ready for its checks. */
typedef struct jt_policy {
    jeton_policy is; /* what the preset allows is allowed here too; `rules` is empty */
    const jeton_ctx *ctx;
    const jt_preset *preset;
    jeton_span typ;                           /* of `is` or the preset, without "application/" */
    jeton_span subject, jti;                  /* ptr NULL: any */
    jeton_span issuers[JETON_POLICY_NAMES];   /* is.issuers; ends at the first empty one … */
    jeton_span audiences[JETON_POLICY_NAMES]; /* … and likewise */
    jt_names names; /* what is looked for: the claims above, then what else is required */
    size_t required_count;
    struct {
        const char *name;
        size_t place; /* in names */
    } required[JT_PRESET_REQUIRED + JETON_POLICY_REQUIRED];
    jt_rules rules;
    size_t check_count; /* the checks it needs, in their order: what it does not ask for is free */
    const jt_check *checks[JT_CHECKS];
} jt_policy;

/* Each name is looked for at most once: the claims, what the presets add to them (client_id, sid,
 * rev), and what the policy requires. */
_Static_assert(JT_CLAIMS + 3 + JETON_POLICY_REQUIRED <= JT_NAMES_MAX, "room for all names");

/* Copies `from` (NULL: the zero policy). JETON_E_ARGUMENT for what jeton_verifier_new() says;
 * JETON_E_NOMEM. jt_policy_done() is safe in every case. */
JETON_MUST jeton_status jt_policy_init(jt_policy *policy, const jeton_ctx *ctx,
                                       const jeton_policy *from, jeton_err *err);
void jt_policy_done(jt_policy *policy);

/* Chooses the checks that a policy needs: the last step of making it ready. */
void jt_checks_choose(jt_policy *policy);

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
