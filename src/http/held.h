/* SPDX-License-Identifier: Apache-2.0 */
/* http/held.h - answered requests that wait for their moment, the earliest first. No thread sleeps
 * for them: the loop asks when it has to look again. Loop thread only. */
#ifndef JD_HTTP_HELD_H
#define JD_HTTP_HELD_H

#include "http/exchange.h"

typedef struct jd_held {
    jd_request *first, *last; /* linked by request->next, in the order of request->hold */
} jd_held;

/* Cheap when it is the latest so far, as it is where all are held equally long. */
void jd_held_add(jd_held *held, jd_request *request);

/* Takes out the first one if its moment has come, or NULL. INT64_MAX takes any. */
jd_request *jd_held_take(jd_held *held, int64_t now);

/* The first moment, or INT64_MAX. */
int64_t jd_held_next(const jd_held *held);

#endif
