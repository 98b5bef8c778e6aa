/* SPDX-License-Identifier: Apache-2.0 */
/* cli/key_lint.h - jeton key lint: what RFC 7517, 7518 and 8725 would say to a key or key set. */
#ifndef JD_CLI_KEY_LINT_H
#define JD_CLI_KEY_LINT_H

#include "cli/args.h"
#include "cli/findings.h"

#include <jeton/key.h>

int jd_key_lint(const jd_args *args);

extern const jd_option jd_key_lint_options[];

/* A key as the rules see it. */
typedef struct jd_linted_key {
    const jt_val *jwk;    /* its members */
    const jeton_key *key; /* NULL: refused */
    bool is_jwk;          /* PEM and DER cannot say alg or kid: no rule asks them to */
    bool is_published;    /* --public */
    bool has_siblings;    /* one of several */
    const char *where;
} jd_linted_key;

/* Adds what each rule finds. key_lint_rules.c has the rules. */
void jd_key_lint_rules(const jd_linted_key *of, jd_findings *findings);

#endif
