/* SPDX-License-Identifier: Apache-2.0 */
/* api/ep_jwks.c - GET /.well-known/jwks.json: the public keys (RFC 7517 §5), with how long they may
 * be kept, and a name for what there is (RFC 9110 §8.8.3). */
#include "api/endpoints.h"
#include "core/auto.h"
#include "core/err.h"
#include "http/etag.h"

#include <inttypes.h>
#include <stdio.h>

static jeton_status put_header(jd_call *call, const char *name, const char *value, jeton_err *err)
{
    const char *kept = jt_arena_text(call->arena, jeton_str(value));
    if (kept == NULL)
        return jt_fail(err, JETON_E_NOMEM, "header");
    jd_call_header(call, name, kept);
    return JETON_OK;
}

static bool is_known(const jd_call *call, const char *tag)
{
    jeton_span list;
    return jd_request_header(call->request, "If-None-Match", &list) == 1 &&
           jd_etag_is_listed(list, jeton_str(tag));
}

static jeton_status jwks(jd_call *call, jeton_err *err)
{
    char text[64];
    jd_jwks keys;
    JT_TRY(jd_signer_jwks(call->app->accounts->signer, call->arena, &keys, err));
    (void)snprintf(text, sizeof text, "public, max-age=%" PRId64, keys.max_age);
    JT_TRY(put_header(call, "Cache-Control", text, err));
    (void)snprintf(text, sizeof text, "\"%s\"", keys.etag);
    JT_TRY(put_header(call, "ETag", text, err));
    if (is_known(call, text))
        jd_call_answer_empty(call, 304);
    else
        jd_call_answer_text(call, 200, keys.json);
    return JETON_OK;
}

const jd_step jd_ep_jwks[] = {
    {JD_ON_LOOP, jwks},
    {.run = NULL},
};
