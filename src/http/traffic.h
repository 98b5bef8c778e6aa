/* SPDX-License-Identifier: Apache-2.0 */
/* http/traffic.h - what the loops of a server share: how many connections there are, whether to go
 * on taking them, and which proxies to believe. Any thread. */
#ifndef JD_HTTP_TRAFFIC_H
#define JD_HTTP_TRAFFIC_H

#include "http/forwarded.h"

#include <jeton/error.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

typedef enum jd_tide {
    JD_FLOWING,
    JD_EBBING,   /* answers say that their connection ends; who is on the way in still comes in */
    JD_DRAINING, /* nothing new; what is under way finishes */
    JD_STOPPING, /* connections are cut; only suspended requests are waited for */
} jd_tide;

typedef struct jd_traffic {
    atomic_uint connections;
    _Atomic(jd_tide) tide;           /* only ever rises */
    _Atomic(const jd_trust *) trust; /* replaced, never changed */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* on the monotonic clock */
    unsigned accepting;     /* loops that still hold the listening socket; under the lock */
} jd_traffic;

/* JETON_E_SYSTEM, and then there is nothing to be done(). */
JETON_MUST jeton_status jd_traffic_init(jd_traffic *traffic, jeton_err *err);
void jd_traffic_done(jd_traffic *traffic);

/* A connection came or went. */
void jd_traffic_add(jd_traffic *traffic);
void jd_traffic_remove(jd_traffic *traffic);

/* A loop took the listening socket or let go of it. */
void jd_traffic_accepting(jd_traffic *traffic, int change);

/* Waits until no loop accepts and no connection is left, at most wait_ms; whether that is so. */
bool jd_traffic_wait(jd_traffic *traffic, unsigned wait_ms);

#endif
