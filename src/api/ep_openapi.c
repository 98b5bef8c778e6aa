/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_openapi.c - GET /openapi.json: what this server understands, in OpenAPI 3.1. */
#include "api/endpoints.h"
#include "api/openapi.h"

static jeton_status openapi(jd_call *call, jeton_err *err)
{
    (void)err;
    jd_call_header(call, "Cache-Control", "public, max-age=300");
    jd_call_answer_text(call, 200, jeton_bytes(jd_openapi, jd_openapi_len));
    return JETON_OK;
}

const jd_step jd_ep_openapi[] = {
    {JD_ON_LOOP, openapi},
    {.run = NULL},
};
