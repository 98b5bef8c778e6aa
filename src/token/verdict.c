/* SPDX-License-Identifier: Apache-2.0 */
/* token/verdict.c - the answer of a verification, and the claims of an accepted token. */
#include "token/verdict.h"

#include "core/err.h"
#include "core/mem.h"
#include "core/words.h"
#include "token/cache.h"
#include "json/pointer.h"

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
    jt_cache_leave(*verdict);
    jt_pin_set(&(*verdict)->keys, NULL, NULL);
    jt_pin_set(&(*verdict)->state, NULL, NULL);
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
    verdict->remembered = false;
    verdict->failed = 0;
    verdict->claim[0] = '\0';
    verdict->key = NULL;
    verdict->claims = NULL;
    verdict->payload = jeton_str(NULL);
    verdict->token = jeton_str(NULL);
    if (verdict->reader != NULL)
        jt_reader_let_go(verdict->reader);
}

void jt_pin_set(jt_pin *pin, void *what, void (*let_go)(void *what))
{
    if (pin->what != NULL)
        pin->let_go(pin->what);
    *pin = (jt_pin){what, let_go};
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

bool jeton_verdict_is_remembered(const jeton_verdict *verdict)
{
    return verdict->remembered;
}

bool jeton_verdict_is_signature_known(const jeton_verdict *verdict)
{
    return verdict->key != NULL && !verdict->remembered && verdict->jws.known;
}

jeton_span jeton_verdict_payload(const jeton_verdict *verdict)
{
    return verdict->accepted ? verdict->payload : jeton_str(NULL);
}

static const jt_val *find(const jeton_verdict *verdict, const char *path)
{
    return jt_path_find(verdict->claims, path);
}

bool jeton_verdict_text(const jeton_verdict *verdict, const char *path, jeton_span *value)
{
    return jt_val_text(find(verdict, path), value);
}

bool jeton_verdict_int(const jeton_verdict *verdict, const char *path, int64_t *value)
{
    return jt_val_int(find(verdict, path), value);
}

bool jeton_verdict_bool(const jeton_verdict *verdict, const char *path, bool *value)
{
    return jt_val_bool(find(verdict, path), value);
}

bool jeton_verdict_date(const jeton_verdict *verdict, const char *path, jeton_time *value)
{
    return jt_val_date(find(verdict, path), value);
}

bool jeton_verdict_has(const jeton_verdict *verdict, const char *path, jeton_span member)
{
    return jt_val_has_text(find(verdict, path), member);
}

bool jeton_verdict_has_word(const jeton_verdict *verdict, const char *path, jeton_span word)
{
    jeton_span words;
    return jeton_verdict_text(verdict, path, &words) && jt_words_have(words, word);
}
