/* SPDX-License-Identifier: Apache-2.0 */
/* api/routes.h - which endpoint a request is for. */
#ifndef JD_API_ROUTES_H
#define JD_API_ROUTES_H

#include "api/call.h"

/* Runs the endpoint of the request. An unknown path is a 404, a known one with another method a
 * 405 with Allow. */
void jd_route(jd_call *call);

/* The number that stands for whatever is no route. */
size_t jd_route_none(void);

/* The path of a route by its number, "/sessions/{id}". Static; NULL for what is none. */
const char *jd_route_path(size_t route);

/* Tells the metrics what they are called. Before a second thread is started. */
void jd_routes_name(void);

#endif
