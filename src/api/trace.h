/* SPDX-License-Identifier: Apache-2.0 */
/* api/trace.h - which trace of its client's a request belongs to (W3C Trace Context). */
#ifndef JD_API_TRACE_H
#define JD_API_TRACE_H

#include "http/request.h"

#define JD_TRACE_CHARS 32U

/* Takes the trace id out of the value of a traceparent header (Trace Context §3.2): lower-case
 * hexadecimal throughout, no id of zeros; of a version we do not know, what it has in common with
 * 00. False, and *to is "", for anything else: such a header is ignored as if it was not there. */
JETON_MUST bool jd_trace_parse(jeton_span value, char to[JD_TRACE_CHARS + 1]);

/* The same for the header of a request; "" when there is none, or more than one. */
void jd_trace_read(const jd_request *request, char to[JD_TRACE_CHARS + 1]);

#endif
