/* SPDX-License-Identifier: Apache-2.0 */
/* api/routes.h - which endpoint a request is for. */
#ifndef JD_API_ROUTES_H
#define JD_API_ROUTES_H

#include "api/call.h"

/* Runs the endpoint of the request. An unknown path is a 404, a known one with another method a
 * 405 with Allow. */
void jd_route(jd_call *call);

#endif
