/* SPDX-License-Identifier: Apache-2.0 */
/* token/rules.h - the rules of a policy (jeton_rule) made ready: paths checked, values read. */
#ifndef JT_TOKEN_RULES_H
#define JT_TOKEN_RULES_H

#include "json/json.h"

#include <jeton/policy.h>

typedef struct jt_rule_kind jt_rule_kind;

typedef struct jt_rule {
    char *path;
    const jt_rule_kind *kind; /* the operator */
    jt_json *value;           /* NULL where it takes none */
} jt_rule;

typedef struct jt_rules {
    jt_rule *at; /* NULL when there are none, which then cost nothing */
    size_t count;
} jt_rules;

/* Reads the rules up to the first without a path. JETON_E_ARGUMENT with the number of the rule,
 * from 1: an operator that is none, a path that is no JSON Pointer, a value that is not JSON, or
 * not what the operator takes, or something behind the end; JETON_E_NOMEM. jt_rules_done() is safe
 * in every case. */
JETON_MUST jeton_status jt_rules_init(jt_rules *rules, const jeton_ctx *ctx, const jeton_rule *from,
                                      jeton_err *err);
void jt_rules_done(jt_rules *rules, const jeton_ctx *ctx);

/* The first rule that the claims do not meet; NULL when they meet all. */
const jt_rule *jt_rules_broken(const jt_rules *rules, const jt_val *claims);

/* Whether the claims meet one rule that was not made ready: for rules that are constants of a
 * program and of no policy. Its value is read into *text and *pool, whose old content is lost; once
 * they are large enough nothing is allocated. JETON_E_ARGUMENT for a rule that jt_rules_init()
 * would not take; JETON_E_NOMEM. */
JETON_MUST jeton_status jt_rule_try(const jeton_rule *rule, jt_buf *text, jt_buf *pool,
                                    const jt_val *claims, bool *met);

/* What the claim of a broken rule ought to be. Static. */
const char *jt_rule_why(const jt_rule *rule);

#endif
