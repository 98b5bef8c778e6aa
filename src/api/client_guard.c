/* SPDX-License-Identifier: Apache-2.0 */
/* api/client_guard.c - authenticates the client of a form. */
#include "api/client_guard.h"

#include "core/auto.h"
#include "core/err.h"
#include "oauth/client_auth.h"
#include "sys/log.h"

jeton_status jd_client_guard(jd_call *call, const jd_want *wants, size_t count, bool proven,
                             jd_client *client, jeton_err *err)
{
    jd_client_claim claim = {0};
    jd_want all[JD_CLIENT_GUARD_WANTS + 2] = {{"client_id", &claim.id, false},
                                              {"client_secret", &claim.secret, false}};
    *client = (jd_client){0};
    call->oauth = true;
    if (!jd_body_is_form(call))
        return jt_fail(err, JETON_E_REQUEST,
                       "send a form: Content-Type: application/x-www-form-urlencoded");
    for (size_t i = 0; i < count && i < JD_CLIENT_GUARD_WANTS; i++)
        all[i + 2] = wants[i];
    JT_TRY(jd_body_read(call, all, count + 2, err));
    claim.headers = jd_request_header(call->request, "Authorization", &claim.authorization);
    const jeton_status status =
        jd_client_authenticate(call->app->accounts, &claim, proven, call->arena, client, err);
    if (status == JETON_E_CLIENT)
        jd_log(JD_WARN, EV_CLIENT_REFUSED, JD_REQUEST(call->id),
               JD_TEXT("address", jd_request_client(call->request)));
    return status;
}
