/* SPDX-License-Identifier: Apache-2.0 */
/* token/verdict.c - the answer of a verification, and the claims of an accepted token. */
#include "token/verdict.h"

#include "core/err.h"
#include "core/mem.h"

#include <stdio.h>

jeton_status jeton_verdict_new(const jeton_ctx *ctx, jeton_verdict **verdict, jeton_err *err)
{
    *verdict = jt_zalloc(ctx, sizeof **verdict);
    if (*verdict == NULL)
        return jt_fail(err, JETON_E_NOMEM, "verdict");
    (*verdict)->ctx = ctx;
    (*verdict)->jws = jt_jws_init(ctx);
    (*verdict)->claims_pool = jt_buf_init(ctx);
    jt_verdict_reset(*verdict);
    (void)jt_fail(&(*verdict)->err, JETON_E_ARGUMENT, "nothing has been verified");
    return JETON_OK;
}

void jeton_verdict_free(jeton_verdict **verdict)
{
    if (verdict == NULL || *verdict == NULL)
        return;
    jt_jws_done(&(*verdict)->jws);
    jt_buf_done(&(*verdict)->claims_pool);
    jt_release((*verdict)->ctx, *verdict);
    *verdict = NULL;
}

void jt_verdict_reset(jeton_verdict *verdict)
{
    verdict->accepted = false;
    verdict->err.status = JETON_OK; /* no reason yet; `accepted` is what counts */
    verdict->err.text[0] = '\0';
    verdict->failed = 0;
    verdict->claim[0] = '\0';
    verdict->key = NULL;
    verdict->claims = NULL;
    verdict->payload = jeton_str(NULL);
}

jeton_status jt_verdict_failure(jeton_verdict *verdict, jeton_check check, const char *name,
                                jeton_status status, const char *why)
{
    if (verdict->failed == 0)
        (void)snprintf(verdict->claim, sizeof verdict->claim, "%s", name);
    verdict->failed |= check;
    return jt_fail(&verdict->err, status, "%s: %s", name, why);
}

jeton_status jeton_verdict_status(const jeton_verdict *verdict)
{
    if (verdict->accepted)
        return JETON_OK;
    return verdict->err.status != JETON_OK ? verdict->err.status : JETON_E_ARGUMENT;
}

const char *jeton_verdict_why(const jeton_verdict *verdict)
{
    return verdict->err.text;
}

uint32_t jeton_verdict_failed(const jeton_verdict *verdict)
{
    return verdict->failed;
}

const char *jeton_verdict_claim(const jeton_verdict *verdict)
{
    return verdict->claim;
}

const jeton_key *jeton_verdict_key(const jeton_verdict *verdict)
{
    return verdict->key;
}

jeton_span jeton_verdict_payload(const jeton_verdict *verdict)
{
    return verdict->accepted ? verdict->payload : jeton_str(NULL);
}

bool jeton_verdict_text(const jeton_verdict *verdict, const char *name, jeton_span *value)
{
    return jt_val_text(jt_get(verdict->claims, name), value);
}

bool jeton_verdict_int(const jeton_verdict *verdict, const char *name, int64_t *value)
{
    return jt_val_int(jt_get(verdict->claims, name), value);
}

bool jeton_verdict_bool(const jeton_verdict *verdict, const char *name, bool *value)
{
    return jt_val_bool(jt_get(verdict->claims, name), value);
}

bool jeton_verdict_date(const jeton_verdict *verdict, const char *name, jeton_time *value)
{
    return jt_val_date(jt_get(verdict->claims, name), value);
}

bool jeton_verdict_has(const jeton_verdict *verdict, const char *name, jeton_span member)
{
    const jt_val *claim = jt_get(verdict->claims, name);
    jeton_span text;
    if (jt_val_text(claim, &text))
        return jeton_span_equal(text, member);
    if (jt_kind_of(claim) != JT_ARRAY)
        return false;
    for (jt_iter it = jt_iter_of(claim); jt_iter_next(&it);)
        if (jt_val_text(it.val, &text) && jeton_span_equal(text, member))
            return true;
    return false;
}

bool jeton_verdict_has_word(const jeton_verdict *verdict, const char *name, jeton_span word)
{
    jeton_span rest;
    if (word.len == 0 || !jeton_verdict_text(verdict, name, &rest))
        return false;
    while (rest.len > 0) {
        const uint8_t *space = memchr(rest.ptr, ' ', rest.len);
        const size_t len = space != NULL ? (size_t)(space - rest.ptr) : rest.len;
        if (jeton_span_equal(jeton_bytes(rest.ptr, len), word))
            return true;
        if (space == NULL)
            return false;
        rest = jeton_bytes(space + 1, rest.len - len - 1);
    }
    return false;
}
