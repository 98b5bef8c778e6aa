/* SPDX-License-Identifier: Apache-2.0 */
/* api/cors.h - what pages of other origins may read (Fetch standard, CORS protocol): those of the
 * setting allowed-origins everything, with credentials; others only what is public anyway
 * (call->is_public), without. */
#ifndef JD_API_CORS_H
#define JD_API_CORS_H

#include "api/call.h"

/* Adds the headers to an answer. Without allowed origins there are none, but for what is public. */
void jd_cors_put(jd_call *call);

/* Whether the request is a browser's question before the real one. Without allowed origins it is
 * nothing special. */
bool jd_cors_is_preflight(const jd_call *call);

/* Answers the question. `methods` are those of the path, such as "GET, HEAD", in the arena. */
void jd_cors_answer(jd_call *call, const char *methods);

#endif
