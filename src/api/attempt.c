/* SPDX-License-Identifier: Apache-2.0 */
/* api/attempt.c - a work of its own for the commit lane, since the call does not wait. */
#include "api/attempt.h"

#include "core/auto.h"
#include "core/mem.h"
#include "store/audit.h"
#include "sys/log.h"

#include <stdio.h>

#define NAME_BYTES 256U /* of what was typed as the name */

typedef struct attempt {
    jd_work work; /* links it into the lane; must stay first */
    jd_store *store;
    jeton_status status;
    jeton_status written;
    size_t name_len;
    char name[NAME_BYTES], address[64], request[17];
} attempt;

static void run(jd_work *work)
{
    attempt *of = (attempt *)work;
    const jd_audit_row row = {
        .action = jeton_str("login"),
        .target = jeton_bytes(of->name, of->name_len),
        .address = jeton_str(of->address),
        .request = jeton_str(of->request),
        .outcome = jeton_str(jeton_status_name(of->status)),
    };
    of->written = jd_store_audit_add(of->store, &row, NULL);
}

static void left_out(const attempt *of, jeton_status status)
{
    jd_log(JD_WARN, EV_AUDIT_FAILED, JD_REQUEST(of->request),
           JD_TEXT("outcome", jeton_status_name(status)));
}

static void settle(jd_work *work, jeton_status status, const jeton_err *err)
{
    (void)err;
    attempt *of = (attempt *)work;
    if (status == JETON_OK)
        status = of->written;
    if (status != JETON_OK)
        left_out(of, status);
    jt_release(NULL, of);
}

void jd_attempt_failed(const jd_call *call, jeton_status status)
{
    attempt *of = jt_zalloc(NULL, sizeof *of);
    if (of == NULL)
        return;
    of->work.run = run;
    of->work.settle = settle;
    of->store = call->app->accounts->store;
    of->status = status;
    of->name_len = call->attempt->len < NAME_BYTES ? call->attempt->len : NAME_BYTES;
    if (of->name_len > 0)
        memcpy(of->name, call->attempt->ptr, of->name_len);
    (void)snprintf(of->address, sizeof of->address, "%s", call->who.address);
    (void)snprintf(of->request, sizeof of->request, "%s", call->id);
    const jeton_status queued = jd_lane_add(call->app->commits, &of->work, NULL);
    if (queued == JETON_OK)
        return;
    left_out(of, queued);
    jt_release(NULL, of);
}
