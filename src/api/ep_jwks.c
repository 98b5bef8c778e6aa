/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_jwks.c - GET /.well-known/jwks.json: the public keys (RFC 7517 §5). */
#include "api/endpoints.h"

static jeton_status jwks(jd_call *call, jeton_err *err)
{
    (void)err;
    jd_call_header(call, "Cache-Control", "public, max-age=300");
    jd_call_answer_text(call, 200, jd_signer_jwks(call->app->accounts->signer));
    return JETON_OK;
}

const jd_step jd_ep_jwks[] = {
    {JD_ON_LOOP, jwks},
    {.run = NULL},
};
