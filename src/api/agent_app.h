/* SPDX-License-Identifier: Apache-2.0 */
/* api/agent_app.h - what jeton agent answers over HTTP: GET /healthz, /readyz and /metrics, in the
 * shapes of a server, and 404 for everything else.
 *
 * It knows no users and no keys to verify tokens with, so nobody is asked who he is: whoever
 * reaches the address may read, which is why an agent listens nowhere unless it is told to.
 */
#ifndef JD_API_AGENT_APP_H
#define JD_API_AGENT_APP_H

#include "agent/follower.h"
#include "api/app.h"

/* What there is to tell of an agent. Borrowed for as long as the app lives. */
struct jd_agent_view {
    const jd_lease *lease;
    jd_agent *segment;
    const jt_revocations *revocations;
    _Atomic(jd_follower *) follower; /* NULL: the store was never there so far */
    atomic_bool published;           /* this run has made the segment */
};

/* Makes an app without accounts, for jd_app_handle() and the other functions of app.h that http/
 * calls, and for nothing else.
 *
 * view  borrowed until the last request is over
 *
 * JETON_E_SYSTEM */
JETON_MUST jeton_status jd_agent_app_open(jd_app *app, jd_agent_view *view, jeton_err *err);

#endif
