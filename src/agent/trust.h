/* SPDX-License-Identifier: Apache-2.0 */
/* agent/trust.h - which clock jd_now() goes by, from what the store's answers show of ours. */
#ifndef JD_AGENT_TRUST_H
#define JD_AGENT_TRUST_H

#include "agent/follow.h"

/* The store has been asked for its clock: jd_now() goes by ours if that is right, else by what ours
 * was while it was right, and by the store's if it never was. A look that shows too little changes
 * nothing. Any thread.
 *
 * leeway_ms  of the settings, with JD_CLOCK_SLACK_MS on top */
void jd_trust_clock(const jd_clock_look *look, int64_t leeway_ms);

/* Reads ours, now that an answer has come; false when the two readings were too far apart, because
 * this thread had to rest in between, to be compared with each other. */
bool jd_clock_look_around(int64_t sent, int64_t store_ms, jd_clock_look *look);

#endif
