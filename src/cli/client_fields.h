/* SPDX-License-Identifier: Apache-2.0 */
/* cli/client_fields.h - from the options of jeton client add and set to the arguments of their
 * operations: what is not given is left out, and stays as it is or becomes what is usual. */
#ifndef JD_CLI_CLIENT_FIELDS_H
#define JD_CLI_CLIENT_FIELDS_H

#include "cli/args.h"
#include "core/buf.h"
#include "json/tree.h"

#define JD_CLIENT_LIVES 3U

typedef struct jd_client_fields {
    const jd_args *args;
    jt_buf scopes, grants, signing;
    int64_t lives[JD_CLIENT_LIVES];
} jd_client_fields;

/* Nothing read so far; jd_client_fields_done() is due. Borrows the command line. */
jd_client_fields jd_client_fields_of(const jd_args *args);
void jd_client_fields_done(jd_client_fields *fields);

/* JETON_E_ARGUMENT: a time that is none; what jd_signing_secret_read() gives. */
JETON_MUST jeton_status jd_client_fields_read(jd_client_fields *fields, jeton_err *err);

/* For jd_operation_run(), with a jd_client_fields. */
void jd_client_fields_fill(void *fields, jt_tree *tree, jt_node *to);

#endif
