/* SPDX-License-Identifier: Apache-2.0 */
/* api/admin_arguments.h - the arguments of an operation, read from a request: path, query, body. */
#ifndef JD_API_ADMIN_ARGUMENTS_H
#define JD_API_ADMIN_ARGUMENTS_H

#include "admin/operation.h"
#include "api/call.h"

/* A request as far as arguments go. */
typedef struct jd_admin_request {
    const jeton_span *params; /* for each {…} of the operation's path, percent-encoded */
    jeton_span query, body;
    bool json; /* what the body says it is */
} jd_admin_request;

/* Reads them into a JSON object, and checks that they are what the operation takes. Strict: a
 * parameter or member that it does not take is refused, so that a misspelt one does not seem to
 * work.
 *
 * arena      what is decoded on the way lives there
 * arguments  set to NULL first; the caller's: jt_json_free()
 *
 * JETON_E_REQUEST */
JETON_MUST jeton_status jd_admin_parse(const jd_admin_request *request,
                                       const jd_operation *operation, jt_arena *arena,
                                       jt_json **arguments, jeton_err *err);

/* The same for the request of a call. */
JETON_MUST jeton_status jd_admin_read(const jd_call *call, const jd_operation *operation,
                                      jt_json **arguments, jeton_err *err);

#endif
