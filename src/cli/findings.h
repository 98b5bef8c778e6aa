/* SPDX-License-Identifier: Apache-2.0 */
/* cli/findings.h - what a lint has to say: a line for each finding, or JSON.
 *
 * Adding returns nothing: the first failure is kept, and jd_findings_report() tells it.
 */
#ifndef JD_CLI_FINDINGS_H
#define JD_CLI_FINDINGS_H

#include "cli/args.h"
#include "json/tree.h"

/* How bad it is: errors make the exit status 1. */
typedef enum jd_severity {
    JD_FINDING_OK,      /* was looked at, and is as it should be */
    JD_FINDING_NOTE,    /* worth knowing */
    JD_FINDING_WARNING, /* works, and should be better */
    JD_FINDING_ERROR,   /* refused by a careful verifier, or unsafe */
} jd_severity;

typedef struct jd_findings {
    jt_tree *tree;
    jt_node *list; /* of objects: severity, where, what, advice */
    jt_buf lines;
    size_t counts[JD_FINDING_ERROR + 1]; /* by severity */
    jeton_err err;
} jd_findings;

/* Makes an empty list. jd_findings_done() is safe whatever comes of it. JETON_E_NOMEM. */
JETON_MUST jeton_status jd_findings_init(jd_findings *findings, jeton_err *err);
void jd_findings_done(jd_findings *findings);

/* Adds a finding; everything is copied. Control characters and what is not ASCII are escaped in
 * the line for people: `where` may hold a name that came in.
 *
 * where   "header alg", "payload exp", "keys[2] n"
 * what    a sentence without a full stop
 * advice  what to do about it, or NULL
 */
void jd_findings_add(jd_findings *findings, jd_severity severity, const char *where,
                     const char *what, const char *advice);

/* Prints all of them to stdout: a line for each, or with --json one line
 * {"ok":true,"findings":[…]}. The exit status: 0, 1 when an error is among them, 3. */
int jd_findings_report(const jd_args *args, jd_findings *findings);

#endif
