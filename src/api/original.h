/* SPDX-License-Identifier: Apache-2.0 */
/* api/original.h - the request behind a request: what a proxy asks /verify about.
 *
 * Each kind of proxy has headers of its own for it, and passes the client's copies of the others'
 * on. So the operator says which proxy it is (/verify?proxy=NAME), and only its headers are read.
 */
#ifndef JD_API_ORIGINAL_H
#define JD_API_ORIGINAL_H

#include "api/call.h"

/* One kind of proxy. The names of headers are NULL where it has none. */
typedef struct jd_proxy {
    const char *name;
    const char *method, *target; /* "POST", "/app/x?y" as the client sent them */
    const char *scheme, *host;   /* "https", "app.example.com": how the client got there */
    bool redirects;              /* hands a 302 of ours on to the client */
} jd_proxy;

/* Spans are empty where the proxy tells nothing. They are the client's own words. */
typedef struct jd_original {
    const jd_proxy *proxy;
    jeton_span method, target, scheme, host;
} jd_original;

/* Reads the request behind the call.
 *
 * proxy   its name: nginx, traefik, caddy, haproxy; empty: any that sends nginx's headers. envoy
 *         is told by the path, which is all it can be given.
 * demand  whether method and target must be there; they must when the proxy was named
 *
 * JETON_E_REQUEST  no such proxy, a header came twice, or one that must be there is missing
 */
JETON_MUST jeton_status jd_original_read(const jd_call *call, jeton_span proxy, bool demand,
                                         jd_original *original, jeton_err *err);

/* The path of Envoy's questions; what the client asked for stands behind it. */
#define JD_ENVOY_PATH "/verify/envoy"

/* Whether a browser waits for a page there, and not a script for an answer: GET or HEAD, and a
 * navigation by Sec-Fetch-Mode, or, from what does not send that, text/html in Accept. */
bool jd_original_is_navigation(const jd_call *call, const jd_original *original);

/* LOGIN, a URL, with return_to=URL added when the proxy tells the whole of it. The text lives in
 * the arena; NULL without memory. */
const char *jd_original_login(const jd_original *original, const char *login, jt_arena *arena);

#endif
