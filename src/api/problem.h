/* SPDX-License-Identifier: Apache-2.0 */
/* api/problem.h - how an outcome looks over HTTP: status and error code of jeton/error.h's
 * list, log level, and the one error shape {"error","error_description","request_id"}. */
#ifndef JD_API_PROBLEM_H
#define JD_API_PROBLEM_H

#include "api/call.h"
#include "sys/log.h"

typedef struct jd_problem {
    unsigned http;
    const char *error;
    jd_level level; /* of the log line; below JD_WARN the log is left alone */
    bool told;      /* err->text may be shown to the client */
} jd_problem;

/* An outcome over HTTP; what is not in the list, and success, is a 500. */
jd_problem jd_problem_of(jeton_status status);

/* Puts the answer for a failure. Every 401 carries a challenge (RFC 9110 §15.5.2), every 503 and
 * every 429 a Retry-After. */
void jd_problem_answer(jd_call *call, jeton_status status, const jeton_err *err);

/* Puts an answer in the same shape for what http/ or the routes refuse by status alone. */
void jd_problem_answer_http(jd_call *call, unsigned http, const char *error, const char *why);

#endif
