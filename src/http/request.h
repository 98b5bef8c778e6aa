/* SPDX-License-Identifier: Apache-2.0 */
/* http/request.h - one HTTP request, read through these functions and answered exactly once.
 *
 * Spans and pointers are borrowed and live as long as the request: until its answer has been sent,
 * which is after jd_request_answer() returned, but nobody may look any more by then, except
 * `finish` of server.h.
 *
 * Threads: a request belongs to one thread at a time. It starts on a loop thread, in `handle`.
 * jd_request_suspend() lets `handle` hand it to another thread, whose jd_request_answer() hands it
 * back. Nothing here is freed under that thread's feet, not even when the client hangs up.
 */
#ifndef JD_HTTP_REQUEST_H
#define JD_HTTP_REQUEST_H

#include "core/arena.h"
#include "sys/cidr.h"
#include <jeton/error.h>
#include <jeton/span.h>

typedef struct jd_request jd_request;

/* One header of an answer: NUL-terminated texts. */
typedef struct jd_header {
    const char *name, *value;
} jd_header;

/* "GET", "POST", … as sent: methods are case-sensitive. */
jeton_span jd_request_method(const jd_request *request);

/* The path as sent, percent-encoding and all, without the query. It starts with "/" and holds
 * printable ASCII only. */
jeton_span jd_request_path(const jd_request *request);

/* The text behind the first "?", as sent; empty when there is none. */
jeton_span jd_request_query_text(const jd_request *request);

/* Looks a name up in the query.
 *
 * value  the first value, decoded; empty when there is none
 * count  how often the name occurs
 *
 * JETON_E_REQUEST  the query as a whole is malformed (form.h)
 * JETON_E_NOMEM */
JETON_MUST jeton_status jd_request_query(jd_request *request, const char *name, jeton_span *value,
                                         size_t *count, jeton_err *err);

/* How often a header occurs; `value` gets the first one, without white space around it, or the
 * empty span. A header that security depends on is only good when the answer is 1. */
size_t jd_request_header(const jd_request *request, const char *name, jeton_span *value);

/* The same for a cookie, over all Cookie headers. The value is as sent. */
size_t jd_request_cookie(const jd_request *request, const char *name, jeton_span *value);

/* The whole body; empty when there is none, and for a request that `refuse` got. */
jeton_span jd_request_body(const jd_request *request);

/* The address of the other end of the connection, without port: "192.0.2.7", "2001:db8::1". An
 * IPv4 client of an IPv6 socket is written as IPv4. "?" when the system does not say. */
const char *jd_request_peer(const jd_request *request);

/* Who sends the request: the other end of the connection, or whom it speaks for when it is one of
 * the trusted proxies (forwarded.h). The one function that says so: logs, sessions and limits
 * ask it. "unix" or "?" when there is no address. */
const char *jd_request_client(jd_request *request);

/* The same as an address. */
const jd_address *jd_request_client_address(jd_request *request);

/* Memory that lives as long as the request. */
jt_arena *jd_request_arena(jd_request *request);

/* One pointer for the caller's own use, NULL at first. */
void jd_request_set_state(jd_request *request, void *state);
void *jd_request_state(const jd_request *request);

/* Only in `handle`: the answer will come later, from any thread. To be called before another
 * thread gets to see the request. */
void jd_request_suspend(jd_request *request);

/* The answer that will come is not to be sent before this moment of jd_monotonic(). For a suspended
 * request, by whoever owns it. A server that is closed does not wait. */
void jd_request_hold(jd_request *request, int64_t moment);

/* Answers the request: in `handle` or `refuse` themselves, or in any thread when suspended, then
 * even before `handle` has returned. The request is not the caller's any more afterwards.
 *
 * headers, body  copied. Date, Content-Length and Connection are added here; a HEAD request gets
 *                the length of the body but not the body. {"Connection", "close"} is understood.
 *
 * A header that HTTP cannot carry (a line break in it) makes this an empty 500, so that whatever a
 * stranger managed to put there reaches nobody. Without memory the connection is cut. */
void jd_request_answer(jd_request *request, unsigned status, const jd_header *headers, size_t count,
                       jeton_span body);

#endif
