/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_health.c - GET /healthz: the process serves. GET /readyz: send requests here. */
#include "accounts/membership.h"
#include "api/endpoints.h"
#include "api/probe.h"
#include "api/problem.h"

static const char alive[] = "{\"status\":\"ok\"}";
static const char ready[] = "{\"status\":\"ready\"}";

static jeton_status healthz(jd_call *call, jeton_err *err)
{
    (void)err;
    jd_call_answer_text(call, 200, jeton_bytes(alive, sizeof alive - 1));
    return JETON_OK;
}

/* Not ready while the server starts or drains, so that a balancer turns away in time, and while it
 * cannot tell what is revoked, for then it refuses every token. */
static const char *why_not_ready(const jd_app *app)
{
    return atomic_load(&app->ready) ? jd_membership_why_stale(app->accounts)
                                    : "starting or stopping";
}

void jd_probe_ready(jd_call *call, const char *why)
{
    if (why == NULL)
        jd_call_answer_text(call, 200, jeton_bytes(ready, sizeof ready - 1));
    else
        jd_problem_answer_http(call, 503, "temporarily_unavailable", why);
}

static jeton_status readyz(jd_call *call, jeton_err *err)
{
    (void)err;
    jd_probe_ready(call, why_not_ready(call->app));
    return JETON_OK;
}

const jd_step jd_ep_healthz[] = {
    {JD_ON_LOOP, healthz},
    {.run = NULL},
};

const jd_step jd_ep_readyz[] = {
    {JD_ON_LOOP, readyz},
    {.run = NULL},
};
