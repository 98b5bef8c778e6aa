/* SPDX-License-Identifier: Apache-2.0 */
/* cli/audit.h - the audit log, judged: by jeton audit verify, and by jeton doctor. */
#ifndef JD_CLI_AUDIT_H
#define JD_CLI_AUDIT_H

#include "cli/operation.h"

/* Has the whole log checked.
 *
 * result  {"rows","head"}; the caller's: jt_json_free()
 *
 * JETON_E_SIGNATURE  it is not what was written; the sentence says from which row on */
JETON_MUST jeton_status jd_audit_judge(const jd_args *args, jt_json **result, jeton_err *err);

#endif
