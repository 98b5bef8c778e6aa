/* SPDX-License-Identifier: Apache-2.0 */
/* api/knock.c - counts a try. */
#include "api/knock.h"

#include "sys/clock.h"
#include "sys/log.h"

jeton_status jd_knock(jd_call *call, jeton_err *err)
{
    call->slotted = true;
    const jeton_status status =
        jd_limits_knock(call->app->accounts->limits, jd_request_client_address(call->request),
                        jd_monotonic(), &call->wait, err);
    if (status == JETON_E_RATE)
        jd_log(JD_WARN, EV_LIMITED, JD_REQUEST(call->id),
               JD_TEXT("address", jd_request_client(call->request)), JD_INT("wait", call->wait));
    return status;
}
