/* SPDX-License-Identifier: Apache-2.0 */
/* token/checks.h - what checks.c and dates.c share: what a check is asked about, and what it says.
 */
#ifndef JT_TOKEN_CHECKS_H
#define JT_TOKEN_CHECKS_H

#include "token/policy.h"

/* Why a check failed. A check gives NULL when it did not. */
typedef struct jt_failure {
    jeton_status status;
    const char *why;
} jt_failure;

typedef struct jt_subject {
    const jt_policy *policy;
    const jt_header *header;
    const jt_val *all;                  /* the claims … */
    const jt_val *claims[JT_NAMES_MAX]; /* … and those among them that jt_policy.names has */
    jeton_time now;
    const char *claim; /* which claim the check is about; a check about several sets it */
    jt_failure broken; /* room for a failure that is not a constant */
} jt_subject;

extern const jt_failure jt_missing;

/* Looks the claims up. Nothing but policy and claims is set. */
void jt_subject_init(jt_subject *on, const jt_policy *policy, const jt_val *claims);

/* dates.c: exp, nbf and iat against now, and against each other. */
const jt_failure *jt_check_exp(jt_subject *on);
const jt_failure *jt_check_nbf(jt_subject *on);
const jt_failure *jt_check_iat(jt_subject *on);
const jt_failure *jt_check_life(jt_subject *on);

#endif
