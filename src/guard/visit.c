/* SPDX-License-Identifier: Apache-2.0 */
/* guard/visit.c - begins with a request and forgets the last one. */
#include "guard/visit.h"

#include "core/auto.h"
#include "core/err.h"
#include "core/mem.h"

jeton_status jeton_visit_new(const jeton_ctx *ctx, jeton_visit **visit, jeton_err *err)
{
    *visit = NULL;
    JT_AUTO(jeton_visit_free) jeton_visit *made = jt_zalloc(ctx, sizeof *made);
    if (made == NULL)
        return jt_fail(err, JETON_E_NOMEM, "visit");
    made->ctx = ctx;
    jt_buf *const buffers[] = {&made->json_text, &made->json_pool, &made->query,
                               &made->form,      &made->rule_text, &made->rule_pool,
                               &made->why,       &made->challenge, &made->body};
    for (size_t i = 0; i < JT_COUNT(buffers); i++)
        *buffers[i] = jt_buf_init(ctx);
    JT_TRY(jeton_verdict_new(ctx, &made->verdict, err));
    *visit = made;
    made = NULL; /* ownership has moved to the caller */
    return JETON_OK;
}

static void forget_user(jeton_visit *visit)
{
    if (visit->user != NULL && visit->forget != NULL)
        visit->forget(visit->forget_user, visit->user);
    visit->user = NULL;
}

void jt_visit_forget(jeton_visit *visit)
{
    forget_user(visit);
    visit->guard = NULL;
    visit->fault = JT_FAULT_NONE;
    visit->found = (jt_found){0};
    visit->identity = jeton_str(NULL);
    visit->asked = 0;
    jt_verdict_reset(visit->verdict);
}

void jeton_visit_begin(jeton_visit *visit, const jeton_request *request)
{
    jt_visit_forget(visit);
    visit->request = *request;
    visit->json = NULL;
    visit->json_read = false;
}

void jeton_visit_free(jeton_visit **visit)
{
    if (visit == NULL || *visit == NULL)
        return;
    jeton_visit *old = *visit;
    forget_user(old);
    jt_buf *const buffers[] = {&old->json_text, &old->json_pool, &old->query,
                               &old->form,      &old->rule_text, &old->rule_pool,
                               &old->why,       &old->challenge, &old->body};
    for (size_t i = 0; i < JT_COUNT(buffers); i++)
        jt_buf_done(buffers[i]);
    jeton_verdict_free(&old->verdict);
    jt_release(old->ctx, old);
    *visit = NULL;
}
