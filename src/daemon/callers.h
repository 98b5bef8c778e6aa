/* SPDX-License-Identifier: Apache-2.0 */
/* daemon/callers.h - those who have connected to the control socket and are still saying what they
 * want. Several at a time, so that one who says nothing keeps nobody waiting. One thread. */
#ifndef JD_DAEMON_CALLERS_H
#define JD_DAEMON_CALLERS_H

#include "core/buf.h"

#include <poll.h>
#include <stdbool.h>

#define JD_CALLERS         16U
#define JD_CALLER_PATIENCE 5000 /* milliseconds for a whole line */

typedef struct jd_caller {
    int fd;
    jt_buf line;
    int64_t deadline;
} jd_caller;

typedef struct jd_callers {
    size_t count;
    jd_caller at[JD_CALLERS];
} jd_callers;

/* Whether one more can be had. */
bool jd_callers_have_room(const jd_callers *callers);

/* Takes a connection over, from jd_monotonic() `now` on. */
void jd_callers_add(jd_callers *callers, int fd, int64_t now);

/* What poll(2) shall look at, as many as there are callers; and for how long, in milliseconds:
 * until somebody's time is up, -1 for ever. */
void jd_callers_ask(const jd_callers *callers, struct pollfd *asked);
int jd_callers_wait(const jd_callers *callers, int64_t now);

/* Takes what caller `i` has said so far. *complete once his line is there, without the newline in
 * `line`; JETON_E_SYSTEM and JETON_E_LIMIT as jd_socket_receive() has them. */
JETON_MUST jeton_status jd_callers_hear(jd_callers *callers, size_t i, bool *complete,
                                        jeton_err *err);

/* Hangs up. The last one takes his place. */
void jd_callers_drop(jd_callers *callers, size_t i);

#endif
