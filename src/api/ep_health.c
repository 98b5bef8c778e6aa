/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_health.c - GET /healthz: the process serves. GET /readyz: send requests here. */
#include "api/endpoints.h"
#include "api/problem.h"

static const char alive[] = "{\"status\":\"ok\"}";
static const char ready[] = "{\"status\":\"ready\"}";

static jeton_status healthz(jd_call *call, jeton_err *err)
{
    (void)err;
    jd_call_answer_text(call, 200, jeton_bytes(alive, sizeof alive - 1));
    return JETON_OK;
}

/* Not ready while the server starts or drains, so that a balancer turns away in time. */
static jeton_status readyz(jd_call *call, jeton_err *err)
{
    (void)err;
    if (atomic_load(&call->app->ready))
        jd_call_answer_text(call, 200, jeton_bytes(ready, sizeof ready - 1));
    else
        jd_problem_answer_http(call, 503, "temporarily_unavailable", "starting or stopping");
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
